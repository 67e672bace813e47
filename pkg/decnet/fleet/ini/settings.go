package ini

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/fleet"
)

// settings gives the keys of [NAME.SERVICE] to the deckies of that name: the one,
// the group, or one of the group.
func (l *loader) settings(s *section, spec *decnet.ServiceSpec) {
	base, _, _ := cutLast(s.name)
	deckies := l.groups[strings.ToLower(base)]
	if len(deckies) == 0 {
		if !l.problems.Full() {
			l.problem(s, s.line, "is for no decky: there is no [%s]%s", short(base), l.nearestGroup(base))
		}
		return
	}
	values := make(map[string]string, len(s.keys))
	for _, e := range s.keys {
		if spec.Built { // what the others will have nobody knows yet
			if err := spec.CheckSetting(e.name, e.value); err != nil {
				l.problem(s, e.line, "%v", err)
				continue
			}
		}
		values[e.name] = e.value
	}
	for _, i := range deckies {
		l.merge(&l.request.Deckies[i], spec.Slug, values, l.members[strings.ToLower(base)])
	}
}

// merge lays values over the decky's settings; those of a group give way to
// those of one of its deckies, whichever comes first in the file.
func (l *loader) merge(q *fleet.DeckyRequest, slug string, values map[string]string, specific bool) {
	all := make(map[string]map[string]string, len(q.Settings)+1) // the group's deckies share the map they have
	maps.Copy(all, q.Settings)
	merged := make(map[string]string, len(values))
	if specific {
		maps.Copy(merged, all[slug])
		maps.Copy(merged, values)
	} else {
		maps.Copy(merged, values)
		maps.Copy(merged, all[slug])
	}
	all[slug] = merged
	q.Settings = all
}

func (l *loader) nearestGroup(name string) string {
	if near := decnet.Nearest(strings.ToLower(name), slices.Sorted(maps.Keys(l.groups))); near != "" {
		return fmt.Sprintf("; did you mean [%s]?", near)
	}
	return ""
}

// custom reads a service of the user's own.
func (l *loader) custom(s *section, name string) {
	slug := strings.ToLower(name)
	if err := decnet.CheckName(slug); err != nil {
		l.problem(s, s.line, "%v", err)
		return
	}
	if l.service(slug) != nil {
		l.problem(s, s.line, "there is a service %s already: choose another name", slug)
		return
	}
	c := fleet.CustomRequest{Slug: slug}
	l.each(s, customKeys, func(key, value string) (err error) {
		switch key {
		case "binary":
			c.Image = value
		case "exec":
			c.Exec = strings.Fields(value)
		case "ports":
			c.Ports, err = ports(list(value))
		}
		return err
	})
	if c.Image == "" || len(c.Ports) == 0 {
		l.problem(s, s.line, "wants a container image as image= (or binary=) and its ports as ports=")
		return
	}
	l.request.Custom = append(l.request.Custom, c)
	l.services = append(slices.Clone(l.services), decnet.ServiceSpec{Slug: slug, Ports: c.Ports})
}

func ports(given []string) ([]decnet.PortSpec, error) {
	var out []decnet.PortSpec
	for _, g := range given {
		text, transport, found := strings.Cut(strings.ToLower(g), "/")
		if !found {
			transport = string(decnet.TCP)
		}
		n, err := strconv.ParseUint(text, 10, 16)
		if err != nil || n == 0 || transport != string(decnet.TCP) && transport != string(decnet.UDP) {
			return nil, fmt.Errorf("%q: want a port from 1 to 65535, with /udp for UDP", short(g))
		}
		p := decnet.PortSpec{Port: uint16(n), Transport: decnet.Transport(transport)}
		if slices.Contains(out, p) {
			return nil, fmt.Errorf("%s is listed twice", g)
		}
		out = append(out, p)
	}
	if len(out) == 0 {
		return nil, errors.New("want at least one port")
	}
	return out, nil
}
