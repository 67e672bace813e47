// Package registry is the one list of the decoy services that exist. In goes a
// service's slug, out comes the service, or an error that suggests the name that
// was probably meant.
package registry

import (
	"fmt"
	"slices"
	"strings"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
)

// A Registry is a fixed set of services. The zero value is empty.
type Registry struct {
	services []decoy.Service // sorted by slug
}

// New returns the registry of the given services. It panics if two have one
// slug or a spec has none: that is a mistake in the list, not in any input.
func New(services ...decoy.Service) Registry {
	r := Registry{services: slices.Clone(services)}
	slices.SortFunc(r.services, bySlug)
	for i, s := range r.services {
		if err := decnet.CheckName(s.Spec.Slug); err != nil {
			panic(fmt.Sprintf("registry: service %d: %v", i, err))
		}
		if i > 0 && r.services[i-1].Spec.Slug == s.Spec.Slug {
			panic("registry: two services are called " + s.Spec.Slug)
		}
	}
	return r
}

func bySlug(a, b decoy.Service) int { return strings.Compare(a.Spec.Slug, b.Spec.Slug) }

// Find returns the service called slug.
func (r Registry) Find(slug string) (decoy.Service, error) {
	i, ok := slices.BinarySearchFunc(r.services, slug, func(s decoy.Service, slug string) int {
		return strings.Compare(s.Spec.Slug, slug)
	})
	if ok {
		return r.services[i], nil
	}
	if near := decnet.Nearest(slug, r.Slugs()); near != "" {
		return decoy.Service{}, fmt.Errorf("unknown service %q; did you mean %q?", slug, near)
	}
	return decoy.Service{}, fmt.Errorf("unknown service %q: want one of %v", slug, r.Slugs())
}

// Slugs returns the names of all services in order.
func (r Registry) Slugs() []string {
	out := make([]string, len(r.services))
	for i, s := range r.services {
		out[i] = s.Spec.Slug
	}
	return out
}

// Services returns all services in the order of their slugs.
func (r Registry) Services() []decoy.Service { return slices.Clone(r.services) }

// Specs returns the specs of all services in the order of their slugs.
func (r Registry) Specs() []decnet.ServiceSpec {
	out := make([]decnet.ServiceSpec, len(r.services))
	for i, s := range r.services {
		out[i] = s.Spec
	}
	return out
}
