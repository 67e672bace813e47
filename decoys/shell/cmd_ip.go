package shell

import (
	"fmt"
	"net/netip"
	"strings"
)

// family is how an address is written in the output of ip and ifconfig: its
// keyword, with its prefix length, and its network.
func (s *System) family() (inet, prefix, network string) {
	a := s.address.Unmap()
	bits := 24
	inet = "inet"
	if a.Is6() {
		bits, inet = 64, "inet6"
	}
	p, err := a.Prefix(bits)
	if err != nil {
		return inet, a.String(), a.String()
	}
	return inet, fmt.Sprintf("%s/%d", a, bits), p.String()
}

// netmask is that of the machine's network.
const netmask = "255.255.255.0"

// broadcast is the last address of the machine's network.
func (s *System) broadcast() string {
	if a := s.address.Unmap(); a.Is4() {
		b := a.As4()
		return fmt.Sprintf("%d.%d.%d.255", b[0], b[1], b[2])
	}
	return ""
}

// linkLocal is the address that the card has by itself (RFC 4291 appendix A).
func (s *System) linkLocal() string {
	m := s.persona.MAC
	if len(m) != 6 {
		return "fe80::1"
	}
	a := netip.AddrFrom16([16]byte{0xfe, 0x80, 8: m[0] ^ 2, 9: m[1], 10: m[2], 11: 0xff, 12: 0xfe, 13: m[3], 14: m[4], 15: m[5]})
	return a.String()
}

// cmdIfconfig is the ifconfig of net-tools 2, or BusyBox's.
func cmdIfconfig(p *proc) int {
	h := &p.System.hardware
	only := ""
	for _, a := range p.args[1:] {
		if !strings.HasPrefix(a, "-") && only == "" {
			only = a
		}
	}
	if only != "" && only != h.iface && only != "lo" {
		if p.small() {
			p.say("ifconfig: %s: error fetching interface information: Device not found\n", only)
		} else {
			p.say("%s: error fetching interface information: Device not found\n", only)
		}
		return 1
	}
	if len(p.args) > 2 {
		if p.user.uid != 0 {
			p.say("SIOCSIFFLAGS: Operation not permitted\n")
			return 255
		}
		return 0
	}
	rx, tx := p.System.traffic(31), p.System.traffic(9)
	four := p.System.address.Unmap().Is4()
	if only != "lo" {
		p.oneInterface(h.iface, rx, tx, four)
	}
	if only != h.iface {
		if p.small() {
			p.print("lo        Link encap:Local Loopback  \n          inet addr:127.0.0.1  Mask:255.0.0.0\n          inet6 addr: ::1/128 Scope:Host\n          UP LOOPBACK RUNNING  MTU:65536  Metric:1\n" +
				"          RX packets:1204 errors:0 dropped:0 overruns:0 frame:0\n          TX packets:1204 errors:0 dropped:0 overruns:0 carrier:0\n          collisions:0 txqueuelen:1000 \n" +
				"          RX bytes:98212 (95.9 KiB)  TX bytes:98212 (95.9 KiB)\n\n")
		} else {
			p.print("lo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536\n        inet 127.0.0.1  netmask 255.0.0.0\n        inet6 ::1  prefixlen 128  scopeid 0x10<host>\n" +
				"        loop  txqueuelen 1000  (Local Loopback)\n        RX packets 1204  bytes 98212 (95.9 KiB)\n        RX errors 0  dropped 0  overruns 0  frame 0\n" +
				"        TX packets 1204  bytes 98212 (95.9 KiB)\n        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0\n\n")
		}
	}
	return 0
}

func (p *proc) oneInterface(name string, rx, tx int, four bool) {
	h, s := &p.System.hardware, p.System
	mib := func(n int) string { return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20)) }
	if p.small() {
		p.printf("%-9s Link encap:Ethernet  HWaddr %s  \n", name, strings.ToUpper(h.mac))
		if four {
			p.printf("          inet addr:%s  Bcast:%s  Mask:%s\n", s.address, s.broadcast(), netmask)
		} else {
			p.printf("          inet6 addr: %s/64 Scope:Global\n", s.address)
		}
		p.printf("          inet6 addr: %s/64 Scope:Link\n          UP BROADCAST RUNNING MULTICAST  MTU:1500  Metric:1\n"+
			"          RX packets:%d errors:0 dropped:0 overruns:0 frame:0\n          TX packets:%d errors:0 dropped:0 overruns:0 carrier:0\n"+
			"          collisions:0 txqueuelen:1000 \n          RX bytes:%d (%s)  TX bytes:%d (%s)\n\n", s.linkLocal(), rx/710, tx/180, rx, mib(rx), tx, mib(tx))
		return
	}
	p.printf("%s: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n", name)
	if four {
		p.printf("        inet %s  netmask %s  broadcast %s\n", s.address, netmask, s.broadcast())
	} else {
		p.printf("        inet6 %s  prefixlen 64  scopeid 0x0<global>\n", s.address)
	}
	p.printf("        inet6 %s  prefixlen 64  scopeid 0x20<link>\n        ether %s  txqueuelen 1000  (Ethernet)\n"+
		"        RX packets %d  bytes %d (%s)\n        RX errors 0  dropped 0  overruns 0  frame 0\n"+
		"        TX packets %d  bytes %d (%s)\n        TX errors 0  dropped 0 overruns 0  carrier 0  collisions 0\n\n",
		s.linkLocal(), h.mac, rx/710, rx, mib(rx), tx/180, tx, mib(tx))
}

// begins reports whether short is an abbreviation of word, which ip accepts.
func begins(word, short string) bool { return strings.HasPrefix(word, short) }

func cmdIP(p *proc) int {
	h, gateway := &p.System.hardware, p.System.gateway()
	inet, prefix, network := p.System.family()
	brief, six := false, false
	var rest []string
	for _, a := range p.args[1:] {
		switch {
		case strings.HasPrefix(a, "-br"):
			brief = true
		case a == "-6":
			six = true
		case a == "-V" || a == "-Version":
			p.print("ip utility, iproute2-6.1.0, libbpf 1.1.0\n")
			return 0
		case strings.HasPrefix(a, "-"):
		default:
			rest = append(rest, a)
		}
	}
	what := "?"
	if len(rest) > 0 {
		what = rest[0]
	}
	if len(rest) > 1 && (begins("add", rest[1]) || begins("delete", rest[1]) || begins("set", rest[1]) || rest[1] == "flush") {
		if p.user.uid != 0 {
			p.say("RTNETLINK answers: Operation not permitted\n")
			return 2
		}
		return 0
	}
	four := p.System.address.Unmap().Is4()
	brd := ""
	if four {
		brd = " brd " + p.System.broadcast()
	}
	switch {
	case begins("route", what):
		if four == six {
			p.printf("fe80::/64 dev %s proto kernel metric 256 pref medium\n", h.iface)
			return 0
		}
		if len(rest) > 1 && rest[1] == "get" && len(rest) > 2 {
			p.printf("%s via %s dev %s src %s uid %d \n    cache \n", rest[2], gateway, h.iface, p.System.address, p.user.uid)
			return 0
		}
		p.printf("default via %s dev %s %s\n%s dev %s proto kernel scope link src %s \n", gateway, h.iface,
			map[bool]string{true: "proto static metric 100 ", false: "onlink "}[p.System.rhel()], network, h.iface, p.System.address)
	case brief:
		p.printf("lo               UNKNOWN        127.0.0.1/8 ::1/128 \n%-16s UP             %s %s/64 \n", h.iface, prefix, p.System.linkLocal())
	case begins("link", what):
		p.printf("1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000\n    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n"+
			"2: %s: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP mode DEFAULT group default qlen 1000\n    link/ether %s brd ff:ff:ff:ff:ff:ff\n", h.iface, h.mac)
	case begins("address", what):
		p.printf("1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n"+
			"    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n"+
			"    inet6 ::1/128 scope host \n       valid_lft forever preferred_lft forever\n"+
			"2: %s: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000\n    link/ether %s brd ff:ff:ff:ff:ff:ff\n"+
			"    %s %s%s scope global %s\n       valid_lft forever preferred_lft forever\n"+
			"    inet6 %s/64 scope link \n       valid_lft forever preferred_lft forever\n", h.iface, h.mac, inet, prefix, brd, h.iface, p.System.linkLocal())
	case begins("neighbour", what), what == "neighbor":
		p.printf("%s dev %s lladdr %s REACHABLE \n", gateway, h.iface, p.System.gatewayMAC())
	case begins("rule", what):
		p.print("0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n")
	case begins("netns", what), begins("tunnel", what), begins("maddress", what):
	case what == "?" || what == "help":
		p.say("Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n       ip [ -force ] -batch filename\n")
		return 255
	default:
		p.say("Object \"%s\" is unknown, try \"ip help\".\n", what)
		return 1
	}
	return 0
}
