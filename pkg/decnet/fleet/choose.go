package fleet

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
)

// choice is what a decky is to be.
type choice struct {
	os       catalog.OS
	stack    decnet.Family
	services []decnet.ServiceSpec
}

// choose settles the services, then an operating system that runs them, then the
// stack; what was said explicitly wins, then the archetype, then chance.
func (b *builder) choose(position int, q *DeckyRequest) (choice, error) {
	var c choice
	var archetype *catalog.Archetype
	if q.Archetype != "" {
		a, err := catalog.FindArchetype(q.Archetype)
		if err != nil {
			return c, err
		}
		archetype = &a
	}
	if q.Stack != "" {
		s, err := catalog.FindStack(q.Stack)
		if err != nil {
			return c, err
		}
		c.stack = s.Family
	}
	candidates, err := b.candidates(q, archetype, c.stack)
	if err != nil {
		return c, err
	}
	switch {
	case len(q.Services) > 0:
		c.services, err = b.find(q.Services, "")
	case archetype != nil:
		c.services, err = b.find(archetype.Services, "archetype "+archetype.Slug+" needs ")
	default:
		c.services, err = b.keepOrDraw(q.Name, candidates)
	}
	if err != nil {
		return c, err
	}
	c.os = b.pickOS(q.Name, candidates, c.services, position)
	if c.stack == "" {
		c.stack = c.os.Family
	}
	return c, nil
}

// candidates are the operating systems to choose from, best first.
func (b *builder) candidates(q *DeckyRequest, archetype *catalog.Archetype, stack decnet.Family) ([]catalog.OS, error) {
	names := q.OSes
	if len(names) == 0 && archetype != nil {
		names = archetype.OSes
	}
	if len(names) > 0 {
		var out []catalog.OS
		for _, n := range names {
			o, err := catalog.FindOS(n)
			if err != nil {
				return nil, err
			}
			out = append(out, o)
		}
		return out, nil
	}
	if stack != "" {
		var of []catalog.OS
		for _, o := range b.oses {
			if o.Family == stack {
				of = append(of, o)
			}
		}
		if b.request.AllowIncoherent { // then the stack may be put on whatever runs the services
			of = append(of, b.oses...)
		}
		return of, nil
	}
	return b.oses, nil
}

// pickOS takes the candidate that is next by position among those that run all
// of the services; among those of the family that comes first. A decky that is
// there already stays what it is, if that is among them.
func (b *builder) pickOS(name string, candidates []catalog.OS, services []decnet.ServiceSpec, position int) catalog.OS {
	fit := slices.DeleteFunc(slices.Clone(candidates), func(o catalog.OS) bool { return !runsAll(&o, services) })
	if len(fit) == 0 {
		return candidates[position%len(candidates)] // and have it said why not
	}
	if old := b.existing[name]; old != nil {
		if i := slices.IndexFunc(fit, func(o catalog.OS) bool { return o.Slug == old.OS }); i >= 0 {
			return fit[i]
		}
	}
	family := fit[0].Family
	fit = slices.DeleteFunc(fit, func(o catalog.OS) bool { return o.Family != family })
	return fit[position%len(fit)]
}

func runsAll(o *catalog.OS, services []decnet.ServiceSpec) bool {
	for i := range services {
		if !catalog.Runs(&services[i], o) {
			return false
		}
	}
	return true
}

// find looks services up; one that has no decoy is an error that says so.
func (b *builder) find(slugs []string, needs string) ([]decnet.ServiceSpec, error) {
	var out []decnet.ServiceSpec
	var missing []string
	for _, slug := range slugs {
		s, ok := b.services[slug]
		if !ok {
			return nil, catalog.Unknown("service", slug, b.slugs)
		}
		if slices.ContainsFunc(out, func(o decnet.ServiceSpec) bool { return o.Slug == slug }) {
			return nil, fmt.Errorf("service %s is listed twice", slug)
		}
		if !s.Built {
			if b.customOf(slug) != nil {
				return nil, fmt.Errorf("service %s is an image of yours: only the docker driver runs images (--driver docker)", slug)
			}
			missing = append(missing, slug)
		}
		out = append(out, s)
	}
	if len(missing) > 0 {
		verb := "is"
		if len(missing) > 1 {
			verb = "are"
		}
		return nil, fmt.Errorf("%s%s: not built yet, so it %s not faked either; built are %s", needs, strings.Join(missing, ", "), verb, strings.Join(b.built(), ", "))
	}
	return out, nil
}

func (b *builder) built() []string {
	var out []string
	for _, slug := range b.slugs {
		if s := b.services[slug]; s.Built && b.customOf(slug) == nil {
			out = append(out, slug)
		}
	}
	return out
}

// Draws of random services.
const (
	maxRandomServices = 3
	freshTries        = 20  // for a combination that the fleet does not have yet
	allTries          = 200 // for one at all
)

// keepOrDraw leaves a decky whose services nobody chose the ones it has, if it
// still can have them, and draws some for a new one.
func (b *builder) keepOrDraw(name string, candidates []catalog.OS) ([]decnet.ServiceSpec, error) {
	if old := b.existing[name]; old != nil && old.Archetype == "" {
		var slugs []string
		for _, s := range old.Services {
			slugs = append(slugs, s.Slug)
		}
		set, err := b.find(slugs, "")
		if err == nil && b.fits(set, candidates) {
			b.combos[comboKey(set)] = true
			return set, nil
		}
	}
	return b.draw(name, candidates)
}

// fits reports whether the services make up a machine one of the candidates can be.
func (b *builder) fits(set []decnet.ServiceSpec, candidates []catalog.OS) bool {
	return slices.ContainsFunc(candidates, func(o catalog.OS) bool { return runsAll(&o, set) }) && len(catalog.Together(set)) == 0
}

// draw picks one to three services that make up a machine which one of the
// candidates can be, preferably a combination that the fleet does not have yet.
func (b *builder) draw(name string, candidates []catalog.OS) ([]decnet.ServiceSpec, error) {
	built := b.built()
	r := rand.New(rand.NewChaCha8(secret(b.world.Installation, "services "+b.request.Fleet+"/"+name)))
	var fallback []decnet.ServiceSpec
	for try := range allTries {
		set := b.combination(r, built)
		if !b.fits(set, candidates) {
			continue
		}
		if key := comboKey(set); !b.combos[key] {
			b.combos[key] = true
			return set, nil
		}
		if fallback = set; try >= freshTries {
			break
		}
	}
	if fallback == nil {
		return nil, fmt.Errorf("no service that is built runs on %s; built are %s", osNames(candidates), strings.Join(built, ", "))
	}
	return fallback, nil
}

func (b *builder) combination(r *rand.Rand, built []string) []decnet.ServiceSpec {
	n := min(1+r.IntN(maxRandomServices), len(built))
	set := make([]decnet.ServiceSpec, 0, n)
	for _, i := range r.Perm(len(built))[:n] {
		set = append(set, b.services[built[i]])
	}
	slices.SortFunc(set, func(x, y decnet.ServiceSpec) int { return strings.Compare(x.Slug, y.Slug) })
	return set
}

func comboKey(set []decnet.ServiceSpec) string {
	var k strings.Builder
	for i := range set {
		k.WriteString(set[i].Slug + " ")
	}
	return k.String()
}

func osNames(list []catalog.OS) string {
	names := make([]string, len(list))
	for i := range list {
		names[i] = list[i].Slug
	}
	return strings.Join(names, ", ")
}
