package e2e_test

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/cmd/decnet/instance"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/spool"
)

func TestBadInputIsOneClearLine(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	config := func(text string) string {
		path := filepath.Join(t.TempDir(), "decnet.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	notADatabase := t.TempDir()
	if err := os.WriteFile(filepath.Join(notADatabase, "decnet.db"), []byte(strings.Repeat("no database ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	running := start(t, t.TempDir(), instance.Options{Args: []string{"--demo=false"}})
	inUse := filepath.Dir(running.Spool())

	tests := []struct {
		name string
		args []string
		want []string
	}{
		{"an unknown flag", []string{"up", "--colour"}, []string{"unknown flag: --colour", "--help"}},
		{"an unknown command", []string{"upp"}, []string{`unknown command "upp"`}},
		{"an argument too many", []string{"up", "now"}, []string{`takes no argument`, `"now"`}},
		{"a data directory that is a file", []string{"up", "--data-dir", file}, []string{file, "not a directory"}},
		{"a data directory that cannot be made", []string{"up", "--data-dir", "/proc/nowhere/decnet"}, []string{"/proc/nowhere/decnet"}},
		{"a data directory in use", []string{"up", "--data-dir", inUse}, []string{inUse, "in use", "--data-dir"}},
		{"a port in use", []string{"up", "--data-dir", t.TempDir(), "--listen", l.Addr().String()}, []string{l.Addr().String(), "in use", "--listen"}},
		{"an address that is none", []string{"up", "--data-dir", t.TempDir(), "--listen", "8080"}, []string{"api.listen", "8080", "host:port"}},
		{"a corrupt config", []string{"up", "--data-dir", t.TempDir(), "--config", config("api: [")}, []string{"decnet.yaml"}},
		{"an unknown key", []string{"up", "--data-dir", t.TempDir(), "--config", config("api:\n  lisen: x\n")}, []string{`"api.lisen"`, `"api.listen"`}},
		{"a value of the wrong type", []string{"up", "--data-dir", t.TempDir(), "--config", config("api:\n  session: long\n")}, []string{"api.session", "a duration"}},
		{"a config that is not there", []string{"up", "--data-dir", t.TempDir(), "--config", "/nowhere.yaml"}, []string{"/nowhere.yaml", "no such file"}},
		{"a store that is none", []string{"up", "--data-dir", notADatabase}, []string{filepath.Join(notADatabase, "decnet.db"), "not a database"}},
		{"no stack to talk to", []string{"status", "--data-dir", t.TempDir()}, []string{"no decnet runs", "decnet up", "--bus"}},
		{"a bus that is none", []string{"status", "--bus", "localhost"}, []string{"--bus", "nats://"}},
		{"a form there is not", []string{"services", "--output", "xml"}, []string{"--output", "table json yaml"}},
		{"a service there is not", []string{"services", "shs"}, []string{`"shs"`, "ssh"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out, err := run(t, "", decnetBinary, test.args...)
			if err == nil {
				t.Fatalf("it went well: %s", out)
			}
			lines := strings.Split(strings.TrimSpace(out), "\n")
			last := lines[len(lines)-1]
			if !strings.HasPrefix(last, "decnet: ") || strings.Contains(out, "goroutine ") {
				t.Errorf("it printed %q, want one line", out)
			}
			for _, part := range test.want {
				if !strings.Contains(last, part) {
					t.Errorf("%q does not say %q", last, part)
				}
			}
		})
	}
}

func TestHostileLinesBecomeDeadLettersAndNeighboursLive(t *testing.T) {
	i := start(t, t.TempDir(), instance.Options{Args: []string{"--demo=false"}})
	segment, file, err := spool.Create(i.Spool())
	if err != nil {
		t.Fatal(err)
	}
	const good = `<134>1 2026-11-23T06:37:55.123456Z web-01 ssh - command [decnet@32473 src_ip="127.0.0.1" src_port="1" command="id"] x`
	frame := func(line string) string { return string(spool.AppendFrame(nil, []byte(line))) }
	bad := []struct {
		line, reason string
		bare         bool // as the disk has it, without a frame
	}{
		{good[:90], "RFC 5424", false},
		{strings.Repeat("x", 1<<20), "longer than", true},
		{"\xff\xfe\x00\x01", "RFC 5424", false},
		{strings.Replace(good, "127.0.0.1", "127.0.0.999", 1), "src_ip", false},
		{"01234567 " + good, "checksum", true},
	}
	for _, b := range bad {
		text := b.line + "\n"
		if !b.bare {
			text = frame(b.line)
		}
		if _, err := file.WriteString(frame(good) + text); err != nil {
			t.Fatal(err)
		}
	}
	// The last line is cut off, as by a crash of its writer.
	if _, err := file.WriteString(frame(good) + frame(good)[:70]); err != nil {
		t.Fatal(err)
	}
	if err := spool.Seal(segment); err != nil {
		t.Fatal(err)
	}
	var letters struct{ Items []decnet.DeadLetter }
	eventually(t, 10*time.Second, "the bad lines are dead letters", func() bool {
		return i.Get(t.Context(), "/dead-letters", &letters) == nil && len(letters.Items) == len(bad)+1
	})
	eventually(t, 10*time.Second, "the good lines are events", func() bool { return len(events(t, i, "")) == len(bad)+1 })
	for _, b := range bad {
		found := false
		for _, l := range letters.Items {
			var raw decnet.RawLog
			body := l.Body
			if json.Unmarshal(l.Body, &raw) == nil {
				body = raw.Bytes()
			}
			found = found || string(body) == b.line && strings.Contains(l.Reason, b.reason)
		}
		if !found {
			for _, l := range letters.Items {
				t.Logf("%s: %s %d %.200q", l.ID, l.Reason, len(l.Body), l.Body)
			}
			t.Errorf("no dead letter holds %.40q whole with a reason that says %q", b.line, b.reason)
		}
	}
	settleLetters(t, i, len(bad)+1)
}

// settleLetters does with dead letters what somebody would type.
func settleLetters(t *testing.T, i *instance.Instance, n int) {
	t.Helper()
	type args []string
	o := &operator{T: t, dir: filepath.Dir(i.Spool()), binary: decnetBinary}
	o.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + o.dir, "NO_COLOR=1", "DECNET_DATA_DIR=" + o.dir}
	list := o.does("dead-letters", "list")
	if strings.Count(list, "\n") != n+1 || !strings.Contains(list, "RFC 5424") || strings.ContainsAny(list, "\x1b\x00") {
		t.Errorf("the list is\n%s", list)
	}
	var letters []struct {
		Number uint64
		Stream string
	}
	if err := json.Unmarshal([]byte(o.does("dead-letters", "list", "-o", "json")), &letters); err != nil {
		t.Fatal(err)
	}
	ofStream := ""
	for _, l := range letters {
		if l.Stream == "LOGS" {
			ofStream = fmt.Sprint(l.Number)
		}
	}
	if out := o.does("dead-letters", "show", ofStream); !strings.Contains(out, "logs.raw.") || !strings.Contains(out, "message") {
		t.Errorf("show says\n%s", out)
	}
	// It fails again, and that is another letter.
	o.does("dead-letters", "replay", ofStream)
	eventually(t, 10*time.Second, "what cannot be handled is a dead letter again", func() bool {
		return strings.Count(o.does("dead-letters", "list"), "\n") == n+1
	})
	for _, bad := range []struct {
		args args
		says string
	}{
		{args{"show", "x"}, "is no number"},
		{args{"show", ofStream}, "there is no dead letter"},
		{args{"replay"}, "want numbers, or --all"},
		{args{"discard", "1", "--all"}, "want numbers, or --all"},
	} {
		if out, err := o.types(append([]string{"dead-letters"}, bad.args...)...); err == nil || !strings.Contains(out, bad.says) {
			t.Errorf("dead-letters %v: %v %s", bad.args, err, out)
		}
	}
	if out := o.does("dead-letters", "discard", "--all"); !strings.Contains(out, fmt.Sprintf("%d of %d discarded", n, n)) {
		t.Errorf("discard says %s", out)
	}
	if out := o.does("dead-letters", "list"); !strings.Contains(out, "there are no dead letters") {
		t.Errorf("then there are\n%s", out)
	}
}

func TestCommandsFindTheStack(t *testing.T) {
	dir := t.TempDir()
	i := start(t, dir, instance.Options{})
	decode := func(out string, err error) []map[string]any {
		t.Helper()
		var items []map[string]any
		if jerr := json.Unmarshal([]byte(out), &items); err != nil || jerr != nil {
			t.Fatalf("%v, %v: %s", err, jerr, out)
		}
		return items
	}
	data, err := os.ReadFile(filepath.Join(dir, "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		BusURL string `json:"bus_url"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	workers, err := filepath.Glob("../../services/*/cmd/*")
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DECNET_DATA_DIR", dir)
	for _, args := range [][]string{{"--data-dir", dir}, {"--bus", file.BusURL}, {}} {
		kinds := map[any]int{}
		for _, item := range decode(run(t, "", decnetBinary, append([]string{"status", "--output", "json"}, args...)...)) {
			kinds[item["kind"]]++
			if item["status"] != "ready" {
				t.Errorf("%v: %v is %v", args, item["name"], item["status"])
			}
		}
		if kinds["worker"] != len(workers) || kinds["decky"] != 3 {
			t.Errorf("%v: have %v, want %d workers and 3 deckies", args, kinds, len(workers))
		}
	}
	if services := decode(run(t, "", decnetBinary, "services", "--output", "json")); len(services) < 2 || services[0]["slug"] == nil {
		t.Errorf("services are %v", services)
	}
	if out, err := run(t, "", decnetBinary, "status"); err != nil || !strings.Contains(out, "ingester") || !strings.Contains(out, "127.0.77.11") {
		t.Errorf("status prints %s, %v", out, err)
	}
	info, err := os.Stat(filepath.Join(dir, "initial-admin-password"))
	password, perr := i.Password()
	if err != nil || perr != nil || info.Mode().Perm() != 0o600 || strings.Count(i.Output(), password) != 1 {
		t.Errorf("the password file: %v, %v, mode %v; it is printed %d times", err, perr, info.Mode(), strings.Count(i.Output(), password))
	}
	if err := i.Stop(); err != nil {
		t.Fatal(err)
	}
	again := start(t, dir, instance.Options{})
	if strings.Contains(again.Output(), password) || !strings.Contains(again.Output(), "initial-admin-password") {
		t.Errorf("the second start prints %s", again.Output())
	}
}
