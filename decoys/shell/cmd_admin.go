package shell

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

// cmdAt is at and batch: a job that is to run later, of which its number is said.
func cmdAt(p *proc) int {
	_ = input(p.In)
	p.say("warning: commands will be executed using /bin/sh\njob %d at %s\n", 1+p.forks, p.now().Add(time.Minute).Format("Mon Jan _2 15:04:05 2006"))
	return 0
}

// cmdScreen is screen and tmux, which need a terminal.
func cmdScreen(p *proc) int {
	rest := strings.Join(p.args[1:], " ")
	switch {
	case strings.Contains(rest, "-ls") || strings.Contains(rest, "-list"):
		p.printf("No Sockets found in /run/screen/S-%s.\n", p.user.name)
		return 1
	case rest == "ls" || strings.HasPrefix(rest, "list-sessions") || strings.HasPrefix(rest, "a"):
		p.say("no server running on /tmp/tmux-%d/default\n", p.user.uid)
		return 1
	case strings.Contains(rest, "-d"):
		for i, a := range p.args {
			if i > 1 && !strings.HasPrefix(a, "-") && p.which(a) != "" {
				j := p.newJob(strings.Join(p.args[i:], " "))
				j.took = longest
				p.detach(j)
				return 0
			}
		}
		return 0
	case p.tty == "":
		if p.args[0] == "tmux" {
			p.say("open terminal failed: not a terminal\n")
		} else {
			p.say("Must be connected to a terminal.\n")
		}
		return 1
	}
	p.print("\x1b[H\x1b[2J")
	return p.nested(bash)
}

// cmdSELinux is getenforce and sestatus.
func cmdSELinux(p *proc) int {
	if p.args[0] == "getenforce" {
		p.print("Permissive\n")
	} else {
		p.print("SELinux status:                 enabled\nSELinuxfs mount:                /sys/fs/selinux\nLoaded policy name:             targeted\nCurrent mode:                   permissive\n")
	}
	return 0
}

func cmdUfw(p *proc) int {
	if p.user.uid != 0 {
		p.say("ERROR: You need to be root to run this script\n")
		return 1
	}
	if len(p.args) > 1 && p.args[1] == "status" {
		p.print("Status: inactive\n")
	} else if len(p.args) > 1 && p.args[1] == "disable" {
		p.print("Firewall stopped and disabled on system startup\n")
	}
	return 0
}

// cmdSSHKeygen makes a key pair that is none.
func cmdSSHKeygen(p *proc) int {
	at, kind := valueAfter(p.args, "-f"), or(valueAfter(p.args, "-t"), "rsa")
	if at == "" {
		at = p.user.home + "/.ssh/id_" + kind
	}
	if slices.Contains(p.args, "-R") || slices.Contains(p.args, "-l") {
		return 0
	}
	p.printf("Generating public/private %s key pair.\n", kind)
	_ = p.FS.mkdir(&p.user, p.abs(path.Dir(at)), 0o700) // it may be there
	blob := strings.TrimRight(fmt.Sprintf("%x", randomBytes(nil)[:140]), "\n")
	private := "-----BEGIN OPENSSH PRIVATE KEY-----\n" + blob + "\n-----END OPENSSH PRIVATE KEY-----\n"
	public := fmt.Sprintf("ssh-%s AAAAB3NzaC1yc2E%s %s@%s\n", kind, blob[:200], p.user.name, p.hostname())
	if err := p.write(p.abs(at), private, false); err != nil {
		p.say("Saving key \"%s\" failed: %v\n", at, err)
		return 1
	}
	_ = p.FS.change(&p.user, p.abs(at), func(n *node) { n.perm = 0o600 }) // it was just written
	_ = p.write(p.abs(at)+".pub", public, false)                          // without room there is none
	p.printf("Your identification has been saved in %s\nYour public key has been saved in %[1]s.pub\nThe key fingerprint is:\nSHA256:%s %s@%s\n", at, blob[:43], p.user.name, p.hostname())
	return 0
}
