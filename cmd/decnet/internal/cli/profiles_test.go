package cli

import (
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/services/profiler/analysis"
	"github.com/decnet/decnet/services/profiler/signature"
)

// visits are an attacker who goes from one decky to another, and one who only looks.
func visits() []decnet.Event {
	at := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	var events []decnet.Event
	add := func(address, decky, kind string, fields map[string]string) {
		at = at.Add(time.Second)
		addr := netip.MustParseAddr(address)
		events = append(events, decnet.Event{
			ID: decnet.EventID("h", "visits", int64(len(events))), Host: "h", Time: at, Decky: decky, Service: "ssh", Kind: kind, Session: decky,
			Source: addr, Attacker: decnet.AttackerIDOf(addr), Fields: fields,
		})
	}
	add("198.51.100.1", "web-01", decnet.KindConnect, nil)
	for _, decky := range []string{"web-01", "db-02"} {
		add("203.0.113.7", decky, decnet.KindConnect, nil)
		add("203.0.113.7", decky, decnet.KindAuthAttempt, map[string]string{
			decnet.FieldPrincipal: "root", decnet.FieldSecret: "to\x1b[2Jor", decnet.FieldSecretB64: "eA==", decnet.FieldAccepted: "true",
		})
		add("203.0.113.7", decky, decnet.KindCommand, map[string]string{decnet.FieldCommand: "cat /etc/shadow\x1b]0;owned\x07"})
	}
	return events
}

func TestCorrelate(t *testing.T) {
	clean(t)
	dir := t.TempDir()
	var log []byte
	for _, e := range visits() {
		log = append(eventlog.Append(log, &e), '\n')
	}
	file := filepath.Join(dir, "events.log")
	if err := os.WriteFile(file, append(log, "what is this\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	run := func(code int, want string, args ...string) string {
		t.Helper()
		have, stdout, stderr := command(t, append([]string{"correlate"}, args...)...)
		if have != code || !strings.Contains(stdout+stderr, want) {
			t.Errorf("correlate %v: status %d, want %d and %q in\n%s%s", args, have, code, want, stdout, stderr)
		}
		if strings.ContainsAny(stdout, "\x07") || strings.Contains(stdout, "\x1b]") {
			t.Errorf("correlate %v: the attacker's escapes are shown: %q", args, stdout)
		}
		return stdout
	}
	if table := run(exitOK, "web-01 > db-02", file); strings.Index(table, "203.0.113.7") > strings.Index(table, "198.51.100.1") {
		t.Errorf("the highest risk is not first:\n%s", table)
	}
	run(exitOK, "1 of 8 lines are no events and were left out; the first is line 8", file)
	if one := run(exitOK, "203.0.113.7", "--min-deckies", "2", file); strings.Contains(one, "198.51.100.1") {
		t.Errorf("who was on one decky is listed:\n%s", one)
	}
	var profiles []decnet.Profile
	if err := json.Unmarshal([]byte(run(exitOK, `"version"`, "-o", "json", file)), &profiles); err != nil || len(profiles) != 2 {
		t.Errorf("%d profiles, error %v", len(profiles), err)
	}
	if none := run(exitOK, "", "-o", "json", "--min-risk", "100", file); none != "[]\n" {
		t.Errorf("nobody is %q", none)
	}
	run(exitOK, `traversal_detected [decnet@32473 attacker_ip="203.0.113.7"`, "-o", "syslog", file)
	run(exitFailed, "no such file", filepath.Join(dir, "none"))
	run(exitFailed, "is a folder", dir)
	run(exitUsage, "want table, json or syslog", "-o", "xml", file)
	run(exitUsage, "want 0 to 100", "--min-risk", "101", file)
	run(exitUsage, "want one file", file, file)
}

func TestProfile(t *testing.T) {
	clean(t)
	dir := t.TempDir()
	run := func(code int, want string, args ...string) string {
		t.Helper()
		have, stdout, stderr := command(t, append([]string{"--data-dir", dir, "profile"}, args...)...)
		if have != code || !strings.Contains(stdout+stderr, want) {
			t.Errorf("profile %v: status %d, want %d and %q in\n%s%s", args, have, code, want, stdout, stderr)
		}
		return stdout
	}
	run(exitFailed, "has not the schema", "203.0.113.7")
	cfg := store.Default()
	cfg.Path = filepath.Join(dir, "decnet.db")
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	events := visits()
	done, err := s.Ingest(t.Context(), events)
	if err != nil {
		t.Fatal(err)
	}
	set, err := signature.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	engine, p := analysis.New(set), decnet.Profile{}
	for i := range done.Events {
		if done.Events[i].Attacker == "cb007107" {
			engine.Fold(&p, &done.Events[i])
		}
	}
	engine.Conclude(&p)
	if err := s.Attackers.SaveProfile(t.Context(), p, 0); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	page := run(exitOK, "credential_access", "203.0.113.7")
	if strings.Contains(page, "\x1b]") || strings.Contains(page, "\x1b[2J") || strings.Contains(page, events[1].ID) {
		t.Errorf("the page has an attacker's escapes, or evidence nobody asked for: %q", page)
	}
	run(exitOK, events[1].ID, "cb007107", "--evidence")
	var again decnet.Profile
	if err := json.Unmarshal([]byte(run(exitOK, "", "203.0.113.7", "-o", "json")), &again); err != nil || again.Events != 6 || again.State != nil {
		t.Errorf("as JSON it is %+v, error %v", again, err)
	}
	run(exitFailed, "there is no profile of 192.0.2.1", "192.0.2.1")
	run(exitUsage, "want an IP address", "somebody")
}

func TestLabels(t *testing.T) {
	s := bustest.Start(t)
	if err := s.Connect("test").EnsureTopology(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DECNET_DATA_DIR", t.TempDir())
	t.Setenv("DECNET_BUS_URL", s.URL())
	for _, test := range []struct {
		code int
		want string
		args []string
	}{
		{exitOK, "no source has a label", []string{"list"}},
		{exitOK, "192.0.2.7/32 is our scanner", []string{"add", "192.0.2.7", "our scanner", "--mute", "--for", "720h"}},
		{exitOK, "2001:db8::/32 is survey", []string{"add", "2001:db8::/32", "survey", "--kind", "benign"}},
		{exitOK, "our scanner", []string{"list"}},
		{exitOK, `"prefix": "2001:db8::/32"`, []string{"list", "-o", "json"}},
		{exitUsage, "want 192.0.2.0/24", []string{"add", "192.0.2.7/24", "x"}},
		{exitUsage, "want an address", []string{"add", "home", "x"}},
		{exitUsage, "want own or benign", []string{"add", "192.0.2.7", "x", "--kind", "bad"}},
		{exitUsage, "label name", []string{"add", "192.0.2.7", "a\x1b[2J"}},
		{exitOK, "has no label any more", []string{"remove", "192.0.2.7"}},
		{exitFailed, "has no label", []string{"remove", "192.0.2.7"}},
	} {
		have, stdout, stderr := command(t, append([]string{"label"}, test.args...)...)
		if have != test.code || !strings.Contains(stdout+stderr, test.want) {
			t.Errorf("label %q: status %d, want %d and %q in\n%s%s", test.args, have, test.code, test.want, stdout, stderr)
		}
	}
}

func TestSignatures(t *testing.T) {
	clean(t)
	dir := t.TempDir()
	run := func(code int, want string, args ...string) {
		t.Helper()
		have, stdout, stderr := command(t, append([]string{"signatures"}, args...)...)
		if have != code || !strings.Contains(stdout+stderr, want) {
			t.Errorf("signatures %v: status %d, want %d and %q in\n%s%s", args, have, code, want, stdout, stderr)
		}
	}
	write := func(text string) {
		if err := os.WriteFile(filepath.Join(dir, "own.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	run(exitOK, "scanner.sqlmap", "list")
	run(exitFailed, "has no .yaml file", "check", dir)
	run(exitFailed, "is not a folder", "check", "/nowhere")
	const right = "signatures: [{id: own.x, title: x, tool: ours, confidence: 50, when: [{kind: odd}], tests: [{name: it, events: [{kind: odd}]}]}]"
	write(right)
	run(exitOK, "1 signatures are right, and their 1 tests come out", "check", dir)
	run(exitOK, "own.x", "list", dir)
	write(strings.Replace(right, "events: [{kind: odd}]", "events: [{kind: even}]", 1))
	run(exitFailed, `test "it": it does not conclude`, "check", dir)
	write(strings.Replace(right, "tool: ours", "tol: ours", 1))
	run(exitFailed, "own.yaml: line 1: there is no key tol", "check", dir)
}
