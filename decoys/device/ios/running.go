package ios

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
)

// dotted is the mask of a prefix.
func dotted(bits int) string { return net.IP(net.CIDRMask(bits, 32)).String() }

// running is the configuration that the router began with, without its header.
func (s *session) running() string {
	var b strings.Builder
	version, _, _ := strings.Cut(s.release().version, "(")
	fmt.Fprintf(&b, "version %s\nservice timestamps debug datetime msec\nservice timestamps log datetime msec\nservice password-encryption\n!\nhostname %s\n!\n", version, s.hostname)
	fmt.Fprintf(&b, "boot-start-marker\nboot-end-marker\n!\n!\nlogging buffered 8192\nenable secret 5 $1$%s$%s\n!\nno aaa new-model\n!\nip cef\n!\n", s.Serial("salt", "xxxx"), s.hash("enable"))
	fmt.Fprintf(&b, "ip domain name %s\nno ipv6 cef\n!\nmultilink bundle-name authenticated\n!\n", s.domain())
	fmt.Fprintf(&b, "license udi pid %s sn %s\n!\n!\nusername %s privilege 1 secret 5 $1$%s$%s\n!\nredundancy\n!\n", s.model().pid, s.serial(), s.Persona.User, s.Serial("user salt", "xxxx"), s.hash("user"))
	for _, p := range s.ports() {
		fmt.Fprintf(&b, "interface %s\n", p.name)
		if p.up {
			fmt.Fprintf(&b, " ip address %s %s\n duplex auto\n speed auto\n!\n", p.addr, dotted(24))
		} else {
			b.WriteString(" no ip address\n shutdown\n!\n")
		}
	}
	fmt.Fprintf(&b, "ip forward-protocol nd\n!\nno ip http server\nno ip http secure-server\n!\nip route 0.0.0.0 0.0.0.0 %s\n!\n", s.Gateway())
	fmt.Fprintf(&b, "snmp-server community %s RO\n!\ncontrol-plane\n!\n!\nline con 0\n logging synchronous\nline aux 0\nline vty 0 4\n login local\n transport input telnet\n!\nscheduler allocate 20000 1000\nend\n", s.community())
	return b.String()
}

// hash is that of no password.
func (s *session) hash(who string) string { return s.Serial("hash "+who, strings.Repeat("x", 22)) }

func (s *session) domain() string {
	return []string{"corp.local", "lan.local", "office.local", "net.local", "hq.local"}[s.Persona.Rand("domain").IntN(5)]
}

func (s *session) community() string {
	return strings.ToLower(s.Serial("community", "AAAAA")) + s.Serial("community", "99")
}

func showRunning(s *session, _ []string) string {
	text := merge(s.running(), s.Settings)
	return fmt.Sprintf("Building configuration...\n\nCurrent configuration : %d bytes\n!\n! Last configuration change at %s\n!\n%s\n", len(text), clock(s.Persona.Boot), text)
}

func showStartup(s *session, _ []string) string {
	text := s.running()
	return fmt.Sprintf("Using %d out of 262136 bytes\n!\n%s\n", len(text), text)
}

// merge puts what was configured where such lines are: global ones before the lines of terminals, those
// of an interface below it.
func merge(text string, settings []string) string {
	lines := strings.SplitAfter(text, "\n")
	insert := func(at int, line string) {
		lines = append(lines[:at], append([]string{line + "\n"}, lines[at:]...)...)
	}
	find := func(prefix string) int {
		for i, l := range lines {
			if strings.HasPrefix(l, prefix) {
				return i
			}
		}
		return -1
	}
	section := -1
	for _, setting := range settings {
		if gone, ok := strings.CutPrefix(strings.TrimSpace(setting), "no "); ok {
			if at := find(strings.Repeat(" ", len(setting)-len(strings.TrimLeft(setting, " "))) + gone); at > 0 {
				lines = append(lines[:at], lines[at+1:]...)
			}
			continue
		}
		switch {
		case setting[0] == ' ' && section >= 0:
			insert(section+1, setting)
		case strings.HasPrefix(setting, "hostname "): // is there already
		case strings.HasPrefix(setting, "interface "), strings.HasPrefix(setting, "line "), strings.HasPrefix(setting, "router "):
			if section = find(setting + "\n"); section < 0 {
				section = max(0, find("ip forward-protocol"))
				insert(section, setting)
			}
		default:
			section = -1
			insert(max(0, find("control-plane")), setting)
		}
	}
	return strings.Join(lines, "")
}

// answers reports whether an address is one that answers here: the router's own and its gateway.
func (s *session) answers(host string) bool {
	a, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	for _, p := range s.ports() {
		if p.addr == a {
			return true
		}
	}
	return a == s.Gateway() || a.IsLoopback()
}
