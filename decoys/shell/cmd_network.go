package shell

import (
	"net/netip"
	"net/url"
	"strings"
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

// isAddress reports an address rather than a name.
func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// reach waits for as long as it takes to find out that host cannot be reached, and
// says why.
func (p *proc) reach(host, port string) string {
	a, err := netip.ParseAddr(host)
	switch {
	case host == "localhost" || err == nil && (a.IsLoopback() || a == p.System.address):
		if port == "22" || port == "80" {
			return "Connection timed out"
		}
		return "Connection refused"
	case err != nil:
		p.sleep(p.NetworkDelay)
		return "Temporary failure in name resolution"
	}
	p.sleep(p.NetworkDelay)
	return "No route to host"
}
