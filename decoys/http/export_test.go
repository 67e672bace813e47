package http

import (
	"bufio"
	"bytes"
	"net/netip"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/persona"
)

var fuzzApps = func() map[bool]*app {
	apps := map[bool]*app{}
	for i := range 64 {
		seed := []byte("0000000000000000000000000000000000000000000000000000000000000000")
		seed[63] = "0123456789abcdef"[i%16]
		seed[62] = "0123456789abcdef"[i/16]
		p, err := persona.Derive(&decnet.Decky{
			Name: "d", OS: "debian", Seed: string(seed), Address: netip.MustParseAddr("192.0.2.1"), Created: time.Now(),
		})
		if err == nil {
			apps[p.WebServer.Name == "apache"] = newApp(p)
		}
	}
	return apps
}()

// Converse answers the requests in data without a connection, as long as they
// can be read, and returns the answers.
func Converse(apache bool, data []byte) (replies [][]byte) {
	var s server = newNginx("nginx/1.22.1")
	if apache {
		s = newApache("Apache/2.4.62 (Debian)")
	}
	in := bufio.NewReader(bytes.NewReader(data))
	for range 16 {
		r, f := readRequest(in, s.rules())
		if r == nil {
			break
		}
		var p *page
		if f == nil {
			p = s.route(r, fuzzApps[apache])
			f = readBody(in, r, s.rules())
		}
		if f != nil {
			if f.silent {
				break
			}
			p = s.refuse(r, f)
		}
		credentials(r)
		s.compress(r, p)
		var reply []byte
		if r.version != 9 {
			reply = s.head(r, p, keepAlive{on: r.keepAlive})
		}
		replies = append(replies, append(reply, p.encoded()...))
		if f != nil || r.version == 9 {
			break
		}
	}
	return replies
}
