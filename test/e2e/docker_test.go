package e2e_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

const mixedFleet = `[general]
interface = lan0
log_target = 10.66.0.1:5514

[web-01]
distro = debian
services = ssh, http
[web-02]
distro = ubuntu22
services = ssh, http
[web-03]
distro = ubuntu20
services = ssh, billing
[bill-01]
distro = rocky9
services = billing
[bill-02]
distro = alpine
services = billing

[custom-billing]
image = registry.local/billing:1
ports = 9443
`

// mixedEngine has what the mixed fleet needs.
func mixedEngine(l *lan) *dockerEngine {
	e := newDockerEngine(l)
	e.bases("debian:bookworm-slim", "ubuntu:22.04", "ubuntu:20.04", "rockylinux:9-minimal", "alpine:3.19")
	e.image("registry.local/billing:1", map[string][]byte{"billing": program(l.T, "billing")}, `ENTRYPOINT ["/billing"]`)
	return e
}

// get asks the API of the operator's stack, which listens in the host's namespace.
func (o *operator) get(l *lan, path string, to any) {
	o.Helper()
	data, err := os.ReadFile(filepath.Join(o.dir, "run.json"))
	var runs struct {
		API string `json:"api_url"`
	}
	if err == nil {
		err = json.Unmarshal(data, &runs)
	}
	password, perr := os.ReadFile(filepath.Join(o.dir, "initial-admin-password"))
	if err != nil || perr != nil {
		o.Fatal(err, perr)
	}
	curl := func(args ...string) string {
		out, err := run(o.T, "", "nsenter", append([]string{"--net=/run/netns/" + l.host, "curl", "-sS", "--fail-with-body"}, args...)...)
		if err != nil {
			o.Fatalf("%v\n%s", err, out)
		}
		return out
	}
	if o.token == "" {
		var login struct {
			Token string `json:"access_token"`
		}
		body, _ := json.Marshal(map[string]string{"username": "admin", "password": strings.TrimSpace(string(password))})
		answer := curl("-H", "Content-Type: application/json", "-d", string(body), runs.API+"/api/v1/auth/login")
		if err := json.Unmarshal([]byte(answer), &login); err != nil || login.Token == "" {
			o.Fatalf("login: %v %s", err, answer)
		}
		o.token = login.Token
	}
	if err := json.Unmarshal([]byte(curl("-H", "Authorization: Bearer "+o.token, runs.API+"/api/v1"+path)), to); err != nil {
		o.Fatal(err)
	}
}

// A mixed fleet of containers, seen from outside, from inside, and by its owner.
func TestDockerFleet(t *testing.T) {
	l := newLAN(t)
	need(t, "nmap", "curl", "ssh", "ssh-keyscan", "scp", "sshpass")
	e := mixedEngine(l)
	o := e.operator()
	ini := o.write("mixed.ini", mixedFleet)
	out := o.does("deploy", "--driver", "docker", "--config", ini, "--timeout", "3m")
	if !strings.Contains(out, "5 ready") {
		t.Errorf("deploy says\n%s", out)
	}
	deckies := o.native()
	for name, ports := range map[string][]string{"web-01": {"22", "80"}, "web-02": {"22", "80"}, "web-03": {"22", "9443"}, "bill-01": {"9443"}, "bill-02": {"9443"}} {
		d := deckies[name]
		scan, err := l.attack("nmap", "-n", "-p", "22,80,9443,9999", d.Address)
		if err != nil || strings.Count(scan, " open ") != len(ports) || strings.Contains(scan, "filtered") {
			t.Errorf("%s: %v\n%s", name, err, scan)
		}
		for _, p := range ports {
			if !strings.Contains(scan, p+"/tcp") {
				t.Errorf("%s: port %s is not open:\n%s", name, p, scan)
			}
		}
		if seen := hosts(scan)[d.Address]; seen[0] != d.MAC || strings.HasPrefix(seen[0], "02:42") || seen[1] == "Unknown" {
			t.Errorf("%s has the MAC address %v, want %s", name, seen, d.MAC)
		}
	}
	if out, err := l.attack("curl", "-sS", "http://"+deckies["web-01"].Address+"/"); err != nil || !strings.Contains(out, "<html") {
		t.Errorf("curl: %v %s", err, out)
	}
	keys, err := l.attack("ssh-keyscan", deckies["web-02"].Address)
	if err != nil || !strings.Contains(keys, "ssh-ed25519") {
		t.Errorf("ssh-keyscan: %v %s", err, keys)
	}
	if out, err := l.attack("bash", "-c", "exec 3<>/dev/tcp/"+deckies["bill-01"].Address+"/9443; cat <&3"); err != nil || !strings.Contains(out, "billing ready") {
		t.Errorf("billing: %v %s", err, out)
	}
	e.sees(o, "service=http&decky=web-01&kind=request", 1, nil)
	e.sees(o, "service=ssh&decky=web-02&kind=connect", 1, nil)
	e.sees(o, "service=billing&decky=bill-01&kind=connect", 2, func(events []decnet.Event) error {
		// What claims to be of another decky is of the one that wrote it.
		if ev := events[1]; ev.Message != "forged" || ev.Fields["claimed_decky"] != "victim" || ev.Fields["claimed_service"] != "ssh" {
			return fmt.Errorf("the forged event is %+v", ev)
		}
		return nil
	})
	e.sees(o, "service=billing&decky=bill-01&kind=raw", 3, func(events []decnet.Event) error {
		text := ""
		for _, ev := range events {
			text += ev.Message + "\n"
		}
		if want := "serving as bill-01 with target 10.66.0.1:5514\nreached out: false\nwrote to my root: false\n"; text != want {
			return fmt.Errorf("have %q, want %q", text, want)
		}
		return nil
	})
	e.sees(o, "service=network&decky=bill-01&kind=egress_blocked", 1, nil)
	e.nothingToTake("bill-01-billing", "web-01-ssh", "web-01")
	e.keepsFiles(o, deckies["web-02"].Address)

	// What another service needs is not touched.
	before := e.docker("ps", "--format", "{{.Names}} {{.ID}}", "--filter", "name=web-01")
	o.write("mixed.ini", strings.Replace(mixedFleet, "services = ssh, http", "services = ssh, billing", 1))
	o.does("deploy", "--driver", "docker", "--config", ini)
	after := e.docker("ps", "--format", "{{.Names}} {{.ID}}", "--filter", "name=web-01")
	for line := range strings.Lines(before) {
		if strings.Contains(line, "http") == strings.Contains(after, line) {
			t.Errorf("%s of\n%sthere is\n%s", line, before, after)
		}
	}
	if o.does("deploy", "--driver", "docker", "--config", ini); !strings.Contains(after, "web-01-billing") {
		t.Errorf("have %s", after)
	}
	o.does("teardown", "--all")
	if left := e.leftovers(); left != "" {
		t.Errorf("left on the engine:\n%s", left)
	}
	// What they wrote last was read before they went.
	log, err := os.ReadFile(filepath.Join(o.dir, "log", "events.log"))
	if n := strings.Count(string(log), "] going down\n"); err != nil || n != 4 {
		t.Errorf("the last words of %d billing services were read, want 4: %v", n, err)
	}
	e.stop()
	l.nothingLeft(o)
}

// sees waits until the API has that many events, and for what check wants.
func (e *dockerEngine) sees(o *operator, filter string, n int, check func([]decnet.Event) error) {
	e.Helper()
	var page struct{ Items []decnet.Event }
	var err error
	for range 100 {
		page.Items = nil
		o.get(e.lan, "/events?order=asc&"+filter, &page)
		if err = nil; len(page.Items) < n {
			err = fmt.Errorf("have %d events, want %d", len(page.Items), n)
		} else if check != nil {
			err = check(page.Items)
		}
		if err == nil {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	e.Errorf("%s: %v\n%+v", filter, err, page.Items)
}

// keepsFiles brings a file to a decky and checks that its content gets out of the container.
func (e *dockerEngine) keepsFiles(o *operator, address string) {
	e.Helper()
	bot := bytes.Repeat([]byte("\x7fELF\x00\r\n\xff"), 20_000)
	local := o.write("bot", string(bot))
	if out, err := e.lan.attack("sshpass", "-p", secret, "scp", "-O", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
		"-o", "PubkeyAuthentication=no", local, username+"@"+address+":/tmp/bot"); err != nil {
		e.Fatalf("scp: %v %s", err, out)
	}
	sum := sha256.Sum256(bot)
	name := hex.EncodeToString(sum[:])
	e.sees(o, "service=ssh&decky=web-02&kind=file_captured", 1, func(events []decnet.Event) error {
		if f := events[0].Fields; f["artifact"] != name || f["stored"] != "true" {
			return fmt.Errorf("have %v", f)
		}
		return nil
	})
	eventually(e.T, 10*time.Second, "the file is on the disk", func() bool {
		have, err := os.ReadFile(filepath.Join(o.dir, "artifacts", "files", name))
		return err == nil && bytes.Equal(have, bot)
	})
}

// nothingToTake checks that who takes a container over has no rights in it.
func (e *dockerEngine) nothingToTake(containers ...string) {
	e.Helper()
	for _, c := range containers {
		status, err := os.ReadFile("/proc/" + e.pid(c) + "/status")
		if err != nil {
			e.Fatal(err)
		}
		for _, want := range []string{"CapEff:\t0000000000000000", "CapPrm:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"} {
			if !strings.Contains(string(status), want) {
				e.Errorf("%s has no %q:\n%s", c, want, status)
			}
		}
	}
	for _, m := range strings.Fields(e.docker("inspect", "--format", "{{range .Mounts}}{{.Source}} {{end}}", containers[0], containers[1])) {
		e.Errorf("there is a mount of the host: %s", m)
	}
}
