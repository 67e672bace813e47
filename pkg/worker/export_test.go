package worker

import "context"

// ParseDotEnv is for the fuzz target, which needs no files.
var ParseDotEnv = parseDotEnv

// Probe is what --probe does, without a process.
func Probe(ctx context.Context, cfg Configuration) error { return probeAlone(ctx, cfg, "") }
