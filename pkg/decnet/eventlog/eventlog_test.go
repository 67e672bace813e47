package eventlog_test

import (
	"bytes"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
)

func sample() *decnet.Event {
	src := netip.MustParseAddr("203.0.113.7")
	return &decnet.Event{
		Time: time.Date(2026, 11, 23, 6, 37, 55, 123456789, time.UTC), Decky: "web-01", Service: "ssh", Kind: "auth_attempt",
		Attacker: decnet.AttackerIDOf(src), Source: src, SourcePort: 50022, Session: "7f3a91",
		Fields:  map[string]string{"principal": "root", "secret_printable": "a\"b]\\\nc", "empty": ""},
		Message: "root offered a password",
	}
}

func TestEventSurvivesItsLineToTheNanosecond(t *testing.T) {
	want := sample()
	line := eventlog.Append(nil, want)
	if bytes.ContainsAny(line, "\n\r") {
		t.Fatalf("the line holds a line break: %q", line)
	}
	got, err := eventlog.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("have %+v\nwant %+v", got, want)
	}
}

func TestMappedAddressIsTheIPv4Attacker(t *testing.T) {
	e := sample()
	e.Source = netip.MustParseAddr("::ffff:203.0.113.7")
	got, err := eventlog.Parse(eventlog.Append(nil, e))
	if err != nil {
		t.Fatal(err)
	}
	if got.Attacker != "cb007107" || got.Source.String() != "203.0.113.7" {
		t.Errorf("have attacker %s at %s", got.Attacker, got.Source)
	}
}

func TestParseRefuses(t *testing.T) {
	good := string(eventlog.Append(nil, sample()))
	tests := []struct{ name, line, reason string }{
		{"a truncated line", good[:len(good)/2], "not an RFC 5424 line"},
		{"a line of 1 MB", good + strings.Repeat("x", 1<<20), "longer than"},
		{"no element of ours", "<134>1 2026-11-23T06:37:55Z web-01 ssh - connect - hello", "structured data"},
		{"no kind", "<134>1 2026-11-23T06:37:55Z web-01 ssh - - [decnet@32473] x", "message id"},
		{"a decky that is no name", "<134>1 2026-11-23T06:37:55Z ../web ssh - connect [decnet@32473] x", "host of the line"},
		{"a bad address", `<134>1 2026-11-23T06:37:55Z web-01 ssh - connect [decnet@32473 src_ip="10.0.0.999"]`, "src_ip"},
		{"a bad time", `<134>1 - web-01 ssh - connect [decnet@32473 ns="soon"]`, "ns"},
		{"no time", `<134>1 - web-01 ssh - connect [decnet@32473]`, "no time between"},
		{"bytes that are not UTF-8", "\xff\xfe\xfd", "not an RFC 5424 line"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := eventlog.Parse([]byte(test.line))
			if err == nil || !strings.Contains(err.Error(), test.reason) {
				t.Errorf("have %v, want an error that says %q", err, test.reason)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	f.Add(eventlog.Append(nil, sample()))
	f.Add([]byte("<134>1 - web-01 ssh - connect [decnet@32473 ns=\"1\"]"))
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := eventlog.Parse(line)
		if err != nil {
			return
		}
		again, err := eventlog.Parse(eventlog.Append(nil, e))
		if err != nil {
			if len(line) < eventlog.MaxLine/8 {
				t.Fatalf("written event does not parse: %v", err)
			}
			return
		}
		if again.Attacker != e.Attacker || !again.Time.Equal(e.Time) {
			t.Fatalf("have %+v, want %+v", again, e)
		}
	})
}
