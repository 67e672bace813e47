package device_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/decnet/decnet/decoys/device"
)

func TestLineIsEdited(t *testing.T) {
	for _, test := range []struct{ typed, line string }{
		{"show\r\n", "show"},
		{"shox\x7fw\r\x00", "show"},
		{"how\x01s\r", "show"},
		{"sow\x1b[D\x1b[Dh\n", "show"},
		{"x\x15show\r", "show"},
		{"a b\x17c\r", "a c"},
		{"abc\x02\x02\x0bx\r", "ax"},
		{"abc\x01\x04\r", "bc"},
		{strings.Repeat("y", 2*device.MaxLine) + "\r", strings.Repeat("y", device.MaxLine)},
	} {
		term := device.NewTerm(t.Context(), strings.NewReader(test.typed), io.Discard, 24)
		if line, err := term.Line("> ", false); line != test.line || err != nil {
			t.Errorf("%q: have %q, %v", test.typed, line, err)
		}
	}
}

func TestHowALineWasTyped(t *testing.T) {
	term := device.NewTerm(t.Context(), iotest.OneByteReader(strings.NewReader("shox\x7fw\r")), io.Discard, 24)
	_, err := term.Line("> ", false)
	if have := term.Typed(); err != nil || have.Keys != 7 || have.Edits != 1 || have.Took < 0 {
		t.Errorf("have %+v, %v", have, err)
	}
	term = device.NewTerm(t.Context(), strings.NewReader("one\rtwo\r"), io.Discard, 24)
	for range 2 {
		_, err = term.Line("> ", false)
		if have := term.Typed(); err != nil || have.Keys != 1 || have.Edits != 0 {
			t.Errorf("have %+v, %v", have, err)
		}
	}
}

func TestOutputIsBounded(t *testing.T) {
	var out bytes.Buffer
	term := device.NewTerm(t.Context(), strings.NewReader(strings.Repeat("?", device.MaxOutput/100)), &out, 24)
	term.Help = func(string) string { return strings.Repeat("x", 1000) }
	if _, err := term.Line("> ", false); !errors.Is(err, io.EOF) || out.Len() > device.MaxOutput+5000 {
		t.Errorf("have %v after %d bytes", err, out.Len())
	}
}

func TestHiddenLineIsNotShownNorKept(t *testing.T) {
	var out bytes.Buffer
	term := device.NewTerm(t.Context(), strings.NewReader("secret\r\x1b[A\r\x03\x04"), &out, 24)
	if line, _ := term.Line("Password: ", true); line != "secret" || out.String() != "Password: \r\n" {
		t.Errorf("have %q and %q", line, out.String())
	}
	if line, _ := term.Line("> ", false); line != "" || len(term.History()) != 0 {
		t.Errorf("have %q", line)
	}
	if _, err := term.Line("> ", false); !errors.Is(err, device.ErrInterrupted) {
		t.Errorf("have %v", err)
	}
	if _, err := term.Line("> ", false); !errors.Is(err, io.EOF) {
		t.Errorf("have %v", err)
	}
}
