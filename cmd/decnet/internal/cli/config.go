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

// The variables that say where settings are; in the file they would come late.
const (
	dataDirVariable = "DECNET_DATA_DIR"
	configVariable  = "DECNET_CONFIG"
)

// effective is the whole configuration and how it came about.
type effective struct {
	stack.Config
	sources  worker.Sources
	settings []worker.Setting
	warnings []string
}

// loadConfig reads the whole configuration and refuses what cannot work. flags
// are those that set a key. The warnings are about files that others may read and
// variables that set nothing.
func (a *app) loadConfig(flags map[string]*pflag.Flag) (stack.Config, []string, error) {
	e, err := a.readConfig(flags)
	if err != nil {
		return stack.Config{}, nil, err
	}
	e.sources.Export()
	return e.Config, e.warnings, e.validate()
}

// dir settles the data directory: flag, environment, .env files, default.
func (a *app) dir() (string, error) {
	_, dir, err := a.sources(nil)
	if err != nil {
		return "", err
	}
	return dir.Value.(string), nil
}

// sources settles the data directory and returns it as a setting, for lists,
// beside all that is known before it is looked into.
func (a *app) sources(flags map[string]*pflag.Flag) (src worker.Sources, dir worker.Setting, err error) {
	src = worker.Sources{Environ: os.Environ(), Flags: flags}
	if err := src.ReadDotEnv("."); err != nil {
		return src, dir, err
	}
	dir = worker.Setting{
		Key: "data_dir", Env: []worker.Variable{{Name: dataDirVariable}},
		Doc: "folder where everything is kept; set by --data-dir or the variable, not in a file",
	}
	path := a.dataDir
	dir.Origin = "flag --data-dir"
	if path == "" {
		path, dir.Origin = src.Lookup(dataDirVariable)
	}
	if path == "" {
		dir.Origin = "default"
		path, err = stack.DefaultDataDir()
	}
	dir.Value = path
	return src, dir, err
}

// readConfig reads the configuration without judging whether it can work.
func (a *app) readConfig(flags map[string]*pflag.Flag) (*effective, error) {
	src, dir, err := a.sources(flags)
	if err != nil {
		return nil, err
	}
	abs, err := filepath.Abs(dir.Value.(string))
	if err != nil {
		return nil, err
	}
	dir.Value = abs
	if err := src.ReadDotEnv(abs); err != nil {
		return nil, err
	}
	file := a.configFile(&src, abs)
	e := &effective{Config: stack.Default(abs), sources: src}
	settings, err := worker.Load(&e.Config, e.sources)
	if err != nil && strings.HasPrefix(file.Origin, "env ") && strings.HasPrefix(err.Error(), "config ") {
		return nil, fmt.Errorf("%s: %w", file.Origin, err)
	}
	if err != nil {
		return nil, err
	}
	e.settings = append([]worker.Setting{dir, file}, settings...)
	if a.busURL != "" {
		e.Bus.URL = a.busURL
		for i := range e.settings {
			if s := &e.settings[i]; s.Key == "bus.url" {
				s.Value, s.Origin = a.busURL, "flag --bus"
			}
		}
	}
	e.warnings = append(src.Warnings(e.settings), strays(src.Unknown(e.settings), e.settings)...)
	return e, nil
}

// namesBus reports whether the command line or the environment says which bus is
// meant: then it is not that of a stack which happens to run here.
func (e *effective) namesBus() bool {
	for _, s := range e.settings {
		if s.Key == "bus.url" {
			return e.Bus.URL != "" && (s.Origin == "flag --bus" || strings.HasPrefix(s.Origin, "env "))
		}
	}
	return false
}

// ownStack is the stack that runs on the data folder, nil if none does or commands
// talk to another bus.
func (a *app) ownStack() *stack.RunFile {
	dir, err := a.dir()
	if err != nil || a.busURL != "" {
		return nil
	}
	run, err := stack.ReadRunFile(dir)
	if err != nil {
		return nil
	}
	if e, err := a.readConfig(nil); err == nil && e.namesBus() && e.Bus.URL != run.BusURL {
		return nil
	}
	return run
}

// configFile settles the configuration file and returns it as a setting.
func (a *app) configFile(src *worker.Sources, dir string) worker.Setting {
	s := worker.Setting{
		Key: "config", Env: []worker.Variable{{Name: configVariable}},
		Doc: "configuration file, if it is not decnet.yaml in the data folder; set by --config or the variable",
	}
	src.File, s.Origin = a.config, "flag --config"
	if src.File == "" {
		src.File, s.Origin = src.Lookup(configVariable)
	}
	if src.File == "" {
		s.Origin = "default"
		if auto := filepath.Join(dir, "decnet.yaml"); exists(auto) {
			src.File = auto
		}
	}
	s.Value = src.File
	return s
}

// validate reports the first setting that cannot work, and where it was set.
func (e *effective) validate() error {
	err := e.Validate()
	if err == nil {
		return nil
	}
	for _, s := range e.settings {
		if rest, ok := strings.CutPrefix(err.Error(), s.Key); ok && strings.HasPrefix(rest, " ") && s.Origin != "default" {
			return fmt.Errorf("%s: %w", s.Origin, err)
		}
	}
	return err
}

// strays says of every variable that sets nothing why that is so.
func strays(unknown []worker.Stray, settings []worker.Setting) []string {
	var names, out []string
	for _, s := range settings {
		for _, v := range s.Env {
			names = append(names, v.Name)
		}
	}
	for _, stray := range unknown {
		what := "environment variable " + stray.Name
		if stray.File != "" {
			what = stray.File + ": variable " + stray.Name
		}
		if why := meansNothing(stray.Name); why != "" {
			out = append(out, what+" means nothing here: "+why)
			continue
		}
		what += " sets nothing"
		if near := decnet.Nearest(stray.Name, names); near != "" {
			what += fmt.Sprintf("; did you mean %s?", near)
		}
		out = append(out, what)
	}
	return out
}

// exists is also true for what cannot be looked at: that is told when it is read.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil || !os.IsNotExist(err)
}
