package e2e_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/cmd/decnet/instance"
	"github.com/decnet/decnet/pkg/decnet"
)

// What somebody leaves behind on a decky gets out of the walled process, whole, and is
// there for the operator.
func TestWhatAnAttackerLeavesBehindIsKept(t *testing.T) {
	need(t, "ssh", "sshpass", "scp")
	dir := t.TempDir()
	i := start(t, dir, instance.Options{})
	at := service(t, i, "ssh")
	bot := bytes.Repeat([]byte("\x7fELF\x00\r\n\xff"), 40_000)
	local := filepath.Join(t.TempDir(), "bot")
	if err := os.WriteFile(local, bot, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, flag := range []string{"-O", "-s"} {
		out, ok := run(t, "", "sshpass", "-p", secret, "scp", flag, "-P", fmt.Sprint(at.Port), "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
			"-o", "LogLevel=ERROR", "-o", "PubkeyAuthentication=no", local, username+"@"+at.Address.String()+":/tmp/bot"+flag)
		if ok != nil {
			t.Fatalf("scp %s: %v: %s", flag, ok, out)
		}
	}
	ssh(t, at, "id\necho dropper > /tmp/x\nexit\n", "-tt")

	var captured, recorded []decnet.Event
	eventually(t, 10*time.Second, "files and recording are told of", func() bool {
		captured, recorded = events(t, i, "&kind=file_captured"), events(t, i, "&kind=session_recorded")
		return len(captured) == 3 && len(recorded) == 1
	})
	sum := sha256.Sum256(bot)
	name := hex.EncodeToString(sum[:])
	for k, e := range captured[:2] {
		if f := e.Fields; f["artifact"] != name || f["stored"] != "true" || f["path"] != []string{"/tmp/bot-O", "/tmp/bot-s"}[k] {
			t.Errorf("have %v", f)
		}
	}
	artifacts := filepath.Join(dir, "artifacts")
	id := recorded[0].Fields["artifact"]
	eventually(t, 10*time.Second, "they are on the disk", func() bool {
		have, err := os.ReadFile(filepath.Join(artifacts, "files", name))
		_, rerr := os.Stat(filepath.Join(artifacts, "sessions", id+".cast"))
		return err == nil && rerr == nil && bytes.Equal(have, bot)
	})
	if missing := events(t, i, "&kind=events_missing"); len(missing) > 0 {
		t.Errorf("events are said to be missing: %v", missing)
	}
	list, err := run(t, "", decnetBinary, "--data-dir", dir, "sessions", "list")
	if err != nil || !strings.Contains(list, id) || !strings.Contains(list, username) {
		t.Errorf("have %v: %s", err, list)
	}
	shown, err := run(t, "", decnetBinary, "--data-dir", dir, "sessions", "play", id, "--speed", "0")
	if err != nil || !strings.Contains(shown, "uid=0(root)") || strings.Contains(shown, "\x1b]") {
		t.Errorf("have %v: %q", err, shown)
	}
	// Who brings the same again is told of again, and it is kept once.
	if entries, err := os.ReadDir(filepath.Join(artifacts, "files")); err != nil || len(entries) != 2 {
		t.Errorf("%d files are kept, %v; want the bot and what the shell wrote", len(entries), err)
	}
}
