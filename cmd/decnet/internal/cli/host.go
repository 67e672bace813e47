package cli

// host is the host that deckies are for: the one that was given, that of the
// stack that runs here, or this machine as the configuration names it.
func (a *app) host(given string) (string, error) {
	if given != "" {
		return given, nil
	}
	if run := a.ownStack(); run != nil && run.Host != "" {
		return run.Host, nil
	}
	cfg, _, err := a.loadConfig(nil)
	return cfg.Host, err
}
