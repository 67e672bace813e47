package worker

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// Sources are where a configuration comes from, besides its defaults. Each wins
// over those before it: File, variables of files (see ReadDotEnv), Environ, Flags.
type Sources struct {
	// File is a YAML, TOML or JSON file; empty means none.
	File string
	// Environ is os.Environ() or a test's. A variable that is empty counts as
	// one that is not set.
	Environ []string
	// Flags maps keys to flags; one that was given on the command line wins.
	Flags map[string]*pflag.Flag

	dotEnv  []dotEnv // the first one wins
	skipped []string // why files were left out
}

// layer is the variables of one place.
type layer struct {
	file string // "" for the environment itself
	vars map[string]string
}

// origin is that of a setting which the variable called name set.
func (l layer) origin(name string) string {
	if l.file == "" {
		return "env " + name
	}
	return fmt.Sprintf("env %s (%s)", name, l.file)
}

// layers are all places that have variables, the one that wins last.
func (s *Sources) layers() []layer {
	var out []layer
	for _, f := range slices.Backward(s.dotEnv) {
		out = append(out, layer{file: f.path, vars: f.vars})
	}
	env := make(map[string]string, len(s.Environ))
	for _, kv := range s.Environ {
		name, value, _ := strings.Cut(kv, "=")
		env[name] = value
	}
	return append(out, layer{vars: env})
}

// Lookup returns a variable that is needed before there is a configuration, and
// its origin as in Setting; two empty strings if it is set nowhere.
func (s *Sources) Lookup(name string) (value, origin string) {
	for _, l := range slices.Backward(s.layers()) {
		if value := l.vars[name]; value != "" {
			return value, l.origin(name)
		}
	}
	return "", ""
}

// Stray is a DECNET_ variable that sets nothing.
type Stray struct {
	Name string
	// File is where it stands, "" for the environment itself.
	File string
}

// Unknown returns the DECNET_ variables that set nothing, which are most likely
// misspelt.
func (s *Sources) Unknown(settings []Setting) []Stray {
	known := make(map[string]bool)
	for _, one := range settings {
		for _, v := range one.Env {
			known[v.Name] = true
		}
	}
	var unknown []Stray
	for _, l := range slices.Backward(s.layers()) {
		for name := range l.vars {
			if strings.HasPrefix(name, "DECNET_") && !known[name] {
				unknown = append(unknown, Stray{Name: name, File: l.file})
			}
		}
	}
	slices.SortFunc(unknown, func(x, y Stray) int { return strings.Compare(x.Name+" "+x.File, y.Name+" "+y.File) })
	return unknown
}

// Warnings are about files that were left out, and files that hold a secret but
// are readable by others than their owner.
func (s *Sources) Warnings(settings []Setting) []string {
	out := slices.Clone(s.skipped)
	for _, f := range s.dotEnv {
		if f.info.Mode()&0o044 == 0 {
			continue
		}
		for _, name := range secretNames(settings, f.vars) {
			out = append(out, fmt.Sprintf("%s sets the secret %s and others may read it: run chmod 600 %[1]s", f.path, name))
		}
	}
	for _, one := range settings {
		if one.Origin != "file "+s.File || !one.confidential() {
			continue
		}
		if info, err := os.Stat(s.File); err == nil && info.Mode()&0o044 != 0 {
			out = append(out, fmt.Sprintf("%s sets the secret %s and others may read it: run chmod 600 %[1]s", s.File, one.Key))
		}
	}
	return out
}

// secretNames are the variables in vars that hold something secret, sorted.
func secretNames(settings []Setting, vars map[string]string) []string {
	var names []string
	for _, one := range settings {
		for _, v := range one.Env {
			one.Value = vars[v.Name]
			if vars[v.Name] != "" && one.confidential() && !slices.Contains(names, v.Name) {
				names = append(names, v.Name)
			}
		}
	}
	for name, value := range vars {
		// Where exporters expect their credentials.
		if strings.HasPrefix(name, "OTEL_") && strings.HasSuffix(name, "_HEADERS") && value != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Export puts the OTEL_ variables of files into the environment of this process,
// unless it has them: the libraries for telemetry read them there.
func (s *Sources) Export() {
	for _, f := range s.dotEnv { // the first one wins
		for name, value := range f.vars {
			if strings.HasPrefix(name, "OTEL_") && os.Getenv(name) == "" {
				_ = os.Setenv(name, value) // fails for names that no file can have
			}
		}
	}
}
