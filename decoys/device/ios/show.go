package ios

import (
	"fmt"
	"strings"
	"time"
)

func showVersion(s *session, _ []string) string {
	m, r := s.model(), s.release()
	var b strings.Builder
	fmt.Fprintf(&b, "Cisco IOS Software, %s Software (%s), Version %s, RELEASE SOFTWARE (%s)\n", m.family, m.image, r.version, r.build)
	fmt.Fprintf(&b, "Technical Support: http://www.cisco.com/techsupport\nCopyright (c) 1986-%s by Cisco Systems, Inc.\nCompiled %s by prod_rel_team\n\n", r.year, r.compiled)
	fmt.Fprintf(&b, "ROM: System Bootstrap, Version 15.0(1r)M15, RELEASE SOFTWARE (fc1)\n\n%s uptime is %s\n", s.hostname, ago(s.Uptime()))
	fmt.Fprintf(&b, "System returned to ROM by power-on\nSystem restarted at %s\nSystem image file is \"%s:%s\"\n", clock(s.Persona.Boot), m.flash, s.image())
	fmt.Fprintf(&b, "Last reload type: Normal Reload\nLast reload reason: power-on\n\n\n\n")
	fmt.Fprintf(&b, "Cisco %s (revision 1.0) with %dK/%dK bytes of memory.\nProcessor board ID %s\n", m.name, m.memory, m.iomem, s.serial())
	fmt.Fprintf(&b, "%d Gigabit Ethernet interfaces\n1 terminal line\nDRAM configuration is 64 bits wide with parity disabled.\n", m.ports)
	fmt.Fprintf(&b, "%dK bytes of non-volatile configuration memory.\n%dK bytes of ATA System CompactFlash 0 (Read/Write)\n\n\n", m.nvram, s.flashSize()/1024)
	fmt.Fprintf(&b, "License Info:\n\nLicense UDI:\n\n-------------------------------------------------\nDevice#\t  PID\t\t\tSN\n-------------------------------------------------\n*0\t  %s\t\t%s\n\n\n\n", m.pid, s.serial())
	fmt.Fprintf(&b, "Technology Package License Information for Module:'%s'\n\n", strings.ToLower(m.family))
	b.WriteString("-----------------------------------------------------------------\nTechnology    Technology-package           Technology-package\n" +
		"              Current       Type           Next reboot\n------------------------------------------------------------------\n" +
		"ipbase        ipbasek9      Permanent      ipbasek9\nsecurity      securityk9    Permanent      securityk9\n" +
		"uc            None          None           None\ndata          None          None           None\n\n")
	b.WriteString("Configuration register is 0x2102\n\n")
	return b.String()
}

func (s *session) flashSize() int { return 256487424 }

func showInterfacesBrief(s *session, _ []string) string {
	var b strings.Builder
	b.WriteString("Interface                  IP-Address      OK? Method Status                Protocol\n")
	for _, p := range s.ports() {
		addr, method, status, protocol := "unassigned", "NVRAM", "administratively down", "down"
		if p.up {
			addr, status, protocol = p.addr.String(), "up", "up"
		} else {
			method = "NVRAM"
		}
		fmt.Fprintf(&b, "%-26s %-15s YES %-6s %-21s %-4s\n", p.name, addr, method, status, protocol)
	}
	return b.String()
}

func showInterfaces(s *session, _ []string) string {
	var b strings.Builder
	for _, p := range s.ports()[1:] {
		state, line := "up", "up"
		if !p.up {
			state, line = "administratively down", "down"
		}
		r := s.Persona.Rand("counters " + p.name)
		packets := int(s.Uptime().Seconds()) * (1 + r.IntN(9))
		if !p.up {
			packets = 0
		}
		fmt.Fprintf(&b, "%s is %s, line protocol is %s \n  Hardware is CN Gigabit Ethernet, address is %s (bia %[4]s)\n", p.name, state, line, s.mac(p.index))
		if p.up {
			fmt.Fprintf(&b, "  Internet address is %s/24\n", p.addr)
		}
		fmt.Fprintf(&b, "  MTU 1500 bytes, BW 1000000 Kbit/sec, DLY 10 usec, \n     reliability 255/255, txload 1/255, rxload 1/255\n  Encapsulation ARPA, loopback not set\n  Keepalive set (10 sec)\n")
		fmt.Fprintf(&b, "  Full Duplex, 1Gbps, media type is RJ45\n  output flow-control is unsupported, input flow-control is unsupported\n  ARP type: ARPA, ARP Timeout 04:00:00\n")
		fmt.Fprintf(&b, "  Last input 00:00:00, output 00:00:00, output hang never\n  Last clearing of \"show interface\" counters never\n")
		fmt.Fprintf(&b, "  Input queue: 0/75/0/0 (size/max/drops/flushes); Total output drops: 0\n  Queueing strategy: fifo\n  Output queue: 0/40 (size/max)\n")
		fmt.Fprintf(&b, "  5 minute input rate %d bits/sec, %d packets/sec\n  5 minute output rate %d bits/sec, %d packets/sec\n", packets%9*1000, packets%5, packets%7*1000, packets%3)
		fmt.Fprintf(&b, "     %d packets input, %d bytes, 0 no buffer\n     Received %d broadcasts (0 IP multicasts)\n     0 runts, 0 giants, 0 throttles \n     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored\n", packets, packets*312, packets/40)
		fmt.Fprintf(&b, "     0 watchdog, 0 multicast, 0 pause input\n     %d packets output, %d bytes, 0 underruns\n     0 output errors, 0 collisions, 2 interface resets\n", packets*3/4, packets*248)
		fmt.Fprintf(&b, "     0 unknown protocol drops\n     0 babbles, 0 late collision, 0 deferred\n     0 lost carrier, 0 no carrier, 0 pause output\n     0 output buffer failures, 0 output buffers swapped out\n")
	}
	return b.String()
}

func showARP(s *session, _ []string) string {
	var b strings.Builder
	b.WriteString("Protocol  Address          Age (min)  Hardware Addr   Type   Interface\n")
	row := func(addr, age, mac, name string) {
		fmt.Fprintf(&b, "Internet  %-15s %9s   %-14s  ARPA   %s\n", addr, age, mac, name)
	}
	k := s.Persona.Key("neighbours", 32)
	gateway := fmt.Sprintf("001c.73%02x.%02x%02x", k[0], k[1], k[2])
	row(s.Gateway().String(), fmt.Sprint(k[3]%60), gateway, "GigabitEthernet0/0")
	for _, p := range s.ports() {
		if !p.up {
			continue
		}
		row(p.addr.String(), "-", s.mac(p.index), p.name)
		if a := p.addr; p.index == 1 && a.Is4() {
			for i := range 2 + int(k[4]%4) {
				four := a.As4()
				row(fmt.Sprintf("%d.%d.%d.%d", four[0], four[1], four[2], 10+int(k[5+i])%200), fmt.Sprint(k[12+i]%240),
					fmt.Sprintf("%02x%02x.%02x%02x.%02x%02x", 0x00, 0x50, 0x56, 0x80|k[18+i]&0x3f, k[19+i], k[20+i]), p.name)
			}
		}
	}
	return b.String()
}

func showUsers(s *session, _ []string) string {
	return fmt.Sprintf("    Line       User       Host(s)              Idle       Location\n*%3d vty 0     %-10s idle                 00:00:00 %s\n\n"+
		"  Interface    User               Mode         Idle     Peer Address\n\n", s.firstVTY(), s.User, s.Source)
}

// firstVTY is the number of the first line for Telnet: the routers have a console and an auxiliary line before it.
func (s *session) firstVTY() int { return 388 + 64*s.Persona.Rand("vty").IntN(2) }

func showClock(_ *session, _ []string) string {
	now := time.Now().UTC()
	return fmt.Sprintf("*%s UTC %s\n", now.Format("15:04:05.000"), now.Format("Mon Jan 2 2006"))
}

func showRoute(s *session, _ []string) string {
	var b strings.Builder
	b.WriteString("Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP\n       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area \n" +
		"       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2\n       E1 - OSPF external type 1, E2 - OSPF external type 2\n" +
		"       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2\n       ia - IS-IS inter area, * - candidate default, U - per-user static route\n" +
		"       o - ODR, P - periodic downloaded static route, H - NHRP, l - LISP\n       + - replicated route, % - next hop override\n\n")
	fmt.Fprintf(&b, "Gateway of last resort is %s to network 0.0.0.0\n\nS*    0.0.0.0/0 [1/0] via %[1]s\n", s.Gateway())
	for _, p := range s.ports() {
		if p.up && p.addr.Is4() {
			net, _ := p.addr.Prefix(24)
			fmt.Fprintf(&b, "      %s is variably subnetted, 2 subnets, 2 masks\nC        %s is directly connected, %s\nL        %s/32 is directly connected, %[3]s\n", class(net.Addr().As4()), net, p.name, p.addr)
		}
	}
	return b.String()
}

// class is the network of an address before there were masks.
func class(a [4]byte) string {
	switch {
	case a[0] < 128:
		return fmt.Sprintf("%d.0.0.0/8", a[0])
	case a[0] < 192:
		return fmt.Sprintf("%d.%d.0.0/16", a[0], a[1])
	}
	return fmt.Sprintf("%d.%d.%d.0/24", a[0], a[1], a[2])
}

func showInventory(s *session, _ []string) string {
	m := s.model()
	return fmt.Sprintf("NAME: \"%s chassis\", DESCR: \"%[1]s chassis\"\nPID: %-18s, VID: V0%d , SN: %s\n\n", m.name, m.pid, 5+s.Persona.Rand("vid").IntN(3), s.serial())
}

func showFlash(s *session, _ []string) string {
	size, used := s.flashSize(), 97794040+s.Persona.Rand("image size").IntN(900000)
	return fmt.Sprintf("-#- --length-- -----date/time------ path\n1   %10d %s %s\n\n%d bytes available (%d bytes used)\n\n",
		used, s.Persona.Boot.Add(-400*24*time.Hour).Format("Jan 2 2006 15:04:05 +00:00"), s.image(), size-used, used)
}

func showHistory(s *session, _ []string) string {
	return "  " + strings.Join(s.term.History(), "\n  ") + "\n"
}

func showPrivilege(s *session, _ []string) string {
	return fmt.Sprintf("Current privilege level is %d\n", map[bool]int{true: 15, false: 1}[s.mode >= privileged])
}

func showProcesses(s *session, _ []string) string {
	n := int(time.Now().Unix()/7) % 4
	return fmt.Sprintf("CPU utilization for five seconds: %d%%/0%%; one minute: %d%%; five minutes: %d%%\n"+
		" PID Runtime(ms)     Invoked      uSecs   5Sec   1Min   5Min TTY Process \n   1           4          21        190  0.00%%  0.00%%  0.00%%   0 Chunk Manager    \n"+
		"   2        %4d    %8d          0  0.00%%  0.00%%  0.00%%   0 Load Meter       \n", n+1, n+1, 2, int(s.Uptime().Hours()), int(s.Uptime().Seconds())/5)
}

func showLogging(s *session, _ []string) string {
	at := s.Persona.Boot.UTC().Format("*Jan _2 15:04:05.000")
	return "Syslog logging: enabled (0 messages dropped, 3 messages rate-limited, 0 flushes, 0 overruns, xml disabled, filtering disabled)\n\n" +
		"No Active Message Discriminator.\n\nNo Inactive Message Discriminator.\n\n    Console logging: level debugging, 24 messages logged, xml disabled,\n" +
		"                     filtering disabled\n    Monitor logging: level debugging, 0 messages logged, xml disabled,\n                     filtering disabled\n" +
		"    Buffer logging:  level debugging, 24 messages logged, xml disabled,\n                    filtering disabled\n\nLog Buffer (8192 bytes):\n\n" +
		at + ": %SYS-5-RESTART: System restarted --\n" + at + ": %LINK-3-UPDOWN: Interface GigabitEthernet0/0, changed state to up\n" +
		at + ": %LINEPROTO-5-UPDOWN: Line protocol on Interface GigabitEthernet0/0, changed state to up\n"
}
