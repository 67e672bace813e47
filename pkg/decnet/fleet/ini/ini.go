// Package ini reads fleets from INI files: text of up to 512 KiB goes in, a
// fleet.Request comes out, or everything that is wrong with the text, each with
// its line and how to mend it.
//
// A file has [general] with the network, a section for each decky or group of
// them (amount=), [NAME.SERVICE] with settings of one's service, and [custom-NAME]
// for services of the user's own. It is read twice: deckies first, then settings,
// which go to every decky of the group that they name.
package ini

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/fleet"
)

// Load reads data into r, over what it holds already. file names the text in
// errors, services are those that it may name. Its error is fleet.Problems.
func Load(file string, data []byte, services []decnet.ServiceSpec, r *fleet.Request) error {
	l := &loader{file: file, request: r, services: services, groups: make(map[string][]int), members: make(map[string]bool)}
	sections := l.unique(lex(file, data, &l.problems))
	for i := range sections {
		if name, custom := strings.CutPrefix(sections[i].name, customPrefix); custom {
			l.custom(&sections[i], name)
		}
	}
	for i := range sections {
		l.first(&sections[i])
	}
	for i := range sections {
		l.second(&sections[i])
	}
	if len(l.problems) == 0 && len(r.Deckies) == 0 {
		l.problems.Add(file, "there is no decky in it: want at least one section such as [web] with services = ssh, http")
	}
	return l.problems.Err()
}

const (
	generalSection = "general"
	customPrefix   = "custom-"
	maxName        = 128
)

// loader holds what has been read so far.
type loader struct {
	file     string
	request  *fleet.Request
	services []decnet.ServiceSpec
	problems fleet.Problems
	// groups are the deckies of a section, by its name in lower case, as
	// places in the request.
	groups map[string][]int
	// members are the names of single deckies of larger groups.
	members map[string]bool
}

func (l *loader) at(line int) string { return fmt.Sprintf("%s:%d", l.file, line) }

// problem tells what is wrong in a section.
func (l *loader) problem(s *section, line int, format string, args ...any) {
	if !l.problems.Full() {
		l.problems.Add(l.at(line), "["+short(s.name)+"] "+fmt.Sprintf(format, args...))
	}
}

// unique refuses sections and keys that are there twice: which of them counts
// would be anybody's guess.
func (l *loader) unique(sections []section) []section {
	first := make(map[string]int, len(sections))
	out := sections[:0]
	for i := range sections {
		s := &sections[i]
		if line, twice := first[strings.ToLower(s.name)]; twice {
			l.problem(s, s.line, "is there already, in line %d", line)
			continue
		}
		first[strings.ToLower(s.name)] = s.line
		seen := make(map[string]int, len(s.keys))
		for _, e := range s.keys {
			if line, twice := seen[e.name]; twice {
				l.problem(s, e.line, "%s is set already, in line %d", short(e.name), line)
			}
			seen[e.name] = e.line
		}
		out = append(out, *s)
	}
	return out
}

// first reads everything but services' settings.
func (l *loader) first(s *section) {
	switch {
	case strings.EqualFold(s.name, generalSection):
		l.general(s)
	case strings.HasPrefix(s.name, customPrefix):
	case l.serviceOf(s.name) != nil:
	default:
		l.decky(s)
	}
}

// second gives settings to the deckies they are for.
func (l *loader) second(s *section) {
	if spec := l.serviceOf(s.name); spec != nil && !strings.HasPrefix(s.name, customPrefix) {
		l.settings(s, spec)
	}
}

// serviceOf is the service at the end of a section's name, if there is one: the
// section is about it. Otherwise the name is a decky's that has dots.
func (l *loader) serviceOf(name string) *decnet.ServiceSpec {
	i := strings.LastIndexByte(name, '.')
	if i <= 0 {
		return nil
	}
	return l.service(name[i+1:])
}

func (l *loader) service(slug string) *decnet.ServiceSpec {
	slug = strings.ToLower(slug)
	for i := range l.services {
		if l.services[i].Slug == slug {
			return &l.services[i]
		}
	}
	return nil
}

var deckyName = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)

// hostLabel makes a section's name into a decky's: a label of host names, since
// it becomes a part of subjects and host names.
func hostLabel(name string) (string, error) {
	if len(name) > maxName || !deckyName.MatchString(name) {
		return "", fmt.Errorf("is no name for a decky: want letters, digits, hyphens, dots and underscores")
	}
	label := strings.Trim(strings.NewReplacer(".", "-", "_", "-").Replace(strings.ToLower(name)), "-")
	if err := decnet.CheckName(label); err != nil {
		return "", fmt.Errorf("is no name for a decky: %w", err)
	}
	return label, nil
}
