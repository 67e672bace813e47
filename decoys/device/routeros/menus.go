package routeros

import (
	"slices"
	"strings"
)

// menus are the places there are; each has the ones that begin with it.
var menus = []string{
	"/certificate", "/file", "/interface", "/interface bridge", "/interface bridge port", "/interface ethernet", "/interface l2tp-server server", "/interface list",
	"/interface ovpn-server server", "/interface pptp-client", "/interface pptp-server server", "/interface vlan", "/interface wireless", "/ip", "/ip address", "/ip arp",
	"/ip cloud", "/ip dhcp-client", "/ip dhcp-server", "/ip dhcp-server lease", "/ip dns", "/ip dns static", "/ip firewall", "/ip firewall address-list",
	"/ip firewall filter", "/ip firewall nat", "/ip firewall mangle", "/ip hotspot", "/ip neighbor", "/ip pool", "/ip proxy", "/ip route", "/ip service", "/ip settings",
	"/ip socks", "/ip ssh", "/ipv6", "/ipv6 address", "/log", "/ppp", "/ppp active", "/ppp secret", "/queue", "/queue simple", "/radius", "/routing", "/snmp",
	"/snmp community", "/system", "/system clock", "/system health", "/system history", "/system identity", "/system license", "/system logging", "/system note",
	"/system ntp client", "/system package", "/system package update", "/system resource", "/system resource cpu", "/system routerboard", "/system scheduler", "/system script",
	"/tool", "/tool bandwidth-server", "/tool e-mail", "/tool mac-server", "/tool netwatch", "/tool romon", "/tool sniffer", "/user", "/user active", "/user group", "/user ssh-keys",
}

// children are the words that lead on from a menu, in order.
func children(menu string) []string {
	var all []string
	for _, m := range menus {
		rest, ok := strings.CutPrefix(m, menu)
		rest = strings.TrimPrefix(strings.TrimPrefix(rest, "/"), " ")
		if !ok || rest == "" || menu != "" && m[len(menu)] != ' ' {
			continue
		}
		first, _, _ := strings.Cut(rest, " ")
		if !slices.Contains(all, first) {
			all = append(all, first)
		}
	}
	return all
}

// oneOf is the name that a word stands for: it may be short, if it is the only one.
func oneOf(names []string, w string) (string, bool) {
	found := ""
	for _, n := range names {
		if n == w {
			return n, true
		}
		if strings.HasPrefix(n, w) {
			if found != "" {
				return "", false
			}
			found = n
		}
	}
	return found, found != ""
}

func submenu(menu, w string) (string, bool) {
	name, ok := oneOf(children(menu), w)
	if !ok {
		return "", false
	}
	if menu == "" {
		return "/" + name, true
	}
	return menu + " " + name, true
}

func parent(menu string) string {
	return menu[:max(0, strings.LastIndexByte(menu, ' '))]
}

// verbs are the commands of a menu.
func verbs(menu string) []string {
	all := []string{"export"}
	switch menu {
	case "":
		return append(all, "beep", "delay", "import", "password", "ping", "put", "quit", "redo", "setup", "undo")
	case "/system":
		return append(all, "reboot", "shutdown", "reset-configuration", "ssh", "telnet", "backup", "sup-output", "check-installation", "serial-terminal")
	case "/tool":
		return append(all, "fetch", "ping", "traceroute", "torch", "bandwidth-test", "profile", "dns-update", "wol", "mac-telnet", "ping-speed")
	case "/ip", "/ipv6", "/ppp", "/queue", "/routing", "/ip firewall":
		return all
	}
	return append(all, "print", "add", "set", "remove", "enable", "disable", "edit", "find", "get", "comment", "move", "unset", "run", "monitor")
}

func verbOf(menu, w string) (string, bool) {
	return oneOf(append(verbs(menu), "quit", "ping"), w)
}

func (s *session) help(before string) string {
	ws, bad := parse(before)
	if bad >= 0 {
		return "\n"
	}
	menu := s.menuAt(ws)
	return "\n" + columns(append(children(menu), verbs(menu)...)) + "\n"
}

// menuAt is the menu that words lead to.
func (s *session) menuAt(ws []word) string {
	menu := s.menu
	for _, w := range ws {
		if w.text == "/" {
			menu = ""
		} else if sub, ok := submenu(menu, w.text); ok {
			menu = sub
		}
	}
	return menu
}

// columns are names side by side.
func columns(names []string) string {
	slices.Sort(names)
	var b strings.Builder
	for i, n := range names {
		b.WriteString(n + strings.Repeat(" ", max(1, 20-len(n))))
		if i%4 == 3 || i == len(names)-1 {
			b.WriteString("\n")
		}
	}
	return b.String()
}

func (s *session) complete(before string) string {
	i := strings.LastIndexAny(before, " /") + 1
	ws, bad := parse(before[:i])
	if bad >= 0 || before[i:] == "" {
		return ""
	}
	menu := s.menuAt(ws)
	name, ok := oneOf(append(children(menu), verbs(menu)...), before[i:])
	if !ok {
		return ""
	}
	return name[len(before[i:]):] + " "
}
