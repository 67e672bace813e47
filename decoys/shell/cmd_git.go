package shell

import (
	"path"
	"strings"
)

// unreachable is what each program says of a host that it does not reach.
func (p *proc) unreachable(host, port string) int {
	name := p.args[0]
	why := p.reach(host, port)
	if p.ctx.Err() != nil {
		return 130
	}
	unknown := why == "Temporary failure in name resolution"
	switch name {
	case "ssh", "scp", "sftp", "rsync", "ssh-copy-id":
		if unknown {
			p.say("ssh: Could not resolve hostname %s: %s\n", host, why)
		} else {
			p.say("ssh: connect to host %s port %s: %s\n", host, port, why)
		}
		switch name {
		case "scp":
			p.say("scp: Connection closed\n")
			return 255
		case "sftp":
			p.say("Connection closed\n")
		case "rsync":
			p.say("rsync: connection unexpectedly closed (0 bytes received so far) [Receiver]\nrsync error: unexplained error (code 255) at io.c(231) [Receiver=3.2.7]\n")
		}
		return 255
	case "telnet":
		if unknown {
			p.say("telnet: could not resolve %s/telnet: %s\n", host, why)
			return 1
		}
		p.printf("Trying %s...\n", host)
		p.say("telnet: Unable to connect to remote host: %s\n", why)
		return 1
	case "nc", "ncat":
		switch {
		case p.small() && unknown:
			p.say("nc: bad address '%s'\n", host)
		case p.small():
			p.say("nc: can't connect to remote host (%s): %s\n", host, why)
		case unknown:
			p.say("nc: getaddrinfo for host \"%s\" port %s: %s\n", host, port, why)
		case strings.Contains(strings.Join(p.args, " "), "-v") || strings.Contains(strings.Join(p.args, " "), "vz"):
			p.say("nc: connect to %s port %s (tcp) failed: %s\n", host, port, why)
		}
		return 1
	case "ftp":
		p.say("ftp: Can't connect to `%s:21': %s\n", host, why)
		return 1
	case "tftp":
		if p.small() {
			p.say("tftp: timeout\n")
		} else {
			p.say("Transfer timed out.\n")
		}
		return 1
	case "ftpget", "ftpput":
		if unknown {
			p.say("%s: bad address '%s'\n", name, host)
		} else {
			p.say("%s: can't connect to remote host (%s): %s\n", name, host, why)
		}
		return 1
	case "nslookup":
		p.printf(";; connection timed out; no servers could be reached\n\n")
		return 1
	case "dig":
		p.printf("\n; <<>> DiG 9.18.24-1-Debian <<>> %s\n;; global options: +cmd\n;; no servers could be reached\n", strings.Join(p.args[1:], " "))
		return 9
	case "host":
		p.printf(";; connection timed out; no servers could be reached\n")
		return 1
	case "git":
		return 128
	case "nmap":
		p.printf("Starting Nmap 7.94SVN ( https://nmap.org ) at %s\nNote: Host seems down. If it is really up, but blocking our ping probes, try -Pn\n"+
			"Nmap done: 1 IP address (0 hosts up) scanned in 3.06 seconds\n", p.now().Format("2006-01-02 15:04 UTC"))
		return 0
	case "traceroute", "traceroute6":
		if unknown {
			p.say("%s: %s\nCannot handle \"host\" cmdline arg `%[1]s' on position 1 (argc 1)\n", host, why)
			return 2
		}
		p.printf("traceroute to %s (%[1]s), 30 hops max, 60 byte packets\n 1  %s (%[2]s)  0.412 ms !H  0.395 ms !H  0.381 ms !H\n", host, p.System.gateway())
		return 0
	case "whois":
		p.say("getaddrinfo(whois.iana.org): Temporary failure in name resolution\n")
		return 2
	}
	p.say("%s: %s: %s\n", name, host, why)
	return 1
}

func cmdGit(p *proc) int {
	_, rest, _ := strings.Cut(strings.Join(p.args, " "), "git")
	words := strings.Fields(rest)
	switch {
	case len(words) == 0:
		p.print("usage: git [-v | --version] [-h | --help] [-C <path>] [-c <name>=<value>]\n           <command> [<args>]\n")
		return 1
	case words[0] == "--version" || words[0] == "version":
		p.print("git version 2.39.2\n")
		return 0
	case words[0] == "clone" && len(words) > 1:
		at := words[len(words)-1]
		for _, w := range words[1:] {
			if strings.Contains(w, "://") {
				at = w
			}
		}
		p.Download("git", at)
		u, host, port, ok := target(at)
		if !ok {
			p.say("fatal: repository '%s' does not exist\n", at)
			return 128
		}
		name := strings.TrimSuffix(path.Base(u.Path), ".git")
		p.say("Cloning into '%s'...\n", name)
		why := p.reach(host, port)
		if why == "Temporary failure in name resolution" {
			p.say("fatal: unable to access '%s/': Could not resolve host: %s\n", strings.TrimSuffix(at, "/"), host)
		} else {
			p.say("fatal: unable to access '%s/': Failed to connect to %s port %s after %d ms: Couldn't connect to server\n", strings.TrimSuffix(at, "/"), host, port, p.NetworkDelay.Milliseconds())
		}
		return 128
	case words[0] == "init":
		_ = p.FS.mkdir(&p.user, p.abs(".git"), 0o755) // it may be there
		p.printf("Initialized empty Git repository in %s/.git/\n", p.dir)
		return 0
	case words[0] == "config":
		return 0
	}
	p.say("fatal: not a git repository (or any of the parent directories): .git\n")
	return 128
}
