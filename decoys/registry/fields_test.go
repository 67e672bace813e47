package registry_test

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"testing"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/decnet/fields"
)

var update = flag.Bool("update", false, "write the table of fields anew")

// The ingester knows fields from a table that is made from the specs.
func TestFieldTableIsCurrent(t *testing.T) {
	const path = "../../pkg/decnet/fields/table.json"
	want, err := json.MarshalIndent(fields.Declare(decoy.CommonFields(), registry.All().Specs()), "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile(path, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if have, err := os.ReadFile(path); err != nil || string(have) != string(want) {
		t.Errorf("%s is out of date (%v): run make tidy", path, err)
	}
}

// What a source that was planned was to find is found by the built one.
func TestPlannedFieldsAreOfWhatIsNotBuilt(t *testing.T) {
	for _, s := range fields.Planned() {
		if slices.Contains(registry.All().Slugs(), s.Slug) {
			t.Errorf("%s is built: take it out of fields.Planned, with its findings in the spec", s.Slug)
		}
	}
}
