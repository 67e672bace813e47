// Package worker is what every worker shares around its own work: in go
// configuration and a function that does the work until it is told to stop, out
// come logs, traces, metrics, health on the bus, restarts and an orderly end.
//
// A worker exports New(Config, deps) and Run(ctx) error, which returns when it
// has drained. Its cmd/<name>/main.go calls Main with these; cmd/decnet composes
// the same workers in one process with Supervise.
//
// viper, the OpenTelemetry SDK and the Prometheus client are imported here alone.
package worker
