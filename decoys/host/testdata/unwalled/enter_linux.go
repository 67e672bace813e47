// Package sandbox takes the place of the real one in a benchmark: there are no
// walls.
package sandbox

// Enter does nothing.
func Enter(Config) ([]string, error) { return nil, nil }
