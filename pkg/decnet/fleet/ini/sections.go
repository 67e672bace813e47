package ini

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
	"github.com/decnet/decnet/pkg/decnet/fleet"
)

// each calls set for the section's keys that keys knows, and tells of others.
func (l *loader) each(s *section, keys []Key, set func(name, value string) error) {
	for _, e := range s.keys {
		name := canonical(keys, e.name)
		if name == "" {
			if !l.problems.Full() {
				l.problem(s, e.line, "unknown key %q%s", short(e.name), l.hint(s, e.name, keys))
			}
			continue
		}
		if e.value == "" {
			l.problem(s, e.line, "%s is empty: give it a value or take the line away", e.name)
			continue
		}
		if err := set(name, e.value); err != nil {
			l.problem(s, e.line, "%s: %v", e.name, err)
		}
	}
}

// hint suggests what was meant by an unknown key, or by the section it is in.
func (l *loader) hint(s *section, name string, keys []Key) string {
	if near := decnet.Nearest(name, names(keys)); near != "" {
		return fmt.Sprintf("; did you mean %q?", near)
	}
	if base, last, dotted := cutLast(s.name); dotted {
		var slugs []string
		for i := range l.services {
			slugs = append(slugs, l.services[i].Slug)
		}
		if near := decnet.Nearest(last, slugs); near != "" {
			return fmt.Sprintf("; did you mean the section [%s.%s]?", base, near)
		}
	}
	return "; want one of " + strings.Join(names(keys), ", ")
}

func cutLast(name string) (base, last string, found bool) {
	i := strings.LastIndexByte(name, '.')
	if i <= 0 {
		return name, "", false
	}
	return name[:i], name[i+1:], true
}

func (l *loader) general(s *section) {
	r := l.request
	l.each(s, generalKeys, func(name, value string) (err error) {
		switch name {
		case "net":
			if r.Network.Subnet, err = netip.ParsePrefix(value); err != nil {
				return fmt.Errorf("%q: want a subnet such as 10.20.0.0/24", short(value))
			}
		case "gw":
			r.Network.Gateway, err = address(value)
		case "ip_start":
			r.IPStart, err = address(value)
		case "interface":
			r.Network.Interface = value
		case "log_target":
			r.LogTarget = decnet.LogTarget(value)
			err = r.LogTarget.Check()
		case "mutate_interval":
			r.DefaultMinutes, err = minutes(value)
		}
		return err
	})
}

func address(value string) (netip.Addr, error) {
	a, err := netip.ParseAddr(value)
	if err != nil {
		return a, fmt.Errorf("%q: want an address such as 10.20.0.10", short(value))
	}
	return a.Unmap(), nil
}

// minutes reads an interval; "never" is 0.
func minutes(value string) (int, error) {
	if strings.EqualFold(value, "never") {
		return 0, nil
	}
	return number(value, 1, fleet.MaxMinutes, "minutes, or never")
}

func number(value string, lowest, highest int, of string) (int, error) {
	n, err := strconv.Atoi(value)
	if err != nil || n < lowest || n > highest {
		return -1, fmt.Errorf("%q: want a whole number from %d to %d%s", short(value), lowest, highest, strings.TrimRight(" "+of, " "))
	}
	return n, nil
}

func list(value string) []string {
	var out []string
	for item := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == ',' || r == '\n' }) {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}

func (l *loader) decky(s *section) {
	label, err := hostLabel(s.name)
	if err != nil {
		l.problem(s, s.line, "%v", err)
		return
	}
	q := fleet.DeckyRequest{Name: label, Where: fmt.Sprintf("%s: [%s]", l.at(s.line), s.name), MutateMinutes: -1}
	amount := 1
	l.each(s, deckyKeys, func(name, value string) (err error) {
		switch name {
		case "ip":
			q.Address, err = address(value)
		case "archetype":
			q.Archetype = strings.ToLower(value)
			_, err = catalog.FindArchetype(q.Archetype)
		case "services":
			q.Services, err = l.slugs(list(value))
		case "distro":
			q.OSes, err = systems(list(value))
		case "nmap_os":
			q.Stack = strings.ToLower(value)
			_, err = catalog.FindStack(q.Stack)
		case "mutate_interval":
			q.MutateMinutes, err = minutes(value)
		case "amount":
			amount, err = number(value, 1, fleet.MaxAmount, "")
		}
		return err
	})
	if amount > 1 && q.Address.IsValid() {
		l.problem(s, s.line, "ip and amount=%d do not go together: one address is for one decky", amount)
		return
	}
	if label != s.name && amount >= 1 {
		l.request.Notes = append(l.request.Notes, fmt.Sprintf("%s: [%s] is deployed as %s, since its name becomes part of host names", l.at(s.line), s.name, label))
	}
	l.expand(s, q, max(amount, 1))
}

// expand adds the decky, or amount of them.
func (l *loader) expand(s *section, q fleet.DeckyRequest, amount int) {
	if len(l.request.Deckies)+amount > fleet.MaxDeckies {
		l.problem(s, s.line, "makes more than %d deckies", fleet.MaxDeckies)
		return
	}
	group := strings.ToLower(s.name)
	for i := 1; i <= amount; i++ {
		one := q
		if amount > 1 {
			one.Name = fmt.Sprintf("%s-%02d", q.Name, i)
			if err := decnet.CheckName(one.Name); err != nil {
				l.problem(s, s.line, "with amount=%d: %v", amount, err)
				return
			}
			// [web-01.ssh] is for that one alone.
			member := fmt.Sprintf("%s-%02d", group, i)
			l.groups[member] = append(l.groups[member], len(l.request.Deckies))
			l.members[member] = true
		}
		l.groups[group] = append(l.groups[group], len(l.request.Deckies))
		l.request.Deckies = append(l.request.Deckies, one)
	}
}

// slugs looks services up; [custom-NAME] may be called NAME or custom-NAME.
func (l *loader) slugs(given []string) ([]string, error) {
	out := make([]string, 0, len(given))
	for _, g := range given {
		g = strings.ToLower(g)
		spec := l.service(g)
		if spec == nil {
			spec = l.service(strings.TrimPrefix(g, customPrefix))
		}
		if spec == nil {
			var all []string
			for i := range l.services {
				all = append(all, l.services[i].Slug)
			}
			return nil, catalog.Unknown("service", short(g), all)
		}
		out = append(out, spec.Slug)
	}
	return out, nil
}

func systems(given []string) ([]string, error) {
	for i := range given {
		given[i] = strings.ToLower(given[i])
		if _, err := catalog.FindOS(given[i]); err != nil {
			return nil, err
		}
	}
	return given, nil
}
