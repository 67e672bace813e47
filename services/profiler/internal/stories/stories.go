// Package stories has attacks as events, each with the profile that has to come of it: files of YAML in
// the folder stories, for tests of the profiler.
//
//	stories:
//	  - name: a scan that nobody hurries
//	    deckies: {web-02: -90s}                 # clocks that go wrong, and by how much
//	    attackers:
//	      - address: 198.51.100.7
//	        steps:
//	          - {open: ssh, decky: web-01, repeat: 5, every: [40s]}
//	        expect: {behavior: slow_scan, risk: [5, 20]}
//
// See Attacker, Step and Expect for the whole.
package stories

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/decnet/decnet/pkg/decnet"
)

//go:embed stories/*.yaml
var files embed.FS

// Story is one attack, of one attacker or of several at a time.
type Story struct {
	Name  string `yaml:"name"`
	About string `yaml:"about"`
	// Benign says that nobody means harm: of such a story no more may be concluded than of any touch.
	Benign bool `yaml:"benign"`
	// Deckies are those whose clock is wrong, with how far it is ahead.
	Deckies   map[string]time.Duration `yaml:"deckies"`
	Attackers []Attacker               `yaml:"attackers"`
}

// Attacker is one source of a story; no two stories have the same.
type Attacker struct {
	Address netip.Addr `yaml:"address"`
	// Start is how long after the beginning of the story.
	Start  time.Duration `yaml:"start"`
	Steps  []Step        `yaml:"steps"`
	Expect Expect        `yaml:"expect"`
}

// ID is the attacker's.
func (a *Attacker) ID() decnet.AttackerID { return decnet.AttackerIDOf(a.Address) }

// Step is an event, or several. What a step does not give of decky, service and session is as in the
// step before.
type Step struct {
	After time.Duration `yaml:"after"` // since the event before
	Decky string        `yaml:"decky"`
	// One of these is what happened. Open is a connection to this service, which begins a session; Login a name and a
	// password with a colon between them; Run a command; Get a request for this path; Fetch a download of this
	// address; Close the end of the session; Kind anything else.
	Open  string `yaml:"open"`
	Login string `yaml:"login"`
	Run   string `yaml:"run"`
	Get   string `yaml:"get"`
	Fetch string `yaml:"fetch"`
	Close bool   `yaml:"close"`
	Kind  string `yaml:"kind"`
	Steps []Step `yaml:"steps"` // or all of these
	// Accepted goes with Login; Typed with Run: pieces, corrections and milliseconds.
	Accepted bool              `yaml:"accepted"`
	Typed    []int             `yaml:"typed"`
	Session  string            `yaml:"session"` // a name, to come back to one
	Fields   map[string]string `yaml:"fields"`
	// Repeat is how often; Every the times between, in turn. Over has a word for every turn, which stands for {} in
	// the texts of the step; without Repeat there are as many turns as words.
	Repeat int             `yaml:"repeat"`
	Every  []time.Duration `yaml:"every"`
	Over   []string        `yaml:"over"`
	// From is another spelling of the address, Time what the decoy's clock said, and Again says that the event is
	// delivered once more.
	From  string    `yaml:"from"`
	Time  time.Time `yaml:"time"`
	Again bool      `yaml:"again"`
}

// All reads every story.
func All() ([]Story, error) {
	folder, err := fs.Sub(files, "stories")
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(folder, "*.yaml")
	if err != nil {
		return nil, err
	}
	var all []Story
	for _, name := range names {
		data, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		some, err := Parse(data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all = append(all, some...)
	}
	return all, check(all)
}

// Parse reads one file.
func Parse(data []byte) ([]Story, error) {
	var file struct {
		Stories []Story `yaml:"stories"`
	}
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	if err := d.Decode(&file); err != nil {
		return nil, err
	}
	return file.Stories, nil
}

// check reports what cannot be among stories that are told together.
func check(all []Story) error {
	names, addresses := map[string]bool{}, map[decnet.AttackerID]string{}
	for i := range all {
		s := &all[i]
		if s.Name == "" || names[s.Name] {
			return fmt.Errorf("story %q: want a name of its own", s.Name)
		}
		names[s.Name] = true
		if len(s.Attackers) == 0 {
			return fmt.Errorf("story %q: want attackers", s.Name)
		}
		for j := range s.Attackers {
			a := &s.Attackers[j]
			if other, twice := addresses[a.ID()]; twice || !a.Address.IsValid() {
				return fmt.Errorf("story %q: address %v is invalid or also in %q", s.Name, a.Address, other)
			}
			addresses[a.ID()] = s.Name
			if err := errors.Join(a.checkSteps(a.Steps), a.Expect.validate()); err != nil {
				return fmt.Errorf("story %q: %w", s.Name, err)
			}
		}
	}
	return nil
}

func (a *Attacker) checkSteps(steps []Step) error {
	for i := range steps {
		s := &steps[i]
		what := 0
		for _, there := range []bool{s.Open != "", s.Login != "", s.Run != "", s.Get != "", s.Fetch != "", s.Close, s.Kind != "", len(s.Steps) > 0} {
			if there {
				what++
			}
		}
		if what != 1 || len(s.Typed) != 0 && len(s.Typed) != 3 {
			return fmt.Errorf("step %d: want one of open, login, run, get, fetch, close, kind and steps; of typed three numbers", i+1)
		}
		if from, err := netip.ParseAddr(s.From); s.From != "" && (err != nil || decnet.AttackerIDOf(from) != a.ID()) {
			return fmt.Errorf("step %d: %s is no other spelling of %v", i+1, s.From, a.Address)
		}
		if err := a.checkSteps(s.Steps); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	return nil
}
