package registry_test

import (
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func named(slug string) decoy.Service {
	return decoy.Service{Spec: decnet.ServiceSpec{Slug: slug}}
}

func TestFind(t *testing.T) {
	r := registry.New(named("ssh"), named("http"), named("telnet"))
	if s, err := r.Find("telnet"); err != nil || s.Spec.Slug != "telnet" {
		t.Errorf("have %v, %v", s.Spec.Slug, err)
	}
	for slug, want := range map[string]string{"telent": `did you mean "telnet"?`, "rdp9000": "[http ssh telnet]"} {
		if _, err := r.Find(slug); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: have %v, want %q", slug, err, want)
		}
	}
}

func TestMistakesInTheListPanic(t *testing.T) {
	for _, list := range [][]decoy.Service{{named("ssh"), named("http"), named("ssh")}, {named("")}, {named("No Slug")}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("no panic with %d services", len(list))
				}
			}()
			registry.New(list...)
		}()
	}
}

func TestAllIsSortedAndComplete(t *testing.T) {
	slugs := registry.All().Slugs()
	if !slices.IsSorted(slugs) || !slices.Contains(slugs, "ssh") || !slices.Contains(slugs, "http") {
		t.Errorf("have %v", slugs)
	}
	for i, s := range registry.All().Services() {
		if s.New == nil || s.Spec.Slug != slugs[i] || registry.All().Specs()[i].Title != s.Spec.Title {
			t.Errorf("service %s is incomplete", slugs[i])
		}
	}
}

// A service that is built is not planned any more, and runs on what there is.
func TestTheCatalogueAgrees(t *testing.T) {
	families := decnet.Families()
	for _, s := range registry.All().Specs() {
		if slices.Contains(catalog.Planned(), s.Slug) {
			t.Errorf("%s is built: take it out of the catalogue's plans", s.Slug)
		}
	}
	for _, s := range catalog.Services(registry.All().Specs()) {
		for _, on := range s.RunsOn {
			if _, err := catalog.FindOS(on); err != nil && !slices.Contains(families, decnet.Family(on)) {
				t.Errorf("%s runs on %s, which is no operating system or family", s.Slug, on)
			}
		}
	}
	for _, a := range catalog.Archetypes() {
		for _, slug := range a.Services {
			if _, err := registry.All().Find(slug); err != nil && !slices.Contains(catalog.Planned(), slug) {
				t.Errorf("archetype %s has the service %s, which is neither built nor planned", a.Slug, slug)
			}
		}
	}
}
