package decoytest

import (
	"slices"
	"strings"
	"testing"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
)

func checkSpec(t *testing.T, spec *decnet.ServiceSpec) {
	t.Helper()
	if err := decnet.CheckName(spec.Slug); err != nil {
		t.Error(err)
	}
	if spec.Title == "" || !strings.HasSuffix(spec.Summary, ".") || len(spec.Ports) == 0 {
		t.Errorf("want a title, a sentence as summary and ports: have %q, %q, %v", spec.Title, spec.Summary, spec.Ports)
	}
	for _, p := range spec.Ports {
		if p.Port == 0 || p.Transport != decnet.TCP && p.Transport != decnet.UDP {
			t.Errorf("port %v is none", p)
		}
	}
	checkSettings(t, spec)
	checkEvents(t, spec)
}

func checkSettings(t *testing.T, spec *decnet.ServiceSpec) {
	t.Helper()
	seen := make(map[string]bool)
	for _, s := range spec.Settings {
		if s.Name == "" || s.Doc == "" || seen[s.Name] {
			t.Errorf("setting %q: want a name of its own and a doc", s.Name)
		}
		seen[s.Name] = true
		// A default may be no value of its type only by mistake.
		if _, err := spec.Resolve(map[string]string{s.Name: s.Default}); err != nil {
			t.Errorf("default of %s: %v", s.Name, err)
		}
	}
	if _, err := spec.Resolve(map[string]string{"no-such-setting": "x"}); err == nil {
		t.Error("an unknown setting is accepted")
	}
}

func checkEvents(t *testing.T, spec *decnet.ServiceSpec) {
	t.Helper()
	kinds := make(map[string]bool)
	for _, e := range spec.Events {
		if e.Kind == "" || e.Doc == "" || kinds[e.Kind] {
			t.Errorf("event %q: want a kind of its own and a doc", e.Kind)
		}
		kinds[e.Kind] = true
		names := make(map[string]bool)
		for _, f := range e.Fields {
			if f.Name == "" || f.Doc == "" || names[f.Name] {
				t.Errorf("event %s: field %q: want a name of its own and a doc", e.Kind, f.Name)
			}
			names[f.Name] = true
			if !slices.Contains(decnet.FieldTypes(), f.Type) {
				t.Errorf("event %s: field %s has type %q, want one of %v", e.Kind, f.Name, f.Type, decnet.FieldTypes())
			}
			for _, finding := range f.Findings {
				if _, ok := finding.Spec(); !ok || finding.InHeaders() != (f.Type == decnet.TypeHeaders) {
					t.Errorf("event %s: field %s of type %s cannot have the finding %q", e.Kind, f.Name, f.Type, finding)
				}
			}
		}
	}
	for _, e := range decoy.Events() {
		if !kinds[e.Kind] {
			t.Errorf("event %s is not declared: use decoy.Events", e.Kind)
		}
	}
}
