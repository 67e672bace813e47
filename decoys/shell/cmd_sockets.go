package shell

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

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
		case x.command == s.telnetd():
			port = 23
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
			return map[int]string{22: "ssh", 23: "telnet", 80: "http"}[port]
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
			queue := map[int]string{22: "128", 23: "128", 80: "511"}[l.port]
			p.printf("%s%-8s %-6d %-6s %18s%-7s %18s%-7s %s\n", netid, "LISTEN", 0, queue, "0.0.0.0:", name(l.port), "0.0.0.0:", "*", owner(l.process))
			p.printf("%s%-8s %-6d %-6s %18s%-7s %18s%-7s %s\n", netid, "LISTEN", 0, queue, "[::]:", name(l.port), "[::]:", "*", owner(l.process))
		}
	}
	if !listen {
		for _, s := range p.FS.sessions() {
			if s.source.IsValid() {
				p.printf("%s%-8s %-6d %-6d %18s%-7s %18s%-7d %s\n", netid, "ESTAB", 0, 0, p.System.address.String()+":", name(s.local()), s.source.String()+":", s.port,
					owner(s.daemon()))
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
				p.printf("tcp        0      0 %-23s %-23s %-11s %s\n", fmt.Sprintf("%s:%d", p.System.address, s.local()), fmt.Sprintf("%s:%d", s.source, s.port), "ESTABLISHED",
					owner(s.daemon()))
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
				row(fmt.Sprintf("%s:%04X", hexAddress(s.address.String()), l.local()), fmt.Sprintf("%s:%04X", hexAddress(l.source.String()), l.port), "01")
			}
		}
	}
	return b.String()
}
