package ssh

import (
	"strings"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/ssh/transport"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/sshfp"
)

// logKex takes note of what a client offers.
func logKex(conn *decoy.Conn, o *transport.Offer) {
	text := func(names []string) string { return strings.Join(names, ",") }
	offered := sshfp.KexInit{
		Kex: text(o.Kex), HostKeys: text(o.HostKeys),
		CiphersToServer: text(o.CiphersIn), MACsToServer: text(o.MACsIn), CompressToServer: text(o.CompressIn),
	}
	hash, _ := offered.HASSH()
	conn.Log(kindKex, decoy.Fields{
		"hassh": hash, "kex": offered.Kex, "host_keys": offered.HostKeys,
		"ciphers": offered.CiphersToServer, "macs": offered.MACsToServer, "compressions": offered.CompressToServer,
	}, "the client offers %d key exchanges", len(o.Kex))
}
