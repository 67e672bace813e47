// Package fields is the table of the fields of events. In goes an event; out come
// what about its fields is not as its service declares it, and the bounties that
// are in them. Who reads events need not know the decoys for that: table.json is
// made from their specs by "make tidy" and held to them by a test of
// decoys/registry.
package fields

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/decnet/decnet/pkg/decnet"
)

//go:embed table.json
var made []byte

// Declared is what the built services say of their events.
type Declared struct {
	// Common are the fields that a decoy's events of every kind may have.
	Common   []decnet.FieldSpec `json:"common"`
	Services []Service          `json:"services"`
}

// Service is a service, or another source of events, and the kinds it has.
type Service struct {
	Slug   string             `json:"slug"`
	Events []decnet.EventSpec `json:"events"`
}

// Declare takes out of specs what the table needs.
func Declare(common []decnet.FieldSpec, specs []decnet.ServiceSpec) Declared {
	d := Declared{Common: common, Services: make([]Service, len(specs))}
	for i, s := range specs {
		d.Services[i] = Service{Slug: s.Slug, Events: s.Events}
	}
	return d
}

// collected are the fields that the collector adds to a container's lines.
var collected = []decnet.FieldSpec{
	{Name: decnet.FieldClaimedDecky, Type: decnet.TypeString},
	{Name: decnet.FieldClaimedService, Type: decnet.TypeString},
	{Name: decnet.FieldStream, Type: decnet.TypeString},
	{Name: decnet.FieldCut, Type: decnet.TypeString},
}

// missing are the fields of the collector's own events, of what it cannot read.
var missing = []decnet.FieldSpec{
	{Name: decnet.FieldMissing, Type: decnet.TypeInt},
	{Name: decnet.FieldWriter, Type: decnet.TypeString},
	{Name: decnet.FieldFirst, Type: decnet.TypeInt},
}

// A Table says which fields the events of which service have. It does not change
// once it is made; any number may read it.
type Table struct{ services map[string]service }

type service struct {
	built bool
	kinds map[string]kind
}

type kind struct {
	fields map[string]*decnet.FieldSpec
	// finds are those with findings, in the order of the spec; most kinds have none.
	finds []*decnet.FieldSpec
}

// Known is the table of every built service, of Workers and of Planned.
var Known = sync.OnceValue(func() *Table {
	var d Declared
	if err := json.Unmarshal(made, &d); err != nil {
		panic(fmt.Sprintf("fields: table.json: %v", err)) // it is ours, and a test reads it
	}
	d.Services = append(d.Services, Workers()...)
	return New(d, Planned())
})

// New makes a table of built services and of planned ones, whose events may have
// any further kinds and fields.
func New(built Declared, planned []Service) *Table {
	t := &Table{services: make(map[string]service, len(built.Services)+len(planned))}
	for _, s := range planned {
		t.services[s.Slug] = service{built: false, kinds: kindsOf(s.Events, nil)}
	}
	common := append(slices.Clone(collected), built.Common...)
	for _, s := range built.Services {
		t.services[s.Slug] = service{built: true, kinds: kindsOf(s.Events, common)}
	}
	return t
}

func kindsOf(events []decnet.EventSpec, common []decnet.FieldSpec) map[string]kind {
	// What a container writes beside its events is an event of kind raw.
	kinds := map[string]kind{decnet.KindRaw: kindOf(common), decnet.KindMissing: kindOf(missing)}
	for _, e := range events {
		kinds[e.Kind] = kindOf(append(slices.Clone(common), e.Fields...))
	}
	return kinds
}

func kindOf(fields []decnet.FieldSpec) kind {
	k := kind{fields: make(map[string]*decnet.FieldSpec, len(fields))}
	for i := range fields {
		f := &fields[i]
		k.fields[f.Name] = f
		if len(f.Findings) > 0 {
			k.finds = append(k.finds, f)
		}
	}
	return k
}

// Check reports what about an event's fields is not as declared: a kind or a field
// that its service does not have, or a value that is not of its field's type. An
// event of a service that is not built here is always as declared.
func (t *Table) Check(e *decnet.Event) error {
	s := t.services[e.Service]
	if !s.built {
		return nil
	}
	k, ok := s.kinds[e.Kind]
	if !ok {
		return fmt.Errorf("service %s declares no event %.64q", e.Service, e.Kind)
	}
	for name, value := range e.Fields {
		f, ok := k.fields[name]
		if !ok {
			return fmt.Errorf("event %s of service %s has no field %.64q", e.Kind, e.Service, name)
		}
		if err := f.Check(value, e.Fields[decnet.FieldCut]); err != nil {
			return fmt.Errorf("event %s of service %s: %w", e.Kind, e.Service, err)
		}
	}
	return nil
}
