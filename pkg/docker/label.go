package docker

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/docker/docker/api/types/filters"
)

// Label is on every container, network and built image that this package made,
// with a digest of what it was made from. What does not have it is left alone, with
// one exception: containers that Compose made from DECNET's own file have labels of
// DECNET's too, and a decky may be taken over from it.
const Label = "decnet.spec"

// prefix is that of all labels of DECNET's.
const prefix = "decnet."

// Labels of the containers of a fleet.
const (
	// LabelInstallation is whose a container is, where several share an engine;
	// what has another one's is left alone.
	LabelInstallation = "decnet.installation"
	LabelFleet        = "decnet.fleet"
	LabelDecky        = "decnet.fleet.decky"
	// LabelService is "true" on the containers that serve something, and
	// LabelServiceName what that is.
	LabelService     = "decnet.fleet.service"
	LabelServiceName = "decnet.fleet.service_name"
)

// isOurs reports whether a container was made by DECNET, or for it by Compose.
func isOurs(labels map[string]string) bool {
	for k := range labels {
		if strings.HasPrefix(k, prefix) {
			return true
		}
	}
	return false
}

// digest is what Label holds for something that is made from v.
func digest(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic("docker: " + err.Error()) // only of types of this package, which can be encoded
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:12])
}

// labelled is a copy of labels with Label.
func labelled(labels map[string]string, sum string) map[string]string {
	all := map[string]string{Label: sum}
	for k, v := range labels {
		all[k] = v
	}
	return all
}

// carries reports whether something has all of those labels; one without a value
// may have any.
func carries(have, want map[string]string) bool {
	for k, v := range want {
		if got, ok := have[k]; !ok || v != "" && got != v {
			return false
		}
	}
	return true
}

// selecting makes the engine's filter for labels, as carries understands them.
func selecting(labels map[string]string) filters.Args {
	args := filters.NewArgs()
	for k, v := range labels {
		if v != "" {
			k += "=" + v
		}
		args.Add("label", k)
	}
	return args
}
