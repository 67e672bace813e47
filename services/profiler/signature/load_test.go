package signature_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/decnet/decnet/services/profiler/signature"
)

// sig is one signature with something changed or added.
func sig(lines ...string) string {
	has := func(key string) bool {
		for _, l := range lines {
			if strings.HasPrefix(l, key+":") {
				return true
			}
		}
		return false
	}
	out := "signatures:\n  - "
	for _, l := range []string{
		"id: own.one", "title: a title", "tool: a tool", "confidence: 50", "when: [{kind: command, fields: {command: ls}}]",
		"tests: [{name: it, events: [{kind: command, fields: {command: ls}}]}]",
	} {
		if key, _, _ := strings.Cut(l, ":"); !has(key) {
			out += l + "\n    "
		}
	}
	return out + strings.Join(lines, "\n    ") + "\n"
}

func TestParseErrors(t *testing.T) {
	for name, c := range map[string]struct{ file, want string }{
		"unknown key":             {sig("colour: red"), "own.yaml: line 8: there is no key colour"},
		"unknown key of a value":  {sig("when: [{kind: command, fields: {command: {like: ls}}}]"), `own.yaml: line 7: "like" is nothing that a value can be`},
		"no YAML":                 {"signatures: [", "own.yaml: line 1: did not find expected node content"},
		"a tab":                   {"signatures:\n\t- id: x\n", "own.yaml: line 2: found character that cannot start any token"},
		"wrong type":              {sig("confidence: high"), "own.yaml: line 7: cannot unmarshal !!str `high` into int"},
		"bad duration":            {sig("within: soon"), "own.yaml: line 8: cannot unmarshal !!str `soon` into time.Duration"},
		"bad expression":          {sig("when: [{kind: command, fields: {command: {matches: '(a'}}}]"), "own.yaml: signature own.one: step 1, condition 1: field command: matches: error parsing regexp: missing closing )"},
		"long repeat":             {sig("when: [{kind: command, fields: {command: {matches: 'a{2000}'}}}]"), "invalid repeat count"},
		"empty value":             {sig("when: [{kind: command, fields: {command: {}}}]"), "field command: want is, prefix, suffix, contains, all, not, runs, matches or at_least"},
		"unknown phase":           {sig("phase: party"), `own.yaml: signature own.one: phase "party": want one of reconnaissance, `},
		"unknown intent":          {sig("intent: fun"), `own.yaml: signature own.one: intent "fun": want one of recon, `},
		"no id":                   {sig("id: ''"), "own.yaml: signature number 1: id: want lower-case words with dots"},
		"no dot in the id":        {sig("id: one"), "own.yaml: signature one: id: want lower-case words with dots"},
		"no title":                {sig("title: ''"), "own.yaml: signature own.one: title: want 1 to 128 bytes"},
		"nothing concluded":       {sig("tool: ''"), "own.yaml: signature own.one: it concludes nothing"},
		"no confidence":           {sig("confidence: 0"), "confidence 0: want 1 to 100"},
		"nothing to look for":     {sig("when: []"), "want one of when, sequence and cadence"},
		"two shapes":              {sig("cadence: {mean: 1s, tolerance: 1s, cv: 0, cv_tolerance: 1, at_least: 4}"), "want one of when, sequence and cadence"},
		"a sequence of one":       {sig("when: []", "sequence: [[{kind: command}]]"), "sequence: want 2 to 8 steps"},
		"distinct without count":  {sig("distinct: decky"), "distinct goes with a count of 2 or more"},
		"too many distinct":       {sig("distinct: decky", "count: 33"), "count 33: want at most 32"},
		"too long":                {sig("within: 1000h"), "within 1000h0m0s: want at most 720h0m0s"},
		"no kind":                 {sig("when: [{fields: {command: ls}}]"), "step 1, condition 1: kind: want one or several"},
		"no tests":                {sig("tests: []"), "own.yaml: signature own.one: tests: want at least one of which it concludes"},
		"only negative tests":     {sig("tests: [{name: not, not: true, events: [{kind: x}]}]"), "tests: want at least one of which it concludes"},
		"a test without events":   {sig("tests: [{name: it}]"), "a test wants a name and events"},
		"a cadence without count": {sig("when: []", "cadence: {mean: 1s, tolerance: 1s, cv: 0, cv_tolerance: 1}"), "cadence: want mean, tolerance"},
		"same_session of one":     {sig("same_session: true"), "same_session goes with sequence"},
		"twice the same key":      {sig("title: a", "title: b"), `mapping key "title" already defined`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := signature.Parse("own.yaml", []byte(c.file))
			switch {
			case err == nil:
				t.Fatalf("no error, want %q of:\n%s", c.want, c.file)
			case !strings.Contains(err.Error(), c.want):
				t.Errorf("got  %v\nwant %s", err, c.want)
			case strings.Contains(err.Error(), "\n"):
				t.Errorf("more than one line: %q", err)
			case !strings.HasPrefix(err.Error(), "own.yaml: "):
				t.Errorf("the file is not named: %v", err)
			}
		})
	}
}

func TestParseIsFineWithNothing(t *testing.T) {
	for _, file := range []string{"", "# nothing\n", "signatures: []\n"} {
		if list, err := signature.Parse("own.yaml", []byte(file)); err != nil || len(list) != 0 {
			t.Errorf("%q: %v, %v", file, list, err)
		}
	}
	if list, err := signature.Parse("own.yaml", []byte(sig())); err != nil || len(list) != 1 {
		t.Errorf("what all the wrong ones are made of: %v, %v", list, err)
	}
}

func TestReadErrors(t *testing.T) {
	for name, c := range map[string]struct {
		files fstest.MapFS
		want  string
	}{
		"twice in a file":   {fstest.MapFS{"a.yaml": {Data: []byte(sig() + strings.TrimPrefix(sig(), "signatures:\n"))}}, "a.yaml: signature own.one is also in a.yaml"},
		"twice in a folder": {fstest.MapFS{"a.yaml": {Data: []byte(sig())}, "b.yaml": {Data: []byte(sig())}}, "b.yaml: signature own.one is also in a.yaml"},
		"too large":         {fstest.MapFS{"a.yaml": {Data: make([]byte, 1<<20+1)}}, "a.yaml: larger than 1048576 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := signature.Read(c.files); err == nil || err.Error() != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

// TestWithFolder reads signatures of a user, one of which takes the place of a built-in one.
func TestWithFolder(t *testing.T) {
	dir := t.TempDir()
	own := sig("id: generic.command", "title: mine") + strings.TrimPrefix(sig(), "signatures:\n")
	if err := os.WriteFile(filepath.Join(dir, "own.yaml"), []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	set, err := signature.WithFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, s := range set.Signatures() {
		if _, twice := found[s.ID]; twice {
			t.Errorf("%s is there twice", s.ID)
		}
		found[s.ID] = s.Title
	}
	if found["generic.command"] != "mine" || found["own.one"] == "" || len(found) != len(builtin(t).Signatures())+1 {
		t.Errorf("generic.command is %q, own.one %q, of %d", found["generic.command"], found["own.one"], len(found))
	}
	if err := os.WriteFile(filepath.Join(dir, "own.yaml"), []byte("signatures: {"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := signature.WithFolder(dir); err == nil || !strings.HasPrefix(err.Error(), "signatures of "+dir+": own.yaml: ") {
		t.Errorf("got %v, want the folder and the file", err)
	}
}
