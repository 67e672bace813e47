package ssh

import (
	"crypto/md5" //nolint:gosec // HASSH is defined with it
	"encoding/hex"
	"strings"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/ssh/transport"
)

// hassh is the fingerprint of an SSH client by what it offers
// (https://github.com/salesforce/hassh): methods, ciphers, MACs and compressions from client to
// server.
func hassh(o *transport.Offer) string {
	lists := [][]string{o.Kex, o.CiphersIn, o.MACsIn, o.CompressIn}
	parts := make([]string, len(lists))
	for i, l := range lists {
		parts[i] = strings.Join(l, ",")
	}
	sum := md5.Sum([]byte(strings.Join(parts, ";"))) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:])
}

// logKex takes note of what a client offers.
func logKex(conn *decoy.Conn, o *transport.Offer) {
	conn.Log(kindKex, decoy.Fields{
		"hassh": hassh(o), "kex": strings.Join(o.Kex, ","), "host_keys": strings.Join(o.HostKeys, ","),
		"ciphers": strings.Join(o.CiphersIn, ","), "macs": strings.Join(o.MACsIn, ","), "compressions": strings.Join(o.CompressIn, ","),
	}, "the client offers %d key exchanges", len(o.Kex))
}
