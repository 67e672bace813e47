package analysis_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/profiler/analysis"
	"github.com/decnet/decnet/services/profiler/internal/stories"
	"github.com/decnet/decnet/services/profiler/signature"
)

func engine(t testing.TB) *analysis.Engine {
	t.Helper()
	set, err := signature.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return analysis.New(set)
}

func all(t testing.TB) []stories.Story {
	t.Helper()
	list, err := stories.All()
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < 45 {
		t.Fatalf("%d stories, want at least 45", len(list))
	}
	return list
}

// whole folds events in one piece, of each attacker.
func whole(en *analysis.Engine, events []decnet.Event) map[decnet.AttackerID]decnet.Profile {
	profiles := map[decnet.AttackerID]decnet.Profile{}
	for i := range events {
		p := profiles[events[i].Attacker]
		en.Fold(&p, &events[i])
		profiles[events[i].Attacker] = p
	}
	for id, p := range profiles {
		en.Conclude(&p)
		profiles[id] = p
	}
	return profiles
}

// TestStories folds every story and holds the profiles to what it says.
func TestStories(t *testing.T) {
	en := engine(t)
	for _, s := range all(t) {
		t.Run(s.Name, func(t *testing.T) {
			if err := s.Check(whole(en, stories.Stored(s.Events()))); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestPieces folds every story in pieces as chance has it, with the profile stored and read between them: nothing
// may depend on where a piece ends.
func TestPieces(t *testing.T) {
	en := engine(t)
	for i, s := range all(t) {
		t.Run(s.Name, func(t *testing.T) {
			events := stories.Stored(s.Events())
			want := whole(en, events)
			for round := range uint64(3) {
				got := inPieces(t, en, events, rand.New(rand.NewPCG(uint64(i), round)))
				if err := s.Check(got); err != nil {
					t.Error(err)
				}
				for id := range want {
					if a, b := encoded(t, got[id]), encoded(t, want[id]); !bytes.Equal(a, b) {
						t.Errorf("round %d: in pieces\n%s\nas a whole\n%s", round, a, b)
					}
				}
			}
		})
	}
}

func inPieces(t *testing.T, en *analysis.Engine, events []decnet.Event, chance *rand.Rand) map[decnet.AttackerID]decnet.Profile {
	profiles := map[decnet.AttackerID]decnet.Profile{}
	for i := range events {
		id := events[i].Attacker
		p := profiles[id]
		en.Fold(&p, &events[i])
		if chance.IntN(4) == 0 {
			en.Conclude(&p)
			p = reread(t, p)
		}
		profiles[id] = p
	}
	for id, p := range profiles {
		en.Conclude(&p)
		profiles[id] = p
	}
	return profiles
}

// reread is the profile as the store gives it back.
func reread(t *testing.T, p decnet.Profile) (out decnet.Profile) {
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	analysis.Resume(&out)
	out.State.News = decnet.News{}
	return out
}

// encoded is a profile without what was told of the latest piece alone.
func encoded(t testing.TB, p decnet.Profile) []byte {
	state := *p.State
	state.News = decnet.News{}
	p.State = &state
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
