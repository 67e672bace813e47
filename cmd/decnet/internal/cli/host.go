package cli

import (
	"github.com/decnet/decnet/cmd/decnet/internal/stack"
)

// host is the host that deckies are for: the one that was given, that of the
// stack that runs here, or this machine as the configuration names it.
func (a *app) host(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	dir, err := a.dir()
	if err != nil {
		return "", err
	}
	if run, err := stack.ReadRunFile(dir); a.busURL == "" && err == nil && run.Host != "" {
		return run.Host, nil
	}
	cfg, _, err := a.loadConfig(nil)
	return cfg.Host, err
}
