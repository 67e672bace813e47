package cli

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/cmd/decnet/internal/stack"
	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
	"github.com/decnet/decnet/pkg/decnet/fleet"
	"github.com/decnet/decnet/pkg/decnet/fleet/ini"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "write the generated pages of docs anew")

// The page of services is made from their specs.
func TestServicesPageIsCurrent(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Services\n\nMade from the services' specs by `make tidy`; do not edit. Every event also has `seq` and `boot`,\n" +
		"the number of the line in the life of its decoy process and that life's name.\n")
	for _, s := range registry.All().Specs() {
		fmt.Fprintf(&b, "\n## %s\n\n%s: %s Listens on %s.\n", s.Slug, s.Title, s.Summary, ports(&s))
		if len(s.Settings) > 0 {
			b.WriteString("\n| setting | type | default | what |\n|---|---|---|---|\n")
		}
		for _, set := range s.Settings {
			kind := string(set.Type)
			if len(set.Choices) > 0 {
				kind = strings.Join(set.Choices, ", ")
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", set.Name, kind, orDash(set.Default), set.Doc)
		}
		b.WriteString("\n| event | field | type | what | bounties |\n|---|---|---|---|---|\n")
		for _, e := range s.Events {
			fmt.Fprintf(&b, "| `%s` | | | %s | |\n", e.Kind, e.Doc)
			for _, f := range e.Fields {
				fmt.Fprintf(&b, "| | `%s` | %s | %s | %s |\n", f.Name, f.Type, f.Doc, joined(f.Findings))
			}
		}
	}
	b.WriteString("\n## Bounties\n\nWhat is kept of an attacker beyond its events. Of some of them the source is not built yet.\n\n" +
		"| type | name | what |\n|---|---|---|\n")
	for _, f := range decnet.Findings() {
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", f.Type, f.Name, f.Doc)
	}
	checkPage(t, "reference/services.md", b.String())
}

func joined(findings []decnet.Finding) string {
	names := make([]string, len(findings))
	for i, f := range findings {
		names[i] = "`" + string(f) + "`"
	}
	return strings.Join(names, ", ")
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

// The commented sample is what "decnet validate --sample" prints.
func TestSamplePageIsCurrent(t *testing.T) {
	checkPage(t, "reference/fleet.ini", ini.Sample(stack.Services()))
}

// The schema is what "decnet validate --schema" prints.
func TestSchemaPageIsCurrent(t *testing.T) {
	data, err := json.MarshalIndent(fleet.Schema(stack.Services()), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	checkPage(t, "reference/fleet.schema.json", string(data)+"\n")
}

// The catalogue's page is made from its tables.
func TestCataloguePageIsCurrent(t *testing.T) {
	var b strings.Builder
	b.WriteString("# Catalogue\n\nMade from the tables of `pkg/decnet/catalog` by `make tidy`; do not edit. What is *not built* can be named\n" +
		"in a fleet, but a deploy that needs it is refused: nothing is faked.\n\n## Archetypes\n\n| archetype | what | services | operating systems |\n|---|---|---|---|\n")
	for _, a := range catalog.Archetypes() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", a.Slug, a.Description, strings.Join(a.Services, ", "), strings.Join(a.OSes, ", "))
	}
	b.WriteString("\n## Operating systems\n\nThe first nine are the Linux distros.\n\n| system | name | `nmap_os` | stack | host names | container image |\n|---|---|---|---|---|---|\n")
	for _, o := range catalog.OSes() {
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s |\n", o.Slug, o.Name, o.Family, o.Stack, o.Style, o.Image)
	}
	b.WriteString("\n## TCP/IP stacks\n\nA decky has the stack of its operating system.\n\n| stack | `nmap_os` | what nmap 7.93 calls it |\n|---|---|---|\n")
	for _, s := range catalog.Stacks() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", s.Slug, s.Family, s.Nmap)
	}
	b.WriteString("\nThe sysctls of a decky's network namespace, below `net.ipv4.`; what more there is to a stack\nis in [Personas](../personas.md).\n\n| key |")
	for _, s := range catalog.Stacks() {
		fmt.Fprintf(&b, " `%s` |", s.Slug)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(catalog.Stacks())) + "\n")
	for _, k := range catalog.SysctlKeys() {
		fmt.Fprintf(&b, "| %s |", k)
		for _, s := range catalog.Stacks() {
			fmt.Fprintf(&b, " %s |", s.Sysctls[k])
		}
		b.WriteString("\n")
	}
	b.WriteString("\n## Services\n\n| service | what | ports | runs on | |\n|---|---|---|---|---|\n")
	for _, s := range stack.Services() {
		state := "**built**"
		if !s.Built {
			state = "not built"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", s.Slug, s.Title, ports(&s), strings.Join(s.RunsOn, ", "), state)
	}
	checkPage(t, "reference/catalogue.md", b.String())
}

// checkPage compares a page of docs with what it should be, or writes it.
func checkPage(t *testing.T, name, want string) {
	t.Helper()
	path := "../../../../docs/" + name
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != want {
		t.Errorf("%s is out of date: run make tidy", path)
	}
}
