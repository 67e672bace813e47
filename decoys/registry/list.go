package registry

import "github.com/decnet/decnet/decoys/http"

// All returns every service there is. A new decoy is added here and nowhere else.
func All() Registry {
	return New(
		http.Service(),
	)
}
