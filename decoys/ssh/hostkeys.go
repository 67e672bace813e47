package ssh

import (
	"bytes"
	"slices"

	"github.com/decnet/decnet/decoys/ssh/sshwire"
	"github.com/decnet/decnet/decoys/ssh/transport"
)

const proveHostKeys = "hostkeys-prove-00@openssh.com"

// prove shows a client that we hold the host keys that it names (OpenSSH's PROTOCOL section 2.5).
func prove(t *transport.Conn, keys []transport.HostKey, payload []byte) (reply []byte, ok bool) {
	r := sshwire.NewReader(payload)
	for range keys {
		if r.Done() {
			break
		}
		wanted := r.Bytes()
		i := slices.IndexFunc(keys, func(k transport.HostKey) bool {
			public, err := k.Public()
			return err == nil && bytes.Equal(public, wanted)
		})
		if !r.OK() || i < 0 {
			return nil, false
		}
		data := sshwire.AppendString(sshwire.AppendString(sshwire.AppendString(nil, proveHostKeys), t.SessionID), wanted)
		signature, err := keys[i].Sign(keys[i].Algorithms()[0], data)
		if err != nil {
			return nil, false
		}
		reply = sshwire.AppendString(reply, signature)
	}
	return reply, r.Done() && len(reply) > 0
}
