package shell

import (
	"fmt"
	"net/netip"
	"strconv"
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

// listening are the sockets that services listen on.
func (s *System) listening() []struct {
	port    int
	process process
} {
	var out []struct {
		port    int
		process process
	}
	seen := map[int]bool{}
	for _, x := range s.processes() {
		port := 0
		switch {
		case strings.Contains(x.command, "sshd"):
			port = 22
		case strings.Contains(x.command, "nginx: master"), strings.Contains(x.command, "apache2 -k"), strings.Contains(x.command, "httpd -D"):
			port = 80
		}
		if port > 0 && !seen[port] {
			seen[port] = true
			out = append(out, struct {
				port    int
				process process
			}{port, x})
		}
	}
	return out
}

// cmdSs is ss.
func cmdSs(p *proc) int {
	flags := strings.Join(p.args[1:], "")
	if strings.Contains(flags, "s") && !strings.ContainsAny(flags, "tupaln") {
		p.print("Total: 121\nTCP:   4 (estab 1, closed 0, orphaned 0, timewait 0)\n\nTransport Total     IP        IPv6\nRAW\t  0         0         0        \nUDP\t  0         0         0        \n" +
			"TCP\t  4         3         1        \nINET\t  4         3         1        \nFRAG\t  0         0         0        \n\n")
		return 0
	}
	all, listen := strings.Contains(flags, "a"), strings.Contains(flags, "l")
	name := func(port int) string {
		if !strings.Contains(flags, "n") {
			return map[int]string{22: "ssh", 80: "http"}[port]
		}
		return strconv.Itoa(port)
	}
	owner := func(x process) string {
		if !strings.Contains(flags, "p") || p.user.uid != 0 {
			return ""
		}
		return fmt.Sprintf("users:((%q,pid=%d,fd=3))", x.base(), x.pid)
	}
	netid, head := "", ""
	if !strings.Contains(flags, "t") || strings.Contains(flags, "u") {
		netid, head = "tcp   ", "Netid "
	}
	p.printf("%s%-8s %-6s %-6s %18s%-7s %18s%-7s %s\n", head, "State", "Recv-Q", "Send-Q", "Local Address:", "Port", "Peer Address:", "Port", "Process")
	if listen || all {
		for _, l := range p.System.listening() {
			queue := map[int]string{22: "128", 80: "511"}[l.port]
			p.printf("%s%-8s %-6d %-6s %18s%-7s %18s%-7s %s\n", netid, "LISTEN", 0, queue, "0.0.0.0:", name(l.port), "0.0.0.0:", "*", owner(l.process))
			p.printf("%s%-8s %-6d %-6s %18s%-7s %18s%-7s %s\n", netid, "LISTEN", 0, queue, "[::]:", name(l.port), "[::]:", "*", owner(l.process))
		}
	}
	if !listen {
		for _, s := range p.FS.sessions() {
			if s.source.IsValid() {
				p.printf("%s%-8s %-6d %-6d %18s%-7s %18s%-7d %s\n", netid, "ESTAB", 0, 0, p.System.address.String()+":", name(22), s.source.String()+":", s.port,
					owner(process{pid: s.pid - 2, command: "sshd: " + s.user}))
			}
		}
	}
	return 0
}

// cmdNetstat is netstat, of net-tools and of BusyBox.
func cmdNetstat(p *proc) int {
	flags := strings.Join(p.args[1:], "")
	switch {
	case strings.Contains(flags, "r"):
		p.args = []string{"route", "-n"}
		return cmdRoute(p)
	case strings.Contains(flags, "i"):
		p.printf("Kernel Interface table\nIface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg\n%-16s 1500 %8d      0      0 0      %8d      0      0      0 BMRU\n"+
			"lo              65536     1204      0      0 0          1204      0      0      0 LRU\n", p.System.hardware.iface, p.System.traffic(31)/710, p.System.traffic(9)/180)
		return 0
	}
	all, listen, owned := strings.Contains(flags, "a"), strings.Contains(flags, "l"), strings.Contains(flags, "p")
	title := "w/o servers"
	switch {
	case listen:
		title = "only servers"
	case all:
		title = "servers and established"
	}
	p.printf("Active Internet connections (%s)\nProto Recv-Q Send-Q Local Address           Foreign Address         State       %s\n", title, map[bool]string{true: "PID/Program name    "}[owned])
	owner := func(x process) string {
		switch {
		case !owned:
			return ""
		case p.user.uid != 0:
			return "-                   "
		}
		return fmt.Sprintf("%-20s", fmt.Sprintf("%d/%s", x.pid, x.base()))
	}
	if listen || all {
		for _, l := range p.System.listening() {
			p.printf("tcp        0      0 %-23s %-23s %-11s %s\n", fmt.Sprintf("0.0.0.0:%d", l.port), "0.0.0.0:*", "LISTEN", owner(l.process))
		}
	}
	if !listen {
		for _, s := range p.FS.sessions() {
			if s.source.IsValid() {
				p.printf("tcp        0      0 %-23s %-23s %-11s %s\n", p.System.address.String()+":22", fmt.Sprintf("%s:%d", s.source, s.port), "ESTABLISHED",
					owner(process{pid: s.pid - 2, command: "sshd: " + s.user}))
			}
		}
	}
	if listen || all {
		for _, l := range p.System.listening() {
			p.printf("tcp6       0      0 %-23s %-23s %-11s %s\n", fmt.Sprintf(":::%d", l.port), ":::*", "LISTEN", owner(l.process))
		}
	}
	return 0
}

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

// hexAddress is an address as /proc/net has it.
func hexAddress(s string) string {
	a, err := netip.ParseAddr(s)
	if err != nil || !a.Unmap().Is4() {
		return "00000000"
	}
	b := a.Unmap().As4()
	return fmt.Sprintf("%02X%02X%02X%02X", b[3], b[2], b[1], b[0])
}

// procNetTCP is /proc/net/tcp: the services and the sessions.
func (s *System) procNetTCP(u *user) string {
	var b strings.Builder
	b.WriteString("  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     \n")
	n := 0
	row := func(local, remote, state string) {
		fmt.Fprintf(&b, "%4d: %s %s %s 00000000:00000000 00:00000000 00000000     0        0 %d 1 0000000000000000 100 0 0 10 0\n", n, local, remote, state, 18000+n*37)
		n++
	}
	for _, l := range s.listening() {
		row(fmt.Sprintf("00000000:%04X", l.port), "00000000:0000", "0A")
	}
	if u.session != nil {
		for _, l := range u.session.FS.sessions() {
			if l.source.Unmap().Is4() {
				row(hexAddress(s.address.String())+":0016", fmt.Sprintf("%s:%04X", hexAddress(l.source.String()), l.port), "01")
			}
		}
	}
	return b.String()
}

// cmdIptables is iptables, ip6tables and their save: rules are listed as they were
// added, and change nothing.
func cmdIptables(p *proc) int {
	if p.user.uid != 0 {
		return p.errorf(4, "v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)")
	}
	f := p.FS
	f.worldMu.Lock()
	defer f.worldMu.Unlock()
	chains := []string{"INPUT", "FORWARD", "OUTPUT"}
	args := p.args[1:]
	if p.args[0] == "iptables-save" || len(args) > 0 && args[0] == "-S" {
		for _, c := range chains {
			p.printf("-P %s ACCEPT\n", c)
		}
		for _, r := range f.rules {
			p.print(r + "\n")
		}
		return 0
	}
	if len(args) > 1 && args[0] == "-t" {
		args = args[2:]
	}
	for i, a := range args {
		switch a {
		case "-A", "-I", "--append", "--insert":
			if len(f.rules) < 100 {
				f.rules = append(f.rules, "-A "+strings.Join(args[i+1:], " "))
			}
			return 0
		case "-F", "-X", "-Z", "--flush":
			f.rules = nil
			return 0
		case "-P", "-D", "-N", "-R":
			return 0
		case "-V", "--version":
			p.print("iptables v1.8.9 (nf_tables)\n")
			return 0
		}
		if !strings.HasPrefix(a, "-") || !strings.Contains(a, "L") {
			continue
		}
		for i, c := range chains {
			if i > 0 {
				p.print("\n")
			}
			p.printf("Chain %s (policy ACCEPT)\ntarget     prot opt source               destination         \n", c)
			for _, r := range f.rules {
				if w := strings.Fields(r); len(w) > 1 && w[1] == c {
					p.printf("%-10s %-4s --  %-20s %-20s\n", or(valueAfter(w, "-j"), "ACCEPT"), or(valueAfter(w, "-p"), "all"), or(valueAfter(w, "-s"), "anywhere"), or(valueAfter(w, "-d"), "anywhere"))
				}
			}
		}
		return 0
	}
	if p.args[0] == "iptables-restore" {
		return 0
	}
	p.errorf(2, "v1.8.9 (nf_tables): no command specified")
	p.say("Try `%s -h' or '%[1]s --help' for more information.\n", p.args[0])
	return 2
}

func or(a, b string) string {
	if a == "" {
		return b
	}
	return a
}
