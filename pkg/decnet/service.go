package decnet

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Transport is what a service listens on.
type Transport string

// The transports.
const (
	TCP Transport = "tcp"
	UDP Transport = "udp"
)

// ServiceSpec declares a decoy service once, as data. The command line, the
// validation of fleets, the dashboard's forms, the ingester's field table and
// the reference page are all made from it.
type ServiceSpec struct {
	// Slug is the service's name in fleets, events and subjects.
	Slug  string `json:"slug"`
	Title string `json:"title"`
	// Summary says in one sentence what it pretends to be and what it captures.
	Summary string     `json:"summary"`
	Ports   []PortSpec `json:"ports"`
	// RunsOn names the operating systems, by slug or by family, that it passes
	// for one of; see package catalog. Empty means all.
	RunsOn []string `json:"runs_on,omitempty"`
	// Built is false for a service whose decoy does not exist yet. It is set by
	// catalog.Services.
	Built    bool          `json:"built"`
	Settings []SettingSpec `json:"settings"`
	Events   []EventSpec   `json:"events"`
}

// PortSpec is one port the service listens on. Every port listed is served.
type PortSpec struct {
	Port      uint16    `json:"port"`
	Transport Transport `json:"transport"`
}

// EventSpec declares one kind of event and the fields it may carry. What is not
// declared here is refused by the decoy's tests.
type EventSpec struct {
	Kind   string      `json:"kind"`
	Doc    string      `json:"doc"`
	Fields []FieldSpec `json:"fields"`
}

// FieldSpec declares one field of an event.
type FieldSpec struct {
	Name string `json:"name"`
	// Type is what its values look like, of which each is held to it.
	Type FieldType `json:"type"`
	Doc  string    `json:"doc"`
	// Findings are what its values are worth keeping as; most fields have none.
	Findings []Finding `json:"findings,omitempty"`
}

// SettingType is the type of a setting's value.
type SettingType string

// The setting types.
const (
	SettingString SettingType = "string"
	SettingInt    SettingType = "int"
	SettingBool   SettingType = "bool"
	SettingEnum   SettingType = "enum"
)

// SettingSpec declares one thing a user may set for a service.
type SettingSpec struct {
	Name string      `json:"name"`
	Type SettingType `json:"type"`
	Doc  string      `json:"doc"`
	// Default is used where the fleet sets nothing. Empty may mean "from the
	// persona"; Doc says so.
	Default string `json:"default"`
	// Choices are the values of an enum.
	Choices []string `json:"choices,omitempty"`
	// Min and Max bound an int.
	Min int `json:"min,omitempty"`
	Max int `json:"max,omitempty"`
}

// Settings are a service's settings after Resolve: every declared name is
// present and valid.
type Settings map[string]string

// Int returns an int setting; Resolve made sure that it is one.
func (s Settings) Int(name string) int {
	n, _ := strconv.Atoi(s[name])
	return n
}

// Bool returns a bool setting; Resolve made sure that it is one.
func (s Settings) Bool(name string) bool {
	b, _ := strconv.ParseBool(s[name])
	return b
}

// Resolve lays given over the spec's defaults. Its error names the service, the
// setting and what would be accepted.
func (spec *ServiceSpec) Resolve(given map[string]string) (Settings, error) {
	out := make(Settings, len(spec.Settings))
	for _, s := range spec.Settings {
		out[s.Name] = s.Default
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if err := spec.CheckSetting(name, given[name]); err != nil {
			return nil, fmt.Errorf("service %s: %w", spec.Slug, err)
		}
		out[name] = given[name]
	}
	return out, nil
}

// CheckSetting reports why one setting cannot be: its error names what would be
// accepted.
func (spec *ServiceSpec) CheckSetting(name, value string) error {
	i := slices.IndexFunc(spec.Settings, func(s SettingSpec) bool { return s.Name == name })
	if i < 0 {
		return fmt.Errorf("unknown setting %q%s", name, spec.suggest(name))
	}
	if err := spec.Settings[i].check(value); err != nil {
		return fmt.Errorf("setting %s: %w", name, err)
	}
	return nil
}

func (s *SettingSpec) check(value string) error {
	switch s.Type {
	case SettingInt:
		n, err := strconv.Atoi(value)
		if err != nil || n < s.Min || n > s.Max {
			return fmt.Errorf("%q: want a whole number from %d to %d", value, s.Min, s.Max)
		}
	case SettingBool:
		if _, err := strconv.ParseBool(value); err != nil {
			return fmt.Errorf("%q: want true or false", value)
		}
	case SettingEnum:
		if !slices.Contains(s.Choices, value) {
			return fmt.Errorf("%q: want one of %v", value, s.Choices)
		}
	case SettingString:
	default:
		return fmt.Errorf("has unknown type %q", s.Type)
	}
	return nil
}

func (spec *ServiceSpec) suggest(name string) string {
	names := make([]string, len(spec.Settings))
	for i, s := range spec.Settings {
		names[i] = s.Name
	}
	if near := Nearest(name, names); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	if len(names) == 0 {
		return "; it has none"
	}
	return "; there are " + strings.Join(names, ", ")
}

// Nearest returns the candidate that a misspelt word most likely meant, or "".
// Distance counts letters that are added, left out, replaced or swapped with
// their neighbour (optimal string alignment); a third of the word may differ.
func Nearest(word string, candidates []string) string {
	best, bestDistance := "", len(word)/3+1
	for _, c := range candidates {
		if d := distance(word, c); d < bestDistance || d == bestDistance && best == "" && d <= len(word)/3+1 {
			best, bestDistance = c, d
		}
	}
	return best
}

func distance(a, b string) int {
	before, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(row[j]+cost, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}
