package rfc5424_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet/rfc5424"
)

func ours(id string) bool { return id == "decnet@32473" }

// Lines from RFC 5424 section 6.5 and what they mean.
func TestParseExamplesOfTheRFC(t *testing.T) {
	tests := []struct {
		name, line string
		want       rfc5424.Message
	}{
		{
			"example 1, no structured data",
			"<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \ufeff'su root' failed",
			rfc5424.Message{
				Priority: 34, Time: time.Date(2003, 10, 11, 22, 14, 15, 3e6, time.UTC),
				Host: "mymachine.example.com", App: "su", MsgID: "ID47", Text: "'su root' failed",
			},
		},
		{
			"example 3, one element",
			`<165>1 2003-10-11T22:14:15.003Z h evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="Application"] entry`,
			rfc5424.Message{
				Priority: 165, Time: time.Date(2003, 10, 11, 22, 14, 15, 3e6, time.UTC), Host: "h", App: "evntslog", MsgID: "ID47",
				Elements: []rfc5424.Element{{ID: "exampleSDID@32473", Params: []rfc5424.Param{{"iut", "3"}, {"eventSource", "Application"}}}},
				Text:     "entry",
			},
		},
		{
			"example 4, two elements and no text",
			`<165>1 - - - - - [a@32473 x="1"][b@32473 y="\]"]`,
			rfc5424.Message{Priority: 165, Elements: []rfc5424.Element{
				{ID: "a@32473", Params: []rfc5424.Param{{"x", "1"}}},
				{ID: "b@32473", Params: []rfc5424.Param{{"y", "]"}}},
			}},
		},
		{
			"a backslash before anything else is itself",
			`<0>1 - - - - - [x y="C:\new"]`,
			rfc5424.Message{Elements: []rfc5424.Element{{ID: "x", Params: []rfc5424.Param{{"y", `C:\new`}}}}},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := rfc5424.Parse(test.line, ours)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(*got, test.want) {
				t.Errorf("have %+v\nwant %+v", *got, test.want)
			}
		})
	}
}

func TestParseSaysWhere(t *testing.T) {
	tests := []struct {
		name, line string
		offset     int
	}{
		{"empty", "", 0},
		{"no priority", "hello", 0},
		{"priority too large", "<192>1 - - - - - -", 1},
		{"other version", "<1>2 - - - - - -", 3},
		{"bad time", "<1>1 yesterday - - - - -", 5},
		{"header too long", "<1>1 - " + strings.Repeat("h", 256) + " - - - -", 7},
		{"cut in a value", `<1>1 - - - - - [x y="abc`, 24},
		{"cut in an element", `<1>1 - - - - - [x y="abc"`, 25},
		{"text glued to an element", `<1>1 - - - - - [x]text`, 18},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := rfc5424.Parse(test.line, nil)
			syntax, ok := errors.AsType[*rfc5424.SyntaxError](err)
			if !ok || syntax.Offset != test.offset {
				t.Errorf("have %v, want a syntax error at byte %d", err, test.offset)
			}
		})
	}
}

var hostile = []string{
	"plain", "", `quote " backslash \ bracket ]`, "\nforged line", "\x1b[2Jclear", "\x00\x01\x7f", "\xff\xfe not UTF-8",
	`" src_ip="10.0.0.1`, `\n is not a newline`, "tab\tcr\r", "\u202eoverride", "日本語",
}

func TestHostileValuesComeBackAndStayInTheirLine(t *testing.T) {
	for _, value := range hostile {
		in := rfc5424.Message{Priority: 134, Host: value, App: value, MsgID: value, Text: value, Elements: []rfc5424.Element{
			{ID: "decnet@32473", Params: []rfc5424.Param{{"v", value}, {"w", "end"}}},
		}}
		line := string(rfc5424.Append(nil, &in))
		if i := strings.IndexFunc(line, func(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfffd }); i >= 0 {
			t.Errorf("%q: line %q holds a raw control at %d", value, line, i)
		}
		out, err := rfc5424.Parse(line, ours)
		if err != nil {
			t.Errorf("%q: %v", value, err)
			continue
		}
		if got, _ := out.Elements[0].Get("v"); got != value {
			t.Errorf("value %q came back as %q", value, got)
		}
		if got, _ := out.Elements[0].Get("w"); got != "end" {
			t.Errorf("%q: the next parameter is %q", value, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, value := range hostile {
		f.Add(value)
		f.Add(string(rfc5424.Append(nil, &rfc5424.Message{Elements: []rfc5424.Element{{ID: "decnet@32473", Params: []rfc5424.Param{{"v", value}}}}})))
	}
	f.Fuzz(func(t *testing.T, line string) {
		m, err := rfc5424.Parse(line, ours)
		if err != nil {
			return
		}
		again, err := rfc5424.Parse(string(rfc5424.Append(nil, m)), ours)
		if err != nil {
			t.Fatalf("written message does not parse: %v", err)
		}
		if len(again.Elements) != len(m.Elements) || again.Host != m.Host || again.MsgID != m.MsgID {
			t.Fatalf("have %+v, want %+v", again, m)
		}
	})
}

func BenchmarkParse(b *testing.B) {
	line := `<134>1 2026-11-23T06:37:55.123456Z web-01 ssh - auth_attempt [decnet@32473 src_ip="203.0.113.7" src_port="50022" session="a1b2c3" ns="1795415875123456789" principal="root" secret_printable="toor" secret_b64="dG9vcg==" secret_kind="plaintext"] root tried a password`
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := rfc5424.Parse(line, ours); err != nil {
			b.Fatal(err)
		}
	}
}
