package shell_test

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/decnet/decnet/decoys/shell"
)

// terminal types keys and returns what was shown, with bracketed paste marks
// taken out.
func (s *session) terminal(keys string) (string, int) {
	var out bytes.Buffer
	var group sync.WaitGroup
	status := s.Terminal(context.Background(), strings.NewReader(keys), &out, func(f func()) { group.Go(f) })
	group.Wait()
	return strings.NewReplacer("\x1b[?2004h", "", "\x1b[?2004l\r", "").Replace(out.String()), status
}

func onTerminal(c *shell.Config) { c.Term = "vt100" }

func TestLineEditing(t *testing.T) {
	tests := []struct{ name, keys, command string }{
		{"plain", "echo ab\r", "echo ab"},
		{"line feed", "echo ab\n", "echo ab"},
		{"carriage return and line feed", "echo ab\r\n", "echo ab"},
		{"backspace", "echo abx\x7f\b\x7fcd\r", "echo cd"},
		{"arrows", "echo ac\x1b[Db\x1b[C!\r", "echo abc!"},
		{"home and end", "cho a\x01e\x05b\r", "echo ab"},
		{"function keys for them", "cho a\x1b[He\x1b[Fb\x1bOH\x1b[3~E\r", "Echo ab"},
		{"delete word and line", "foo\x15echo a bcd\x17e\r", "echo a e"},
		{"delete to the end", "echo abc\x1b[D\x1b[D\x0b\r", "echo a"},
		{"delete key at the cursor", "echo abc\x1b[D\x1b[D\x04\r", "echo ac"},
		{"tab and unknown keys", "ech\ta\x1b[15~\x1b[?1;2c\r", "echo a"},
		{"bracketed paste", "\x1b[200~echo a\x1b[201~\r", "echo a"},
		{"characters of several bytes", "echo äx\x7fö\r", "echo äö"},
		{"interrupted line", "rm -rf /\x03echo a\r", "echo a"},
		{"history", "echo 1\recho 2\r\x1b[A\x1b[A\x7f3\r", "echo 3"},
		{"history and back", "echo 1\r\x1b[A\x1b[Becho 2\r", "echo 2"},
		{"continued line", "echo a \\\rb\r", "echo a \\\nb"},
		{"open quote", "echo 'a\rb'\r", "echo 'a\nb'"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newSession(t, onTerminal)
			shown, _ := s.terminal(test.keys)
			if len(s.commands) == 0 || s.commands[len(s.commands)-1] != test.command {
				t.Errorf("have commands %q, want the last to be %q; shown %q", s.commands, test.command, shown)
			}
		})
	}
}

func TestTerminalShowsWhatATerminalShows(t *testing.T) {
	s := newSession(t, onTerminal)
	host := s.persona.Hostname
	shown, status := s.terminal("echo hi\rcd /tmp\rnosuch\rexit 3\rnever\r")
	want := "root@" + host + ":~# echo hi\r\nhi\r\n" +
		"root@" + host + ":~# cd /tmp\r\n" +
		"root@" + host + ":/tmp# nosuch\r\n-bash: nosuch: command not found\r\n" +
		"root@" + host + ":/tmp# exit 3\r\nlogout\r\n"
	if shown != want || status != 3 {
		t.Errorf("have %d and\n%q, want\n%q", status, shown, want)
	}
	if want := []string{"echo hi", "cd /tmp", "nosuch", "exit 3"}; !slices.Equal(s.commands, want) {
		t.Errorf("have commands %q", s.commands)
	}
}

func TestCtrlDEndsTheSession(t *testing.T) {
	s := newSession(t, onTerminal)
	shown, status := s.terminal("false\r\x04echo never\r")
	if !strings.HasSuffix(shown, "logout\r\n") || status != 1 || len(s.commands) != 1 {
		t.Errorf("have %q, %d, %q", shown, status, s.commands)
	}
}

func TestCommandReadsFromTheTerminal(t *testing.T) {
	s := newSession(t, onTerminal)
	shown, _ := s.terminal("cat > /tmp/x\rone\rtwo\r\x04cat /tmp/x\r")
	if !strings.Contains(shown, "one\r\ntwo\r\n") || !strings.HasSuffix(strings.TrimSuffix(shown, "logout\r\n"), "# ") {
		t.Errorf("have %q", shown)
	}
	if want := []string{"cat > /tmp/x", "cat /tmp/x"}; !slices.Equal(s.commands, want) {
		t.Errorf("have commands %q", s.commands)
	}
}

func TestCtrlCEndsTheCommand(t *testing.T) {
	s := newSession(t, onTerminal)
	in, keys := io.Pipe()
	var group sync.WaitGroup
	group.Go(func() {
		_, _ = io.WriteString(keys, "sleep 1000\r")
		time.Sleep(100 * time.Millisecond)
		_, _ = io.WriteString(keys, "\x03")
		_, _ = io.WriteString(keys, "echo $?\rexit\r")
		_ = keys.Close()
	})
	var out bytes.Buffer
	done := make(chan struct{})
	go func() {
		s.Terminal(t.Context(), in, &out, func(f func()) { group.Go(f) })
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("the command is not interrupted")
	}
	_ = in.Close()
	group.Wait()
	if !strings.Contains(out.String(), "^C") || !strings.Contains(out.String(), "\r130\r\n") {
		t.Errorf("have %q", out.String())
	}
}

func TestPromptOfUserAndTerminal(t *testing.T) {
	s := newSession(t, func(c *shell.Config) { c.Term, c.User = "xterm-256color", "oracle" })
	shown, _ := s.terminal("id\r")
	if !strings.Contains(shown, "\x1b[01;32moracle@"+s.persona.Hostname+"\x1b[00m:\x1b[01;34m~\x1b[00m$ ") ||
		!strings.Contains(shown, "uid=1001(oracle) gid=1001(oracle) groups=1001(oracle)") {
		t.Errorf("have %q", shown)
	}
}
