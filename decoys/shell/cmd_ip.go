package shell

import (
	"fmt"
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

// cmdIfconfig is the ifconfig of net-tools 2.
func cmdIfconfig(p *proc) int {
	h := &p.System.hardware
	inet, _, _ := p.System.family()
	tail := "  netmask 255.255.255.0"
	if inet == "inet6" {
		tail = "  prefixlen 64  scopeid 0x0<global>"
	}
	p.printf("%s: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n        %s %s%s\n        ether %s  txqueuelen 1000  (Ethernet)\n\n"+
		"lo: flags=73<UP,LOOPBACK,RUNNING>  mtu 65536\n        inet 127.0.0.1  netmask 255.0.0.0\n        loop  txqueuelen 1000  (Local Loopback)\n\n",
		h.iface, inet, p.System.address, tail, h.mac)
	return 0
}

// cmdIP is ip and ifconfig.
// begins reports whether short is an abbreviation of word, which ip accepts.
func begins(word, short string) bool { return strings.HasPrefix(word, short) }

func cmdIP(p *proc) int {
	h, gateway := &p.System.hardware, p.System.gateway()
	inet, prefix, network := p.System.family()
	_, rest, _ := p.options("46sdo", "")
	what := "?"
	if len(rest) > 0 {
		what = rest[0]
	}
	switch {
	case begins("route", what):
		p.printf("default via %s dev %s onlink \n%s dev %s proto kernel scope link src %s \n", gateway, h.iface, network, h.iface, p.System.address)
	case begins("address", what), begins("link", what):
		p.printf("1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000\n"+
			"    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n       valid_lft forever preferred_lft forever\n"+
			"2: %s: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq_codel state UP group default qlen 1000\n    link/ether %s brd ff:ff:ff:ff:ff:ff\n"+
			"    %s %s scope global %s\n       valid_lft forever preferred_lft forever\n", h.iface, h.mac, inet, prefix, h.iface)
	case begins("neighbour", what):
		p.printf("%s dev %s lladdr %s STALE\n", gateway, h.iface, h.mac[:9]+"00:00:01")
	default:
		_, _ = fmt.Fprint(p.Err, "Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n")
		return 255
	}
	return 0
}

func cmdSs(p *proc) int {
	p.print("Netid State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\n")
	for _, port := range []string{"22", "80"} {
		p.printf("tcp   LISTEN 0      %-6s %12s:%-4s %12s:*\n", map[string]string{"22": "128", "80": "511"}[port], "0.0.0.0", port, "0.0.0.0")
	}
	p.printf("tcp   ESTAB  0      0      %s:%d %s\n", p.System.address, 22, p.Source)
	return 0
}
