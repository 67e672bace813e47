package signature_test

import (
	"slices"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/profiler/signature"
)

func builtin(t testing.TB) *signature.Set {
	t.Helper()
	set, err := signature.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// TestBuiltin runs the tests that stand beside every signature.
func TestBuiltin(t *testing.T) {
	set := builtin(t)
	for _, sig := range set.Signatures() {
		for i := range sig.Tests {
			t.Run(sig.ID+"/"+sig.Tests[i].Name, func(t *testing.T) {
				if err := set.CheckTest(&sig, &sig.Tests[i]); err != nil {
					t.Error(err)
				}
			})
		}
	}
	if failed := set.Check(); len(failed) > 0 && !t.Failed() {
		t.Errorf("Check found what its tests one by one did not: %v", failed)
	}
}

// TestCheckFinds holds Check to finding tests that are wrong, either way.
func TestCheckFinds(t *testing.T) {
	list, err := signature.Parse("own.yaml", []byte(`signatures:
  - {id: a.b, title: t, tool: x, confidence: 1, when: [{kind: command, fields: {command: ls}}],
     tests: [{name: misses, events: [{kind: command, fields: {command: id}}]},
             {name: fires, not: true, events: [{kind: command, fields: {command: ls}}]}]}
`))
	if err != nil {
		t.Fatal(err)
	}
	set, err := signature.Compile(list)
	if err != nil {
		t.Fatal(err)
	}
	failed := set.Check()
	want := []string{
		`signature a.b: test "misses": it does not conclude`,
		`signature a.b: test "fires": it concludes, and should not`,
	}
	if len(failed) != 2 || failed[0].Error() != want[0] || failed[1].Error() != want[1] {
		t.Errorf("got %v, want %v", failed, want)
	}
}

// TestBuiltinCovers holds the set to saying something of every phase and every intent.
func TestBuiltinCovers(t *testing.T) {
	list := builtin(t).Signatures()
	if len(list) < 110 {
		t.Errorf("%d signatures, want at least 110", len(list))
	}
	for _, s := range list {
		if !slices.ContainsFunc(s.Tests, func(t signature.Test) bool { return t.Not }) {
			t.Errorf("%s has no test of what it is not to conclude from", s.ID)
		}
	}
	for _, phase := range decnet.AttackPhases() {
		if !slices.ContainsFunc(list, func(s signature.Signature) bool { return s.Phase == phase }) {
			t.Errorf("no signature concludes phase %s", phase)
		}
	}
	for _, intent := range decnet.Intents() {
		if !slices.ContainsFunc(list, func(s signature.Signature) bool { return s.Intent == intent }) {
			t.Errorf("no signature concludes intent %s", intent)
		}
	}
}
