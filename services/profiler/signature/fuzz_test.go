package signature_test

import (
	"io/fs"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/profiler/signature"
)

// FuzzParse reads arbitrary files. What is read compiles, and an error is one line that names the file.
func FuzzParse(f *testing.F) {
	files := os.DirFS("data")
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(sig("within: 1h", "count: 3", "distinct: decky")))
	f.Add([]byte("signatures: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		list, err := signature.Parse("x.yaml", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "x.yaml: ") || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q: want one line that begins with the file", err)
			}
			return
		}
		if _, err := signature.Compile(list); err != nil {
			t.Errorf("it was read and does not compile: %v", err)
		}
	})
}

// FuzzAdvance brings the built-in signatures on by arbitrary events: nothing panics, what is remembered stays
// bounded, and the index changes nothing.
func FuzzAdvance(f *testing.F) {
	set := builtin(f)
	bare := set.Unfiltered()
	sigs := map[string]signature.Signature{}
	for _, s := range set.Signatures() {
		sigs[s.ID] = s
		for name, value := range s.Tests[0].Events[0].Fields {
			f.Add(s.Tests[0].Events[0].Kind, s.Tests[0].Events[0].Service, name, value, "true", int64(1))
		}
	}
	f.Add("command", "ssh", "command", "e\xc5\xbfcape /ETC/\xc5\xbfhadow | CAT\u212a", "false", int64(-1<<60))
	f.Fuzz(func(t *testing.T, kind, service, name, value, accepted string, gap int64) {
		const compared = 2 // without the index it takes a thousand times as long
		progress, plain := map[string]decnet.SignatureProgress{}, map[string]decnet.SignatureProgress{}
		now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		for i := range 40 {
			e := decnet.Event{
				ID: string(rune('a' + i)), Time: now, Kind: kind, Service: service, Decky: value[:min(i, len(value))], Session: name,
				Fields: map[string]string{name: value[min(i/8, len(value)):], "accepted": accepted},
			}
			now = now.Add(time.Duration(gap))
			got := set.Advance(progress, &e)
			if i < compared {
				if want := bare.Advance(plain, &e); !reflect.DeepEqual(got, want) || !reflect.DeepEqual(progress, plain) {
					t.Fatalf("with the index %v and %v, without %v and %v", got, progress, want, plain)
				}
			}
			for _, m := range got {
				if len(m.Evidence) == 0 || len(m.Evidence) > decnet.MaxEvidence {
					t.Fatalf("%s has %d pieces of evidence", m.ID, len(m.Evidence))
				}
			}
		}
		for id, p := range progress {
			s := sigs[id]
			if p.Count >= max(s.Count, 1) || p.Step >= max(len(s.Sequence), 1) || len(p.Seen) > 32 || len(p.Evidence) > decnet.MaxEvidence {
				t.Errorf("%s remembers too much: %+v", id, p)
			}
		}
	})
}
