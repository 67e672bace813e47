package routeros

import (
	"fmt"
	"strings"
	"time"
)

// lan is the network behind the router.
func (s *session) lan() string {
	r := s.Persona.Rand("router inside")
	return []string{"192.168.88", "10.10." + fmt.Sprint(r.IntN(250)), "192.168." + fmt.Sprint(1+r.IntN(200)), "172.16." + fmt.Sprint(r.IntN(250))}[r.IntN(4)]
}

func (s *session) address() string { return s.Address.Unmap().String() }

// print is the command of that name.
func (s *session) print(menu string) string {
	n := s.Network()
	switch menu {
	case "/system resource":
		return s.resource()
	case "/system identity":
		return pairs("name", s.identity())
	case "/system routerboard":
		d := s.board()
		return pairs("routerboard", "yes", "board-name", d.name, "model", d.name, "serial-number", s.Serial("board", "HHHH99HHHH99"), "firmware-type", d.firmware,
			"factory-firmware", "6.42.10", "current-firmware", s.release().version, "upgrade-firmware", s.release().version)
	case "/system license":
		return pairs("software-id", s.Serial("license", "AAAA-A9AA"), "nlevel", s.board().license, "features", "")
	case "/system clock":
		now := time.Now().UTC()
		return pairs("time", now.Format("15:04:05"), "date", date(now), "time-zone-autodetect", "yes", "time-zone-name", "Etc/UTC", "gmt-offset", "+00:00", "dst-active", "no")
	case "/system package":
		return s.packages()
	case "/ip address":
		return "Flags: X - disabled, I - invalid, D - dynamic \n #   ADDRESS            NETWORK         INTERFACE\n" +
			fmt.Sprintf(" 0   %-18s %-15s %s\n", s.lan()+".1/24", s.lan()+".0", "bridge") + fmt.Sprintf(" 1   %-18s %-15s %s\n", s.address()+"/24", n.Addr(), "ether1")
	case "/ip route":
		return "Flags: X - disabled, A - active, D - dynamic, C - connect, S - static, r - rip, b - bgp, o - ospf, m - mme, B - blackhole, U - unreachable, P - prohibit \n" +
			" #      DST-ADDRESS        PREF-SRC        GATEWAY            DISTANCE\n" + fmt.Sprintf(" 0 A S  0.0.0.0/0                          %-18s        1\n", s.Gateway()) +
			fmt.Sprintf(" 1 ADC  %-18s %-15s ether1                    0\n", n, s.address()) + fmt.Sprintf(" 2 ADC  %-18s %-15s bridge                    0\n", s.lan()+".0/24", s.lan()+".1")
	case "/ip arp":
		k := s.Persona.Key("neighbours", 12)
		return "Flags: X - disabled, I - invalid, H - DHCP, D - dynamic, P - published, C - complete \n #    ADDRESS         MAC-ADDRESS       INTERFACE\n" +
			fmt.Sprintf(" 0 DC %-15s 00:1C:73:%02X:%02X:%02X ether1\n", s.Gateway(), k[0], k[1], k[2]) +
			fmt.Sprintf(" 1 DC %-15s 00:50:56:%02X:%02X:%02X bridge\n", fmt.Sprintf("%s.%d", s.lan(), 20+k[3]%200), 0x80|k[4]&0x3f, k[5], k[6])
	case "/ip dns":
		return pairs("servers", s.Gateway().String(), "dynamic-servers", "", "use-doh-server", "", "verify-doh-cert", "no", "allow-remote-requests", "yes", "max-udp-packet-size", "4096",
			"query-server-timeout", "2s", "query-total-timeout", "10s", "max-concurrent-queries", "100", "max-concurrent-tcp-sessions", "20", "cache-size", "2048KiB", "cache-max-ttl", "1w", "cache-used", fmt.Sprintf("%dKiB", 20+time.Now().Unix()%40))
	case "/ip service":
		return "Flags: X - disabled, I - invalid \n #   NAME      PORT ADDRESS                                       CERTIFICATE  \n 0   telnet      23\n 1 XI ftp         21\n 2 XI www         80\n" +
			" 3 XI ssh         22\n 4 XI www-ssl    443                                               none        \n 5 XI api       8728\n 6 XI winbox    8291\n 7 XI api-ssl   8729                                               none        \n"
	case "/ip socks":
		return pairs("enabled", "no", "version", "4", "port", "1080", "connection-idle-timeout", "2m", "max-connections", "200", "auth-method", "none")
	case "/ip cloud":
		return pairs("ddns-enabled", "no", "ddns-update-interval", "none", "update-time", "yes")
	case "/user":
		return "Flags: X - disabled \n #   NAME                          GROUP                          ADDRESS            LAST-LOGGED-IN      \n 0   ;;; system default user\n" +
			fmt.Sprintf("     %-29s %-30s %18s %s\n", s.User, "full", "", date(s.Login)+" "+s.Login.UTC().Format("15:04:05"))
	case "/user active":
		return "Flags: R - radius, M - by-romon \n #   WHEN                 NAME                          ADDRESS         VIA\n" +
			fmt.Sprintf(" 0   %-20s %-29s %-15s telnet\n", date(s.Login)+" "+s.Login.UTC().Format("15:04:05"), s.User, s.Source)
	case "/interface", "/interface ethernet":
		return s.interfaces()
	case "/log":
		return strings.ToLower(s.Persona.Boot.UTC().Format("Jan/02")) + s.Persona.Boot.UTC().Format(" 15:04:05") + " system,info router rebooted\n" +
			s.Login.UTC().Format("15:04:05") + fmt.Sprintf(" system,info,account user %s logged in from %s via telnet\n", s.User, s.Source)
	case "/file":
		return " # NAME                          TYPE                          SIZE CREATION-TIME       \n 0 skins                         directory                          jan/01/1970 00:00:03\n"
	case "/ip firewall filter", "/ip firewall nat", "/ip firewall mangle":
		return s.rules(menu)
	}
	return s.added(menu)
}

func (s *session) rules(menu string) string {
	text := "Flags: X - disabled, I - invalid, D - dynamic \n"
	switch menu {
	case "/ip firewall nat":
		text += " 0    ;;; defconf: masquerade\n      chain=srcnat action=masquerade out-interface-list=WAN ipsec-policy=out,none \n"
	case "/ip firewall filter":
		text += " 0    ;;; defconf: accept established,related,untracked\n      chain=input action=accept connection-state=established,related,untracked \n\n" +
			" 1    ;;; defconf: drop invalid\n      chain=input action=drop connection-state=invalid \n\n 2    ;;; defconf: accept ICMP\n      chain=input action=accept protocol=icmp \n"
	}
	return text + s.added(menu)
}

// added are the lines that the source has added in a menu.
func (s *session) added(menu string) string {
	var b strings.Builder
	n := 0
	for _, setting := range s.Settings {
		if rest, ok := strings.CutPrefix(setting, menu+" add "); ok {
			fmt.Fprintf(&b, " %d    %s \n", n, rest)
			n++
		}
	}
	return b.String()
}

func (s *session) packages() string {
	var b strings.Builder
	b.WriteString("Flags: X - disabled \n #   NAME                    VERSION                    SCHEDULED              \n")
	for i, name := range []string{"routeros-" + s.board().arch, "system", "ipv6", "wireless", "hotspot", "dhcp", "mpls", "routing", "ppp", "security", "advanced-tools"} {
		fmt.Fprintf(&b, "%2d   %-23s %-26s\n", i, name, s.release().version)
	}
	return b.String()
}

func (s *session) interfaces() string {
	var b strings.Builder
	b.WriteString("Flags: D - dynamic, X - disabled, R - running, S - slave \n #     NAME                                TYPE       ACTUAL-MTU L2MTU  MAX-L2MTU MAC-ADDRESS      \n")
	row := func(i int, flags, name, kind string, mac int) {
		fmt.Fprintf(&b, "%2d  %-3s%-36s%-10s       1500  1598       2028 %s\n", i, flags, name, kind, s.mac(mac))
	}
	d := s.board()
	row(0, "R", "ether1", "ether", 0)
	for i := 1; i < d.ports; i++ {
		flags := "S"
		if i == 1 {
			flags = "RS"
		}
		row(i, flags, fmt.Sprintf("ether%d", i+1), "ether", i)
	}
	n := d.ports
	if d.wireless {
		row(n, "RS", "wlan1", "wlan", n)
		n++
	}
	row(n, "R", "bridge", "bridge", 1)
	return b.String()
}
