package registry_test

import (
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/decnet"
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
