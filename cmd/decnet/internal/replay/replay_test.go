package replay

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestFilter(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"text", "a ä €\r\n\t\b", "a ä €\r\n\t\b"},
		{"colours", "\x1b[01;32mroot\x1b[00m \x1b[38;2;1;2;3mx \x1b[38:5:1my", "\x1b[01;32mroot\x1b[00m \x1b[38;2;1;2;3mx \x1b[38:5:1my"},
		{"moves and erasing", "\x1b[H\x1b[2J\x1b[K\x1b[5A\x1b[3;4H", "\x1b[H\x1b[2J\x1b[K\x1b[5A\x1b[3;4H"},
		{"what was scrolled away stays", "\x1b[3J\x1b[2J", "\x1b[2J"},
		{"a title", "\x1b]0;title\aafter", "after"},
		{"a title that ends otherwise", "\x1b]2;title\x1b\\after", "after"},
		{"the clipboard", "\x1b]52;c;cm0gLXJmIC8=\x07after", "after"},
		{"a link", "\x1b]8;;http://evil/\x1b\\text\x1b]8;;\x1b\\", "text"},
		{"questions", "\x1b[6n\x1b[c\x1b[>c\x1b[0x\x1b[5n\x1bZ\x05after", "after"},
		{"a string that the terminal types", "\x1bP$q\"p\x1b\\\x1bP+q544e\x1b\\after", "after"},
		{"keys", "\x1bP1;1|17/6c73\x1b\\after", "after"},
		{"other strings", "\x1b_x\x1b\\\x1b^y\x1b\\\x1bXz\x1b\\after", "after"},
		{"modes", "\x1b[?1049h\x1b[?2004h\x1b[?1000h\x1b[20h\x1b=\x1b>after", "after"},
		{"a region", "\x1b[5;10rafter", "after"},
		{"windows", "\x1b[8;1;1t\x1b[21tafter", "after"},
		{"a reset", "\x1bc\x1b[!pafter", "after"},
		{"character sets", "\x1b(0\x1b)0\x0eafter\x0f", "after"},
		{"printing", "\x1b[5i\x1b[4iafter", "after"},
		{"eight bits", "\u009b6n\u009d0;t\u009cafter\u0085", "after"},
		{"colours in eight bits", "\u009b31mred", "\x1b[31mred"},
		{"a private colour", "\x1b[>4;2mafter", "after"},
		{"a sequence in a sequence", "\x1b[\x1b]0;x\x07after", "after"},
		{"an endless sequence", "\x1b[" + strings.Repeat("1", maxSequence+1) + "rest", "rest"},
		{"a bell", "\aafter", "after"},
		{"letters that turn the line round", "a\u202eb\u2066c", "abc"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			have := (&Filter{}).Clean(test.text)
			if have != test.want {
				t.Errorf("have %q, want %q", have, test.want)
			}
			// In pieces it is the same.
			f, piecewise := &Filter{}, ""
			for _, r := range test.text {
				piecewise += f.Clean(string(r))
			}
			if piecewise != have {
				t.Errorf("in pieces: %q", piecewise)
			}
		})
	}
}

func TestAStringWithoutEndDoesNotHideEverything(t *testing.T) {
	have := (&Filter{}).Clean("\x1b]0;" + strings.Repeat("x", 2*maxString) + "visible")
	if !strings.HasSuffix(have, "visible") {
		t.Errorf("have %q", have)
	}
}

const header = `{"version": 2, "width": 80, "height": 24}` + "\n"

func TestPlay(t *testing.T) {
	recording := header + `[0.5, "o", "one\r\n"]` + "\n" + `[1.0, "i", "typed"]` + "\n" + `[100.5, "o", "two"]` + "\n" + `["odd"]` + "\n" +
		`[101.5, "r", "90x30"]` + "\n" + `[102.5, "m", "\u001b]0;x\u0007the rest"]` + "\n" + `[103, "o", "half`
	tests := []struct {
		o    Options
		want time.Duration
	}{
		{Options{Speed: 1}, 102500 * time.Millisecond},
		{Options{Speed: 1, Idle: time.Second}, 2500 * time.Millisecond},
		{Options{Speed: 2, Idle: time.Second}, 1250 * time.Millisecond},
		{Options{Speed: 0}, 0},
	}
	for _, test := range tests {
		var waited time.Duration
		test.o.Wait = func(_ context.Context, d time.Duration) { waited += d }
		var out strings.Builder
		if err := Play(t.Context(), strings.NewReader(recording), &out, test.o); err != nil {
			t.Fatal(err)
		}
		if have := out.String(); have != "one\r\ntwo\x1b[0m\r\n[the rest]\r\n\x1b[0m\r\n" || waited != test.want {
			t.Errorf("%+v: have %q in %v", test.o, have, waited)
		}
	}
}

func TestPlayRefuses(t *testing.T) {
	for _, text := range []string{"", "hello\n", `{"version": 1}` + "\n", header + strings.Repeat("x", 2*maxLine)} {
		if err := Play(t.Context(), strings.NewReader(text), &strings.Builder{}, Options{}); err == nil {
			t.Errorf("%.20q is played", text)
		}
	}
}

// harmless is all that may reach a terminal.
var harmless = regexp.MustCompile(`^(?:[^\x00-\x1f\x7f-\x9f]|[\n\r\t\x08]|\x1b\[[0-9;:]*[ABCDEFGHJKLMPXdf@m])*$`)

func FuzzFilter(f *testing.F) {
	f.Add("\x1b]52;c;x\x07\x1b[31mred\x1b[0m", "\u009b6n")
	f.Add("\x1bP", "\x1b\\\x1b[?25h")
	f.Fuzz(func(t *testing.T, a, b string) {
		x := &Filter{}
		for _, text := range []string{x.Clean(a), x.Clean(b)} {
			if !harmless.MatchString(text) {
				t.Fatalf("have %q", text)
			}
		}
	})
}

func FuzzPlay(f *testing.F) {
	f.Add(header + `[0.5, "o", "one"]` + "\n")
	f.Add(header + `[1e999, "o", "\ud800"]` + "\n" + `[null, "o", 5]` + "\n")
	f.Fuzz(func(t *testing.T, text string) {
		var out strings.Builder
		o := Options{Speed: 1, Idle: time.Second, Wait: func(_ context.Context, d time.Duration) {
			if d <= 0 || d > time.Second {
				t.Fatalf("a pause of %v", d)
			}
		}}
		_ = Play(t.Context(), strings.NewReader(text), &out, o) // it may be none
		if !harmless.MatchString(out.String()) {
			t.Fatalf("have %q", out.String())
		}
	})
}
