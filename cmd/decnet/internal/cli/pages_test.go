package cli

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/cmd/decnet/internal/stack"
	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/worker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "write the generated pages of docs anew")

// The page of settings is made from the configuration's tags; this keeps it true.
func TestConfigurationPageIsCurrent(t *testing.T) {
	cfg := stack.Default("DATA")
	cfg.Host = "(this machine's name)"
	settings, err := worker.Load(&cfg, worker.Sources{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# Configuration\n\nMade from the code by `make tidy`; do not edit.\n\n" +
		"A setting comes from its default, then from `decnet.yaml` in the data folder (or the file of\n`--config`; YAML, TOML or JSON), " +
		"then from the first of its variables that is set, then from a flag.\nAn unknown key is an error, an unknown `DECNET_` variable a warning. " +
		"`DATA` stands for the data folder,\nwhich is `--data-dir`, else `DECNET_DATA_DIR`, else `decnet` in your state folder.\n\n" +
		"| key | variables | default | what |\n|---|---|---|---|\n")
	for _, s := range settings {
		if s.Doc == "" {
			t.Errorf("setting %s has no doc tag", s.Key)
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", s.Key, strings.Join(s.Env, "`, `"), orDash(fmt.Sprint(s.Value)), s.Doc)
	}
	checkPage(t, "configuration.md", b.String())
}

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
		b.WriteString("\n| event | field | what |\n|---|---|---|\n")
		for _, e := range s.Events {
			fmt.Fprintf(&b, "| `%s` | | %s |\n", e.Kind, e.Doc)
			for _, f := range e.Fields {
				fmt.Fprintf(&b, "| | `%s` | %s |\n", f.Name, f.Doc)
			}
		}
	}
	checkPage(t, "reference/services.md", b.String())
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
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
