package routeros

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
)

// export is the configuration as commands, from a menu on.
func (s *session) export(menu string) string {
	now := time.Now().UTC()
	var b strings.Builder
	fmt.Fprintf(&b, "# %s %s by RouterOS %s\n# software id = %s\n#\n# model = %s\n# serial number = %s\n", date(now), now.Format("15:04:05"), s.release().version,
		s.Serial("license", "AAAA-A9AA"), s.board().name, s.Serial("board", "HHHH99HHHH99"))
	sections := []struct{ menu, lines string }{
		{"/interface bridge", "add admin-mac=" + s.mac(1) + " auto-mac=no comment=defconf name=bridge\n"},
		{"/interface list", "add comment=defconf name=WAN\nadd comment=defconf name=LAN\n"},
		{"/ip pool", fmt.Sprintf("add name=dhcp ranges=%s.10-%[1]s.254\n", s.lan())},
		{"/ip dhcp-server", "add address-pool=dhcp disabled=no interface=bridge name=defconf\n"},
		{"/ip address", fmt.Sprintf("add address=%s.1/24 comment=defconf interface=bridge network=%[1]s.0\nadd address=%s/24 interface=ether1 network=%s\n", s.lan(), s.address(), s.Network().Addr())},
		{"/ip dns", "set allow-remote-requests=yes servers=" + s.Gateway().String() + "\n"},
		{"/ip firewall filter", "add action=accept chain=input comment=\"defconf: accept established,related,untracked\" connection-state=established,related,untracked\nadd action=drop chain=input comment=\"defconf: drop invalid\" connection-state=invalid\n"},
		{"/ip firewall nat", "add action=masquerade chain=srcnat comment=\"defconf: masquerade\" ipsec-policy=out,none out-interface-list=WAN\n"},
		{"/ip route", "add distance=1 gateway=" + s.Gateway().String() + "\n"},
		{"/ip service", "set ftp disabled=yes\nset www disabled=yes\nset ssh disabled=yes\nset api disabled=yes\nset winbox disabled=yes\nset api-ssl disabled=yes\n"},
		{"/system identity", "set name=" + s.identity() + "\n"},
	}
	for _, section := range sections {
		if !strings.HasPrefix(section.menu, menu) {
			continue
		}
		b.WriteString(section.menu + "\n" + section.lines)
		for _, setting := range s.Settings {
			if rest, ok := strings.CutPrefix(setting, section.menu+" add "); ok {
				b.WriteString("add " + rest + "\n")
			}
		}
	}
	return b.String()
}

// special are the commands that do more than print and change; ok is false for others.
func (s *session) special(menu, verb string, ws []word) (out string, ok bool) {
	switch {
	case verb == "quit":
		s.ended = true
		return "interrupted\n", true
	case verb == "ping":
		return s.ping(ws), true
	case menu == "/tool" && verb == "fetch":
		return s.fetch(ws), true
	case menu == "/system" && (verb == "reboot" || verb == "shutdown"):
		answer, err := s.term.Line(strings.ToUpper(verb[:1])+verb[1:]+", yes? [y/N]: ", false)
		if err != nil || !strings.HasPrefix(strings.ToLower(answer), "y") {
			return "action cancelled\n", true
		}
		s.ended = true
		return "system will " + verb + " shortly\n", true
	case menu == "" && verb == "password":
		return s.password(), true
	case menu == "/system" && (verb == "ssh" || verb == "telnet"):
		decoy.Sleep(s.ctx, s.NetworkDelay)
		return "connection timed out\n", true
	}
	return "", false
}

func (s *session) password() string {
	for _, prompt := range []string{"old-password: ", "new-password: ", "confirm-new-password: "} {
		if _, err := s.term.Line(prompt, true); err != nil {
			return "\n"
		}
	}
	return ""
}

// fetch is /tool fetch, which fails.
func (s *session) fetch(ws []word) string {
	url := value(ws, "url")
	if url == "" && value(ws, "address") != "" {
		mode := value(ws, "mode")
		if mode == "" {
			mode = "http"
		}
		url = mode + "://" + value(ws, "address") + "/" + strings.TrimPrefix(value(ws, "src-path"), "/")
	}
	if url == "" {
		return "failure: no url specified\n"
	}
	s.Download("fetch", url)
	s.term.Print("  status: connecting\n")
	decoy.Sleep(s.ctx, s.NetworkDelay)
	return "  status: failed\n\nfailure: connection timeout\n"
}

// pings is how many echoes are sent when nobody says how many: the genuine one goes on.
const pings = 4

func (s *session) ping(ws []word) string {
	host, count := value(ws, "address"), pings
	if len(ws) > 0 && host == "" && !strings.Contains(ws[0].text, "=") {
		host = ws[0].text
	}
	_, _ = fmt.Sscan(value(ws, "count"), &count)
	count = max(1, min(count, 2*pings))
	if host == "" {
		return "value of address expected\n"
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		decoy.Sleep(s.ctx, s.NetworkDelay)
		return "invalid value for argument address:\n    invalid value of mac-address, mac address required\n    invalid value for argument ipv6-address\n    failure: dns name does not exist\n"
	}
	s.term.Print("  SEQ HOST                                     SIZE TTL TIME  STATUS\n")
	here := addr == s.Address.Unmap() || addr == s.Gateway() || addr.String() == s.lan()+".1"
	for i := range count {
		decoy.Sleep(s.ctx, s.NetworkDelay/3)
		if here {
			s.term.Print(fmt.Sprintf("%5d %-42s 56  64 0ms  \n", i, addr))
			continue
		}
		s.term.Print(fmt.Sprintf("%5d %-42s                timeout\n", i, addr))
	}
	if here {
		return fmt.Sprintf("    sent=%d received=%[1]d packet-loss=0%% min-rtt=0ms avg-rtt=0ms max-rtt=0ms \n\n", count)
	}
	return fmt.Sprintf("    sent=%d received=0 packet-loss=100%% \n\n", count)
}
