// Command decnet-decoy is the unprivileged process in which decoys run. Its
// parent, a deployer, hands it listening sockets and event files on descriptor
// 3; it answers attackers and writes events. In the containers of the docker driver
// it is on its own; see package container. It is not run by hand.
package main

import (
	"os"

	"github.com/decnet/decnet/decoys/container"
	"github.com/decnet/decnet/decoys/host"
	"github.com/decnet/decnet/decoys/registry"
)

func main() {
	if args := os.Args[1:]; container.Is(args) {
		os.Exit(container.Main(args, registry.All(), os.Stdout, os.Stderr))
	}
	os.Exit(host.Main(os.Args[1:], registry.All(), os.Stderr))
}
