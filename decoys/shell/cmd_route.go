package shell

import "strings"

func cmdRoute(p *proc) int {
	if len(p.args) > 1 && (p.args[1] == "add" || p.args[1] == "del") {
		if p.user.uid != 0 {
			p.say("SIOCADDRT: Operation not permitted\n")
			return 7
		}
		return 0
	}
	first, zero := "default", "0.0.0.0"
	if len(p.args) > 1 && strings.Contains(p.args[1], "n") {
		first = "0.0.0.0"
	}
	network, _, _ := strings.Cut(p.System.gateway(), "fe80")
	if i := strings.LastIndexByte(network, '.'); i > 0 {
		network = network[:i] + ".0"
	}
	p.printf("Kernel IP routing table\nDestination     Gateway         Genmask         Flags Metric Ref    Use Iface\n%-15s %-15s %-15s UG    0      0        0 %s\n%-15s %-15s %-15s U     0      0        0 %[4]s\n",
		first, p.System.gateway(), zero, p.System.hardware.iface, network, zero, netmask)
	return 0
}

func cmdArp(p *proc) int {
	s := p.System
	if strings.Contains(strings.Join(p.args[1:], ""), "a") || p.small() {
		p.printf("? (%s) at %s [ether] on %s\n", s.gateway(), s.gatewayMAC(), s.hardware.iface)
		return 0
	}
	p.printf("Address                  HWtype  HWaddress           Flags Mask            Iface\n%-24s ether   %s   C                     %s\n", s.gateway(), s.gatewayMAC(), s.hardware.iface)
	return 0
}
