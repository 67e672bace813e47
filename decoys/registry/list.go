package registry

import (
	"github.com/decnet/decnet/decoys/http"
	"github.com/decnet/decnet/decoys/ssh"
	"github.com/decnet/decnet/decoys/telnet"
)

// All returns every service there is. A new decoy is added here and nowhere else.
func All() Registry {
	return New(
		http.Service(),
		ssh.Service(),
		telnet.Service(),
	)
}
