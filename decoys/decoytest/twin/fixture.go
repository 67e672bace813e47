package twin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// A fixture is what the genuine daemon was seen to do.
type fixture struct {
	// Daemon is the Debian package with its version.
	Daemon   string   `json:"daemon"`
	Recorded string   `json:"recorded"`
	Masks    []string `json:"masks"`
	// Texts are the replies that many dialogues get, which name them.
	Texts   map[string][]string `json:"texts"`
	Records []Record            `json:"dialogues"`
}

// folder holds fixtures and known differences, below the package under test.
const folder = "testdata/twin"

func (tw *Twin) newFixture(records []Record) *fixture {
	f := &fixture{Daemon: tw.Package + " " + tw.version(), Recorded: time.Now().UTC().Format(time.DateOnly), Records: records}
	for _, m := range tw.Masks {
		f.Masks = append(f.Masks, m.Why)
	}
	return f
}

func (tw *Twin) fixturePath() string { return filepath.Join(folder, tw.Name+".json") }

func (tw *Twin) loadFixture() (*fixture, error) {
	data, err := os.ReadFile(tw.fixturePath())
	if err != nil {
		return nil, err
	}
	f := &fixture{}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(f); err != nil {
		return nil, fmt.Errorf("%s: %w", tw.fixturePath(), err)
	}
	f.expand()
	f.eachReply(func(r *Reply) { r.Lines = tw.settle(r.Lines) })
	return f, nil
}

// expand puts the texts where they are named.
func (f *fixture) expand() {
	f.eachReply(func(r *Reply) {
		if text, ok := f.Texts[r.Text]; ok {
			r.Text, r.Lines = "", text
		}
	})
}

// contract makes a text of each long reply, after the first dialogue that has it.
func (f *fixture) contract() {
	f.Texts = map[string][]string{}
	names, count := map[string]string{}, map[string]int{}
	long := func(r *Reply) (string, bool) { return strings.Join(r.Lines, "\n"), len(r.Lines) > 4 }
	f.eachReply(func(r *Reply) {
		if key, ok := long(r); ok {
			count[key]++
		}
	})
	f.eachReply(func(r *Reply) {
		key, ok := long(r)
		if !ok || count[key] < 3 {
			return
		}
		if names[key] == "" {
			names[key] = fmt.Sprintf("text %d", len(names)+1)
			f.Texts[names[key]] = r.Lines
		}
		r.Text, r.Lines = names[key], nil
	})
}

func (f *fixture) eachReply(do func(*Reply)) {
	for i := range f.Records {
		for k := range f.Records[i].Variants {
			replies := f.Records[i].Variants[k].Replies
			for n := range replies {
				do(&replies[n])
			}
		}
	}
}

// save writes one dialogue a block, so that a change of the daemon is a small change here.
func (tw *Twin) save(f *fixture) error {
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // as the tree
		return err
	}
	f.contract()
	defer f.expand()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(f); err != nil {
		return err
	}
	return os.WriteFile(tw.fixturePath(), compactNumbers(b.Bytes()), 0o644) //nolint:gosec // as the tree
}

// compactNumbers puts lists of numbers on one line.
func compactNumbers(in []byte) []byte {
	lines := bytes.Split(in, []byte("\n"))
	var out [][]byte
	for _, line := range lines {
		trimmed := bytes.TrimLeft(line, " ")
		last := len(out) - 1
		joins := len(trimmed) > 0 && (trimmed[0] >= '0' && trimmed[0] <= '9' || trimmed[0] == ']' && last >= 0 && isNumbers(out[last]))
		if joins && last >= 0 {
			out[last] = append(out[last], trimmed...)
			continue
		}
		out = append(out, line)
	}
	return bytes.Join(out, []byte("\n"))
}

// isNumbers reports whether an open list of numbers is at the end of the line.
func isNumbers(line []byte) bool {
	i := bytes.LastIndexByte(line, '[')
	return i >= 0 && i < len(line)-1 && line[len(line)-1] != ']' && line[i+1] >= '0' && line[i+1] <= '9'
}

// names maps the fixture's records by the dialogue's name.
func (f *fixture) names() map[string]*Record {
	m := make(map[string]*Record, len(f.Records))
	for i := range f.Records {
		m[f.Records[i].Name] = &f.Records[i]
	}
	return m
}
