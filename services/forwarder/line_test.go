package forwarder_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/services/forwarder"
)

func TestALineOfADecoyIsSentAsItIs(t *testing.T) {
	line := string(eventlog.Append(nil, &decnet.Event{
		Decky: "web-01", Service: "ssh", Kind: decnet.KindCommand,
		Fields: map[string]string{"command": "a\"b]\\\n\x1b[2J é \xff"}, Message: "x\ny",
	}))
	if got, cut := forwarder.Render([]byte(line), 8192); string(got) != line || cut {
		t.Errorf("have %q\nwant %q", got, line)
	}
}

func FuzzRender(f *testing.F) {
	lines, _ := hostile()
	for _, line := range lines {
		f.Add([]byte(line), uint16(480))
	}
	f.Fuzz(func(t *testing.T, line []byte, limit uint16) {
		got, cut := forwarder.Render(line, int(limit))
		switch {
		case len(got) > int(limit):
			t.Errorf("%d bytes are more than %d", len(got), limit)
		case cut && len(got)+utf8.UTFMax <= int(limit):
			t.Errorf("cut to %d bytes though there may be %d", len(got), limit)
		case !utf8.Valid(got):
			t.Errorf("not UTF-8: %q", got)
		case strings.ContainsFunc(string(got), unicode.IsControl):
			t.Errorf("a control character: %q", got)
		}
	})
}
