package shell

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// A download fails the way it does on a machine whose firewall lets nothing out:
// names do not resolve, and addresses have no route.

// target takes the argument of wget or curl apart. port is 80, 443 or as given.
func target(arg string) (u *url.URL, host, port string, ok bool) {
	if !strings.Contains(arg, "://") {
		arg = "http://" + arg
	}
	u, err := url.Parse(arg)
	if err != nil || u.Hostname() == "" {
		return nil, "", "", false
	}
	port = u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "ftp": "21", "ftps": "990"}[u.Scheme]
	}
	if port == "" {
		port = "80"
	}
	return u, u.Hostname(), port, true
}

func cmdWget(p *proc) int {
	set, urls, _ := p.options("qcNSdbvkrmpHLx", "OoaTtPUeiwYQl")
	if len(urls) == 0 {
		_, _ = fmt.Fprint(p.Err, "wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n")
		return 1
	}
	_, quiet := set["q"]
	quiet = quiet || has(set, "--quiet")
	say := func(format string, args ...any) {
		if !quiet {
			_, _ = fmt.Fprintf(p.Err, format, args...)
		}
	}
	status := 0
	for _, arg := range urls {
		u, host, port, ok := target(arg)
		if !ok {
			say("%s: Invalid host name.\n", arg)
			status = 1
			continue
		}
		p.Download("wget", arg)
		if u.Path == "" {
			u.Path = "/"
		}
		say("--%s--  %s\n", p.now().Format(time.DateTime), u)
		if addr, err := netip.ParseAddr(host); err == nil {
			say("Connecting to %s:%s... ", addr, port)
			if !p.sleep(p.NetworkDelay) {
				return 130
			}
			say("failed: No route to host.\n")
		} else {
			say("Resolving %s (%s)... ", host, host)
			if !p.sleep(p.NetworkDelay) {
				return 130
			}
			say("failed: Temporary failure in name resolution.\nwget: unable to resolve host address ‘%s’\n", host)
		}
		status = 4
	}
	return status
}

func cmdCurl(p *proc) int {
	set, urls, _ := p.options("sSfLOkvIiGNgaj0#", "oXHdAuebFxmrTwCQE")
	if v, ok := set["--url"]; ok {
		urls = append(urls, v)
	}
	if len(urls) == 0 {
		_, _ = fmt.Fprint(p.Err, "curl: try 'curl --help' or 'curl --manual' for more information\n")
		return 2
	}
	quiet := has(set, "s") || has(set, "--silent")
	loud := !quiet || has(set, "S") || has(set, "--show-error")
	status := 0
	for _, arg := range urls {
		_, host, port, ok := target(arg)
		if !ok {
			_, _ = fmt.Fprint(p.Err, "curl: (3) URL using bad/illegal format or missing URL\n")
			status = 3
			continue
		}
		p.Download("curl", arg)
		if !quiet && (has(set, "o") || has(set, "O")) {
			_, _ = fmt.Fprint(p.Err, "  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"+
				"                                 Dload  Upload   Total   Spent    Left  Speed\n"+
				"  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0")
		}
		if !p.sleep(p.NetworkDelay) {
			return 130
		}
		addr, err := netip.ParseAddr(host)
		text := "curl: (6) Could not resolve host: " + host
		status = 6
		if err == nil {
			text, status = p.noRoute(addr, port), 7
		}
		if loud {
			_, _ = fmt.Fprintln(p.Err, text)
		}
	}
	return status
}

// noRoute is in the words of the curl that the release has.
func (p *proc) noRoute(addr netip.Addr, port string) string {
	text := fmt.Sprintf("curl: (7) Failed to connect to %s port %s", addr, port)
	switch p.System.persona.OS.Slug {
	case "ubuntu20": // 7.68
		return text + ": No route to host"
	case "ubuntu22": // 7.81
		return fmt.Sprintf("%s after %d ms: No route to host", text, p.NetworkDelay.Milliseconds()+int64(p.pid%60))
	}
	return fmt.Sprintf("%s after %d ms: Couldn't connect to server", text, p.NetworkDelay.Milliseconds()+int64(p.pid%60)) // 7.88
}

func cmdPing(p *proc) int {
	_, hosts, _ := p.options("qn46", "ciWwsI")
	if len(hosts) == 0 {
		return p.errorf(1, "usage error: Destination address required")
	}
	addr, err := netip.ParseAddr(hosts[0])
	if err != nil {
		p.sleep(p.NetworkDelay)
		return p.errorf(2, "%s: Temporary failure in name resolution", hosts[0])
	}
	p.printf("PING %s (%s) 56(84) bytes of data.\n", addr, addr)
	if !p.sleep(p.NetworkDelay) {
		return 130
	}
	p.printf("From %s icmp_seq=1 Destination Host Unreachable\n\n--- %s ping statistics ---\n"+
		"1 packets transmitted, 0 received, +1 errors, 100%% packet loss, time 0ms\n\n", p.System.address, addr)
	return 1
}
