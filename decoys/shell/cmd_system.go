package shell

import (
	"fmt"
	"strconv"
	"strings"
)

func cmdID(p *proc) int {
	o, bad, ok := p.opt("ungGrzaZ user=u name=n group=g groups=G real=r", 1)
	if !ok {
		return bad
	}
	a := account{name: p.user.name, uid: p.user.uid, gid: p.user.gid}
	if len(o.rest) > 0 {
		if a, ok = p.FS.account(o.rest[0]); !ok {
			return p.errorf(1, p.either("‘%s’: no such user", "unknown user %s"), o.rest[0])
		}
	}
	groups := p.FS.groupsOf(a)
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = fmt.Sprintf("%d(%s)", g, p.FS.groupName(g))
		if o.has("G") {
			names[i] = strconv.Itoa(g)
			if o.has("n") {
				names[i] = p.FS.groupName(g)
			}
		}
	}
	switch {
	case o.has("u") && o.has("n"):
		p.print(a.name + "\n")
	case o.has("u"):
		p.printf("%d\n", a.uid)
	case o.has("G"):
		p.print(strings.Join(names, " ") + "\n")
	case o.has("g") && o.has("n"):
		p.print(p.FS.groupName(a.gid) + "\n")
	case o.has("g"):
		p.printf("%d\n", a.gid)
	case o.has("n"):
		return p.errorf(1, "cannot print only names or real IDs in default format")
	default:
		text := fmt.Sprintf("uid=%d(%s) gid=%d(%s) groups=%s", a.uid, a.name, a.gid, p.FS.groupName(a.gid), strings.Join(names, ","))
		if p.System.rhel() && len(o.rest) == 0 {
			text += " context=unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023"
		}
		p.print(text + "\n")
	}
	return 0
}

// cmdWhoami is whoami and logname.
func cmdWhoami(p *proc) int {
	p.print(p.user.name + "\n")
	return 0
}

func cmdGroups(p *proc) int {
	a := account{name: p.user.name, gid: p.user.gid}
	prefix := ""
	if len(p.args) > 1 {
		var ok bool
		if a, ok = p.FS.account(p.args[1]); !ok {
			return p.errorf(1, "‘%s’: no such user", p.args[1])
		}
		prefix = a.name + " : "
	}
	var names []string
	for _, g := range p.FS.groupsOf(a) {
		names = append(names, p.FS.groupName(g))
	}
	p.print(prefix + strings.Join(names, " ") + "\n")
	return 0
}

func cmdUname(p *proc) int {
	o, bad, ok := p.opt("asnrvmpio all=a kernel-name=s nodename=n kernel-release=r kernel-version=v machine=m processor=p hardware-platform=i operating-system=o", 1)
	if !ok {
		return bad
	}
	if len(o.rest) > 0 {
		p.errorf(1, "extra operand ‘%s’", o.rest[0])
		return p.try(1)
	}
	if len(o.set) == 0 {
		o.add('s', "")
	}
	// With -a, Debian leaves processor and platform out, Ubuntu knows them.
	known := p.System.persona.OS.ID == "ubuntu" || p.System.rhel()
	system := "GNU/Linux"
	if p.System.busybox() && !p.System.openwrt() {
		system = "Linux"
	}
	var out []string
	for _, part := range []struct{ letter, value string }{
		{"s", "Linux"},
		{"n", p.hostname()},
		{"r", p.System.persona.Kernel},
		{"v", p.System.kernel.version},
		{"m", p.System.machine()},
		{"p", p.System.machine()},
		{"i", p.System.machine()},
		{"o", system},
	} {
		optional := part.letter == "p" || part.letter == "i"
		switch {
		case o.has("a") && (!optional || known), o.has(part.letter) && (!optional || known):
			out = append(out, part.value)
		case o.has(part.letter):
			out = append(out, "unknown")
		}
	}
	p.print(strings.Join(out, " ") + "\n")
	return 0
}

// hostname is the machine's name, or what root has made of it.
func (s *Shell) hostname() string {
	s.FS.worldMu.Lock()
	defer s.FS.worldMu.Unlock()
	if s.FS.hostname != "" {
		return s.FS.hostname
	}
	return s.System.persona.Hostname
}

// cmdHostname is hostname and hostnamectl.
func cmdHostname(p *proc) int {
	if p.args[0] == "hostnamectl" {
		return p.hostnamectl()
	}
	o, bad, ok := p.opt("fsIidAayF:b fqdn=f short=s all-ip-addresses=I ip-address=i domain=d", 1)
	if !ok {
		return bad
	}
	switch {
	case len(o.rest) > 0 && p.user.uid != 0:
		return p.errorf(1, p.either("you must be root to change the host name", "sethostname: Operation not permitted"))
	case len(o.rest) > 0:
		p.renameHost(o.rest[0])
	case o.has("I"), o.has("i"):
		p.print(p.System.address.String() + " \n")
	case o.has("d"):
		p.print("\n")
	default:
		p.print(p.hostname() + "\n")
	}
	return 0
}

// renameHost gives the machine another name.
func (p *proc) renameHost(name string) {
	p.FS.worldMu.Lock()
	defer p.FS.worldMu.Unlock()
	p.FS.hostname = name[:min(64, len(name))]
}

func (p *proc) hostnamectl() int {
	if len(p.args) > 2 && (p.args[1] == "set-hostname" || p.args[1] == "hostname") {
		if p.user.uid != 0 {
			p.say("Could not set property: Interactive authentication required.\n")
			return 1
		}
		p.renameHost(p.args[2])
		return 0
	}
	s := p.System
	virtual := ""
	if v := s.virtual(); v != "none" {
		virtual = "\n  Virtualization: " + v
	}
	vendor, product, _ := s.dmi()
	p.printf(" Static hostname: %s\n       Icon name: computer-vm\n         Chassis: vm\n      Machine ID: %s\n         Boot ID: %s%s\nOperating System: %s\n"+
		"          Kernel: Linux %s\n    Architecture: x86-64\n Hardware Vendor: %s\n  Hardware Model: %s\n", p.hostname(), s.hardware.machine,
		strings.ReplaceAll(s.hardware.bootID, "-", ""), virtual, s.persona.OS.Name, s.persona.Kernel, vendor, product)
	return 0
}

func cmdLsbRelease(p *proc) int {
	d := p.System.persona.OS
	title := map[string]string{"debian": "Debian", "ubuntu": "Ubuntu", "kali": "Kali"}[d.ID]
	o, bad, ok := p.opt("vidrcash id=i description=d release=r codename=c all=a short=s", 2)
	if !ok {
		return bad
	}
	rows := []struct{ letter, name, value string }{
		{"i", "Distributor ID", title},
		{"d", "Description", d.Name},
		{"r", "Release", d.VersionID},
		{"c", "Codename", p.System.codename()},
	}
	if len(o.set) == 0 || o.has("av") {
		p.say("No LSB modules are available.\n")
	}
	for _, r := range rows {
		switch {
		case !o.has("a") && !o.has(r.letter):
		case o.has("s"):
			p.print(r.value + "\n")
		default:
			p.printf("%s:\t%s\n", r.name, r.value)
		}
	}
	return 0
}
