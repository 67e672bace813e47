package fleet

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
)

// builder makes deckies of one request.
type builder struct {
	request  *Request
	world    *World
	services map[string]decnet.ServiceSpec
	slugs    []string
	oses     []catalog.OS
	pool     *pool
	existing map[string]*decnet.Decky // of this fleet, by name
	foreign  map[string]string        // fleets of other deckies on this host, by name
	identity *identities
	combos   map[string]bool // service combinations drawn so far
	problems Problems
}

func newBuilder(r *Request, w *World) (*builder, error) {
	b := &builder{
		request: r, world: w, services: make(map[string]decnet.ServiceSpec), oses: catalog.OSes(),
		existing: make(map[string]*decnet.Decky), foreign: make(map[string]string), combos: make(map[string]bool),
	}
	for _, s := range w.Services {
		b.services[s.Slug] = s
		b.slugs = append(b.slugs, s.Slug)
	}
	if len(r.Deckies) == 0 {
		return nil, Problems{"no deckies: name at least one"}
	}
	if len(r.Deckies) > MaxDeckies {
		return nil, Problems{fmt.Sprintf("%d deckies are more than one fleet may have: want at most %d", len(r.Deckies), MaxDeckies)}
	}
	var err error
	if b.pool, err = newPool(r); err != nil {
		return nil, Problems{err.Error()}
	}
	if err := r.LogTarget.Check(); err != nil {
		return nil, Problems{err.Error()}
	}
	b.custom()
	b.identity = newIdentities(w)
	for i := range w.Deckies {
		d := &w.Deckies[i]
		switch {
		case d.Fleet == r.Fleet:
			b.existing[d.Name] = d
		case d.Host == r.Host:
			b.foreign[d.Name] = d.Fleet
			b.pool.taken[d.Address] = "decky " + d.Name + " of fleet " + d.Fleet
		}
	}
	return b, nil
}

// custom adds the user's own services to those there are.
func (b *builder) custom() {
	for _, c := range b.request.Custom {
		if _, taken := b.services[c.Slug]; taken {
			b.problems.Add("", fmt.Sprintf("custom service %s: there is a service of that name", c.Slug))
			continue
		}
		b.services[c.Slug] = decnet.ServiceSpec{Slug: c.Slug, Title: c.Image, Ports: c.Ports, Built: b.request.Driver == decnet.DriverDocker}
		b.slugs = append(b.slugs, c.Slug)
	}
}

// build makes every decky, or says everything that is wrong.
func (b *builder) build() ([]decnet.Decky, error) {
	out := make([]decnet.Decky, len(b.request.Deckies))
	seen := make(map[string]string, len(out))
	for i := range b.request.Deckies {
		q := &b.request.Deckies[i]
		if err := b.checkName(q, seen); err != nil {
			b.problems.Add(q.Where, err.Error())
			continue
		}
		if err := b.machine(i, q, &out[i]); err != nil {
			b.problems.Add(q.Where, err.Error())
		}
	}
	b.addresses(out)
	if err := b.problems.Err(); err != nil {
		return nil, err
	}
	for i := range out {
		d := &out[i]
		if old := b.existing[d.Name]; old != nil {
			d.Seed, d.Created = old.Seed, old.Created
		} else {
			d.Created = b.world.Now
		}
		if err := b.identity.settle(d, b.request.Fleet); err != nil {
			b.problems.Add(b.request.Deckies[i].Where, err.Error())
			continue
		}
		b.address6(d)
	}
	return out, b.problems.Err()
}

func (b *builder) checkName(q *DeckyRequest, seen map[string]string) error {
	if err := decnet.CheckName(q.Name); err != nil {
		return err
	}
	if first, twice := seen[q.Name]; twice {
		return fmt.Errorf("there are two deckies called %s%s", q.Name, first)
	}
	if q.Where != "" {
		seen[q.Name] = ", the other is at " + q.Where
	} else {
		seen[q.Name] = ""
	}
	if f, ok := b.foreign[q.Name]; ok {
		return fmt.Errorf("a decky of fleet %s is called %s: choose another name", f, q.Name)
	}
	return nil
}

// machine settles what the decky is: everything but its address and identity.
func (b *builder) machine(position int, q *DeckyRequest, d *decnet.Decky) error {
	*d = decnet.Decky{
		Name: q.Name, Host: b.request.Host, Fleet: b.request.Fleet, Driver: b.request.Driver, Archetype: q.Archetype,
		LogTarget: b.request.LogTarget, MutateMinutes: b.minutes(q),
	}
	if d.MutateMinutes > MaxMinutes {
		return fmt.Errorf("mutate interval of %d minutes: want at most %d, a year", d.MutateMinutes, MaxMinutes)
	}
	if b.request.Driver != decnet.DriverLoopback {
		n := b.request.Network
		d.Network = &n
	}
	choice, err := b.choose(position, q)
	if err != nil {
		return err
	}
	d.OS, d.Stack = choice.os.Slug, choice.stack
	for i := range choice.services {
		if s := &choice.services[i]; !catalog.Runs(s, &choice.os) { // no flag makes a decoy what it is not
			return fmt.Errorf("%s does not pass for a service of %s; it runs on %s", s.Slug, choice.os.Name, strings.Join(s.RunsOn, ", "))
		}
	}
	if reasons := catalog.Check(&choice.os, choice.stack, choice.services); len(reasons) > 0 && !b.request.AllowIncoherent {
		return fmt.Errorf("no such machine exists: %s (--allow-incoherent deploys it all the same)", strings.Join(reasons, "; "))
	}
	for i := range choice.services {
		s := &choice.services[i]
		req := decnet.ServiceRequest{Slug: s.Slug, Settings: q.Settings[s.Slug], Custom: b.customOf(s.Slug)}
		if req.Custom == nil {
			if _, err := s.Resolve(req.Settings); err != nil {
				return err
			}
		}
		d.Services = append(d.Services, req)
	}
	return b.orphans(q, d)
}

func (b *builder) customOf(slug string) *decnet.CustomService {
	for _, c := range b.request.Custom {
		if c.Slug == slug {
			return &c.CustomService
		}
	}
	return nil
}

// orphans refuses settings of services that the decky does not run.
func (b *builder) orphans(q *DeckyRequest, d *decnet.Decky) error {
	for slug := range q.Settings {
		runs := false
		for _, s := range d.Services {
			runs = runs || s.Slug == slug
		}
		if !runs {
			return fmt.Errorf("there are settings for %s, which it does not run", slug)
		}
	}
	return nil
}

// minutes settles the mutate interval: the request's own, the decky's, the
// request's default, the product's.
func (b *builder) minutes(q *DeckyRequest) int {
	for _, m := range []int{b.request.MutateMinutes, q.MutateMinutes, b.request.DefaultMinutes} {
		if m >= 0 {
			return m
		}
	}
	return DefaultMutateMinutes
}

// addresses gives every decky its address: first those that were asked for, then
// those they have, then free ones.
func (b *builder) addresses(deckies []decnet.Decky) {
	for i := range deckies {
		if q := &b.request.Deckies[i]; q.Address.IsValid() {
			if err := b.pool.claim(q.Address, "decky "+q.Name); err != nil {
				b.problems.Add(q.Where, err.Error())
			}
			deckies[i].Address = q.Address
		}
	}
	for i := range deckies {
		old := b.existing[deckies[i].Name]
		if old != nil && old.Host == b.request.Host && !deckies[i].Address.IsValid() && b.pool.claim(old.Address, "decky "+old.Name) == nil {
			deckies[i].Address = old.Address
		}
	}
	for i := range deckies {
		if deckies[i].Address.IsValid() || deckies[i].Name == "" {
			continue
		}
		a, err := b.pool.allocate(deckies[i].Name)
		if err != nil {
			b.problems.Add(b.request.Deckies[i].Where, fmt.Sprintf("%v: %d deckies need a larger one", err, len(deckies)))
			return
		}
		deckies[i].Address = a
	}
}

func (b *builder) address6(d *decnet.Decky) {
	if b.request.Prefix6.IsValid() && b.request.Driver != decnet.DriverLoopback {
		d.Address6 = address6(b.request.Prefix6, b.identity.random(d))
	} else {
		d.Address6 = netip.Addr{}
	}
}
