package cli

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/decnet/decnet/cmd/decnet/internal/stack"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/fleet"
	"github.com/decnet/decnet/pkg/decnet/fleet/ini"
)

// sample is the request of the sample file.
func sample(t *testing.T) *fleet.Request {
	t.Helper()
	r := fleet.NewRequest("h1")
	if err := ini.Load("sample.ini", []byte(ini.Sample(stack.Services())), stack.Services(), r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTheSampleCanBeDeployed(t *testing.T) {
	for _, driver := range decnet.Drivers() {
		r := sample(t)
		r.Driver = driver
		plan, err := fleet.Make(r, &fleet.World{Services: stack.Services(), Installation: "x"})
		if err != nil || plan.Count(fleet.Add) != 4 {
			t.Errorf("%s: %v", driver, err)
		}
	}
	// With every commented line live it is still right, but for the image, which
	// needs Docker.
	text := strings.ReplaceAll(strings.Replace(ini.Sample(stack.Services()), "\n;amount = 3", "", 1), "\n;", "\n")
	var live []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, " ") && !strings.HasSuffix(line, "= \n") { // a setting whose default is empty
			live = append(live, line)
		}
	}
	r := fleet.NewRequest("h1")
	if err := ini.Load("live.ini", []byte(strings.Join(live, "")), stack.Services(), r); err != nil {
		t.Error(err)
	}
}

func TestTheSchemaTakesWhatPlanningTakes(t *testing.T) {
	data, err := json.Marshal(fleet.Schema(stack.Services()))
	if err != nil {
		t.Fatal(err)
	}
	var schema jsonschema.Schema
	if err := json.Unmarshal(data, &schema); err != nil {
		t.Fatal(err)
	}
	resolved, err := schema.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	check := func(change func(map[string]any)) error {
		data, err := json.Marshal(sample(t))
		if err != nil {
			t.Fatal(err)
		}
		var v map[string]any
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		change(v)
		return resolved.Validate(v)
	}
	if err := check(func(map[string]any) {}); err != nil {
		t.Errorf("the sample: %v", err)
	}
	for name, change := range map[string]func(map[string]any){
		"an unknown key":       func(v map[string]any) { v["subnets"] = 1 },
		"no deckies":           func(v map[string]any) { v["deckies"] = []any{} },
		"an unknown driver":    func(v map[string]any) { v["driver"] = "podman" },
		"an unknown archetype": func(v map[string]any) { v["deckies"].([]any)[0].(map[string]any)["archetype"] = "toaster" },
		"an unknown setting": func(v map[string]any) {
			v["deckies"].([]any)[0].(map[string]any)["settings"] = map[string]any{"ssh": map[string]any{"x": "y"}}
		},
	} {
		if check(change) == nil {
			t.Errorf("the schema takes %s", name)
		}
	}
}
