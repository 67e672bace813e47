package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/decnet/decnet/cmd/decnet/internal/stack"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
)

// settledEarly are variables that are no setting: they say where settings are.
var settledEarly = []string{"DECNET_DATA_DIR"}

// loadConfig reads the whole configuration. flags are those that set a key.
// The warnings are about variables that set nothing.
func (a *app) loadConfig(flags map[string]*pflag.Flag) (cfg stack.Config, warnings []string, err error) {
	dir, err := a.dir()
	if err != nil {
		return cfg, nil, err
	}
	if dir, err = filepath.Abs(dir); err != nil {
		return cfg, nil, err
	}
	cfg = stack.Default(dir)
	file := a.config
	if file == "" {
		if auto := filepath.Join(dir, "decnet.yaml"); exists(auto) {
			file = auto
		}
	}
	settings, err := worker.Load(&cfg, worker.Sources{File: file, Environ: os.Environ(), Flags: flags})
	if err != nil {
		return cfg, nil, err
	}
	if a.busURL != "" {
		cfg.Bus.URL = a.busURL
	}
	for _, name := range worker.Unknown(settings, os.Environ()) {
		if strings.Contains(strings.Join(settledEarly, " "), name) {
			continue
		}
		w := fmt.Sprintf("environment variable %s sets nothing", name)
		if near := decnet.Nearest(name, variables(settings)); near != "" {
			w += fmt.Sprintf("; did you mean %s?", near)
		}
		warnings = append(warnings, w)
	}
	return cfg, warnings, cfg.Validate()
}

func variables(settings []worker.Setting) []string {
	var names []string
	for _, s := range settings {
		names = append(names, s.Env...)
	}
	return names
}

// exists is also true for what cannot be looked at: that is told when it is read.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil || !os.IsNotExist(err)
}
