package signature

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

const (
	maxCount    = 1000
	maxDistinct = 32
	maxSteps    = 8
	maxList     = 256
	maxText     = 128
	maxWithin   = 30 * 24 * time.Hour
)

var idPattern = regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_]+)+$`)

// Validate reports the first thing that is wrong with a signature.
func (s *Signature) Validate() error {
	for _, check := range []func() error{s.checkNames, s.checkShape, s.checkBounds, s.checkConditions, s.checkTests} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (s *Signature) checkNames() error {
	switch {
	case !idPattern.MatchString(s.ID) || len(s.ID) > 64:
		return errors.New("id: want lower-case words with dots between them, such as miner.xmrig, at most 64 bytes")
	case s.Title == "" || len(s.Title) > maxText:
		return fmt.Errorf("title: want 1 to %d bytes", maxText)
	case s.Concludes() == "":
		return errors.New("it concludes nothing: want tool, phase, intent or decoy_check")
	case s.Phase != "" && s.Phase.Rank() == 0:
		return fmt.Errorf("phase %q: want one of %s", s.Phase, phaseNames())
	case s.Intent != "" && !slices.Contains(decnet.Intents(), s.Intent):
		return fmt.Errorf("intent %q: want one of %s", s.Intent, intentNames())
	case len(s.Tool) > maxText || len(s.DecoyCheck) > maxText:
		return fmt.Errorf("tool, decoy_check: want at most %d bytes", maxText)
	case s.Confidence < 1 || s.Confidence > 100:
		return fmt.Errorf("confidence %d: want 1 to 100", s.Confidence)
	}
	return nil
}

func (s *Signature) checkShape() error {
	shapes := 0
	for _, there := range []bool{len(s.When) > 0, len(s.Sequence) > 0, s.Cadence != nil} {
		if there {
			shapes++
		}
	}
	switch {
	case shapes != 1:
		return errors.New("want one of when, sequence and cadence")
	case len(s.Sequence) == 1 || len(s.Sequence) > maxSteps:
		return fmt.Errorf("sequence: want 2 to %d steps; one is when", maxSteps)
	case len(s.When) == 0 && (s.Count != 0 || s.Distinct != ""):
		return errors.New("count and distinct go with when")
	case len(s.Sequence) == 0 && s.SameSession:
		return errors.New("same_session goes with sequence")
	case s.Cadence != nil && s.Within != 0:
		return errors.New("within goes with when and sequence")
	case s.Distinct != "" && s.Count < 2:
		return errors.New("distinct goes with a count of 2 or more")
	}
	return nil
}

func (s *Signature) checkBounds() error {
	most := maxCount
	if s.Distinct != "" {
		most = maxDistinct
	}
	switch {
	case s.Count < 0 || s.Count > most:
		return fmt.Errorf("count %d: want at most %d", s.Count, most)
	case s.Within < 0 || s.Within > maxWithin:
		return fmt.Errorf("within %v: want at most %v", s.Within, maxWithin)
	}
	if c := s.Cadence; c != nil && (c.Mean <= 0 || c.Tolerance <= 0 || c.CV < 0 || c.CVTolerance <= 0 || c.AtLeast < 4) {
		return errors.New("cadence: want mean, tolerance and cv_tolerance above 0, cv of 0 or more, at_least of 4 or more")
	}
	return nil
}

func (s *Signature) checkConditions() error {
	for i, step := range s.steps() {
		if len(step) == 0 {
			return fmt.Errorf("step %d has no condition", i+1)
		}
		for j := range step {
			if err := step[j].validate(); err != nil {
				return fmt.Errorf("step %d, condition %d: %w", i+1, j+1, err)
			}
		}
	}
	return nil
}

// steps are the events that the signature is made of.
func (s *Signature) steps() [][]Condition {
	if len(s.When) > 0 {
		return [][]Condition{s.When}
	}
	return s.Sequence
}

func (c *Condition) validate() error {
	if len(c.Kind) == 0 {
		return errors.New("kind: want one or several, such as command")
	}
	for name, v := range c.Fields {
		if err := v.validate(); err != nil {
			return fmt.Errorf("field %s: %w", name, err)
		}
	}
	return nil
}

func (v *Value) validate() error {
	given := v.Matches != "" || v.AtLeast != nil
	for _, list := range []List{v.Is, v.Prefix, v.Suffix, v.Contains, v.All, v.Not, v.Runs} {
		given = given || len(list) > 0
		if len(list) > maxList || slices.ContainsFunc(list, func(s string) bool { return len(s) > maxText }) {
			return fmt.Errorf("want at most %d texts of at most %d bytes", maxList, maxText)
		}
	}
	if !given {
		return errors.New("want is, prefix, suffix, contains, all, not, runs, matches or at_least")
	}
	if _, err := regexp.Compile(v.Matches); err != nil {
		return fmt.Errorf("matches: %w", err)
	}
	return nil
}

func (s *Signature) checkTests() error {
	fits := false
	for _, t := range s.Tests {
		if t.Name == "" || len(t.Events) == 0 {
			return errors.New("a test wants a name and events")
		}
		for _, e := range t.Events {
			if e.Kind == "" || e.Repeat < 0 || e.Repeat > 10_000 {
				return fmt.Errorf("test %q: an event wants a kind, and to be repeated at most 10000 times", t.Name)
			}
		}
		fits = fits || !t.Not
	}
	if !fits {
		return errors.New("tests: want at least one of which it concludes")
	}
	return nil
}
