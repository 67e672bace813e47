// Command decnet-decoy is the unprivileged process in which decoys run. Its
// parent, a deployer, hands it listening sockets and event files on descriptor
// 3; it answers attackers and writes events. It is not run by hand.
package main

import (
	"os"

	"github.com/decnet/decnet/decoys/host"
	"github.com/decnet/decnet/decoys/registry"
)

func main() {
	os.Exit(host.Main(os.Args[1:], registry.All(), os.Stderr))
}
