package shell

import (
	"strings"
	"time"
)

// cmdPasswd changes a password, of which /etc/shadow gets another hash.
func cmdPasswd(p *proc) int {
	name, stdin, remove := p.user.name, false, false
	for _, a := range p.args[1:] {
		switch {
		case a == "--stdin":
			stdin = true
		case a == "-d" || a == "-l" || a == "-u":
			remove = true
		case a == "-S" || a == "--status":
			p.printf("%s P %s 0 99999 7 -1\n", name, p.System.persona.Boot.AddDate(0, 0, -90).Format("01/02/2006"))
			return 0
		case !strings.HasPrefix(a, "-"):
			name = a
		}
	}
	if _, ok := p.FS.account(name); !ok {
		return p.errorf(1, p.either("user '%s' does not exist", "unknown user %s"), name)
	}
	if name != p.user.name && p.user.uid != 0 {
		return p.errorf(1, "You may not view or modify password information for %s.", name)
	}
	if remove {
		p.print("passwd: password expiry information changed.\n")
		return 0
	}
	if p.System.rhel() {
		p.printf("Changing password for user %s.\n", name)
	}
	if p.small() {
		p.printf("Changing password for %s\n", name)
	}
	if p.user.uid != 0 {
		if !p.System.rhel() {
			p.printf("Changing password for %s.\n", name)
		}
		p.say("Current password: ")
		if _, err := p.secret(); err != nil {
			return p.passwordFailed()
		}
	}
	p.say("New password: ")
	first, err := p.secret()
	if err != nil && first == "" {
		return p.passwordFailed()
	}
	second := first
	if !stdin {
		if p.System.distro.family == "rhel" && len(first) < 8 {
			p.say("BAD PASSWORD: The password is shorter than 8 characters\n")
		}
		p.say("Retype new password: ")
		if second, err = p.secret(); err != nil && second == "" {
			return p.passwordFailed()
		}
	}
	if first != second {
		p.say("Sorry, passwords do not match.\n")
		return p.passwordFailed()
	}
	p.newHash(name, first)
	switch {
	case p.System.rhel():
		p.print("passwd: all authentication tokens updated successfully.\n")
	case p.small():
		p.printf("passwd: password for %s changed by %s\n", name, p.user.name)
	default:
		p.say("passwd: password updated successfully\n")
	}
	return 0
}

func (p *proc) passwordFailed() int {
	switch {
	case p.System.rhel():
		p.say("passwd: Authentication token manipulation error\n")
		return 1
	case p.small():
		p.say("passwd: password for %s is unchanged\n", p.user.name)
		return 1
	}
	p.say("passwd: Authentication token manipulation error\npasswd: password unchanged\n")
	return 10
}

// newHash puts another hash into /etc/shadow and tells who wants to know.
func (p *proc) newHash(name, password string) {
	key := p.System.persona.Key("shadow "+name+p.now().Format(time.RFC3339Nano)[:19], 43)
	for i := range key {
		key[i] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[key[i]%64]
	}
	p.edit("/etc/shadow", name, func(c []string) []string {
		if i := strings.LastIndexByte(c[1], '$'); i > 0 {
			c[1] = c[1][:i+1] + string(key)
		} else {
			c[1] = "$y$j9T$" + string(key[:22]) + "$" + string(key)
		}
		return c
	})
	if p.Password != nil {
		p.Password(name, password)
	}
}

func cmdChpasswd(p *proc) int {
	if !p.needRoot() {
		return 1
	}
	status := 0
	for i, line := range lines(input(p.In)) {
		name, password, ok := strings.Cut(line, ":")
		if _, known := p.FS.account(name); !ok || !known {
			p.say("chpasswd: (user %s) pam_chauthtok() failed, error:\nAuthentication token manipulation error\nchpasswd: (line %d, user %[1]s) password not changed\n", name, i+1)
			status = 1
			continue
		}
		p.newHash(name, password)
		if p.small() {
			p.printf("chpasswd: password for '%s' changed\n", name)
		}
	}
	return status
}
