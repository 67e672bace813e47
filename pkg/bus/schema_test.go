package bus_test

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
)

// bodies is the type of every topic's body, by its CloudEvents type.
var bodies = map[string]reflect.Type{
	bus.LogsRaw.Type:             reflect.TypeFor[decnet.RawLog](),
	bus.Wire.Type:                reflect.TypeFor[decnet.Event](),
	bus.LogsParsed.Type:          reflect.TypeFor[decnet.Event](),
	bus.AttackersSeen.Type:       reflect.TypeFor[decnet.Sightings](),
	bus.AttackersBehind.Type:     reflect.TypeFor[decnet.Sightings](),
	bus.AttackersProfiled.Type:   reflect.TypeFor[decnet.Profile](),
	bus.CredentialsCaptured.Type: reflect.TypeFor[decnet.Credential](),
	bus.BountiesFound.Type:       reflect.TypeFor[decnet.Bounty](),
	bus.AttackersTraversed.Type:  reflect.TypeFor[decnet.Traversal](),
	bus.AttackersLinked.Type:     reflect.TypeFor[decnet.AttackerLink](),
	bus.CredentialsReused.Type:   reflect.TypeFor[decnet.CredentialReuse](),
	bus.AttackersProbed.Type:     reflect.TypeFor[decnet.Probe](),
	bus.DeckiesState.Type:        reflect.TypeFor[decnet.DeckyState](),
	bus.SystemHealth.Type:        reflect.TypeFor[decnet.Health](),
	bus.DeadLetters.Type:         reflect.TypeFor[decnet.DeadLetter](),
}

const schemaDir = "../../docs/reference/schemas"

// A schema for every kind of message is made from the Go types and committed,
// for whoever reads the bus in another language.
func TestSchemasAreCurrent(t *testing.T) {
	options := &jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[time.Time]():    {Type: "string", Format: "date-time"},
		reflect.TypeFor[netip.Addr]():   {Type: "string", Description: "an IP address"},
		reflect.TypeFor[netip.Prefix](): {Type: "string", Description: "a network, such as 192.0.2.0/24"},
		reflect.TypeFor[[]byte]():       {Type: "string", ContentEncoding: "base64"},
	}}
	for name, body := range bodies {
		schema, err := jsonschema.ForType(body, options)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		schema.Schema, schema.Title = "https://json-schema.org/draft/2020-12/schema", name
		schema.AdditionalProperties = nil // a later version may add fields
		want, err := json.MarshalIndent(schema, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, '\n')
		path := filepath.Join(schemaDir, name+".json")
		if *update {
			if err := os.WriteFile(path, want, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if have, err := os.ReadFile(path); err != nil || !bytes.Equal(have, want) {
			t.Errorf("%s is out of date (%v): run make tidy", path, err)
		}
	}
}

// Samples of every version that was ever released must still decode, to values
// that encode to the same JSON again: nothing is renamed, retyped or dropped
// within a major version. A sample is never changed, only added.
func TestGoldenSamplesStillDecode(t *testing.T) {
	for name, body := range bodies {
		paths, err := filepath.Glob(filepath.Join("testdata", "golden", name+"*.json"))
		if err != nil || len(paths) == 0 {
			t.Errorf("there is no sample of %s: %v", name, err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			value := reflect.New(body)
			if err := json.Unmarshal(data, value.Interface()); err != nil {
				t.Errorf("%s: %v", path, err)
				continue
			}
			again, err := json.Marshal(value.Interface())
			if err != nil {
				t.Fatal(err)
			}
			var before, after map[string]any
			if err := json.Unmarshal(data, &before); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(again, &after); err != nil {
				t.Fatal(err)
			}
			for key, was := range before {
				if is, ok := after[key]; !ok || !reflect.DeepEqual(was, is) {
					t.Errorf("%s: %s was %v and is %v", path, key, was, after[key])
				}
			}
		}
	}
}
