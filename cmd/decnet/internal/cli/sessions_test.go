package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/artifact"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/store/storetest"
)

const recordingID = "0123456789abcdef0123"

// recorded fills a data folder with events, three of which are of recordings, and the
// content of one.
func recorded(t *testing.T, dir string) {
	t.Helper()
	cfg := store.Default()
	cfg.Path = filepath.Join(dir, "decnet.db")
	s, err := store.Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	events := storetest.Traffic(1, 10)
	for i, id := range []string{recordingID, "", "00000000000000000000"} {
		e := events[0]
		e.ID, e.Kind, e.Time = decnet.EventID("h", "recordings", int64(i)), decnet.KindRecorded, time.Now().Add(-time.Duration(i)*48*time.Hour)
		e.Decky = []string{"web-01", "web-02", "web-03"}[i]
		e.Fields = map[string]string{"artifact": id, "duration_ms": "61000", "bytes": "1234", "user": "ro\x1b[2Jot"}
		if id == "" {
			e.Fields["reason"] = "no room"
		}
		events = append(events, e)
	}
	if _, err := s.Ingest(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	path, err := artifact.Dir(filepath.Join(dir, "artifacts")).Path(artifact.Session, recordingID)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(cast), 0o600); err != nil {
		t.Fatal(err)
	}
}

const cast = `{"version": 2, "width": 80, "height": 24}` + "\n" + `[0.5, "o", "hello \u001b]52;c;cm0=\u0007\u001b[31mworld"]` + "\n"

func TestSessions(t *testing.T) {
	clean(t)
	dir := t.TempDir()
	run := func(code int, want string, args ...string) string {
		t.Helper()
		have, stdout, stderr := command(t, append([]string{"--data-dir", dir, "sessions"}, args...)...)
		if have != code || !strings.Contains(stdout+stderr, want) {
			t.Errorf("sessions %v: status %d, want %d and %q in\n%s%s", args, have, code, want, stdout, stderr)
		}
		if strings.Contains(stdout, "\x1b[2J") || strings.Contains(stdout, "\x1b]") {
			t.Errorf("sessions %v: the attacker's escapes are shown: %q", args, stdout)
		}
		return stdout
	}
	run(exitFailed, "has not the schema", "list")
	recorded(t, dir)
	all := run(exitOK, recordingID, "list")
	if strings.Count(all, "1m1s") != 3 || !strings.Contains(all, "no room") {
		t.Errorf("have %s", all)
	}
	var list []decnet.Recording
	for args, want := range map[string]int{"": 3, "--decky web-02": 1, "--since 24h": 1, "--limit 2": 2, "--service no-such": 0, "--attacker 192.0.2.250": 0} {
		out := run(exitOK, "", append([]string{"list", "-o", "json"}, strings.Fields(args)...)...)
		if err := json.Unmarshal([]byte(out), &list); err != nil || len(list) != want || list == nil {
			t.Errorf("%s: have %d, %v: %s", args, len(list), err, out)
		}
	}
	run(exitOK, "id: "+recordingID, "list", "-o", "yaml")
	run(exitUsage, "--limit 0", "list", "--limit", "0")
	run(exitUsage, "--attacker", "list", "--attacker", "zz")
	if out := run(exitOK, "", "play", recordingID, "--speed", "0"); out != "hello \x1b[31mworld\x1b[0m\r\n" {
		t.Errorf("have %q", out)
	}
	run(exitFailed, "there is no recording", "play", "00000000000000000000")
	run(exitUsage, "is no name of a recording", "play", "../../secret")
	run(exitUsage, "--speed", "play", recordingID, "--speed", "-1")
	file := filepath.Join(t.TempDir(), "out.cast")
	run(exitOK, "bytes are in", "export", recordingID, file)
	if have, err := os.ReadFile(file); err != nil || string(have) != cast {
		t.Errorf("have %q, %v", have, err)
	}
	run(exitFailed, "is there already", "export", recordingID, file)
	run(exitUsage, "unknown command", "odd")
	run(exitUsage, `decnet sessions play: want RECORDING, got 0 arguments: "decnet sessions list" shows them`, "play")
	run(exitUsage, "want RECORDING FILE, got 1 arguments", "export", recordingID)
}
