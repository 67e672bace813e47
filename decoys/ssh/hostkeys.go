package ssh

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"slices"

	xssh "golang.org/x/crypto/ssh"

	"github.com/decnet/decnet/decoys/shell"
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
	return reply, r.Done()
}

// provideHostKeys puts the host keys where sshd has them, so that who looks finds the ones that he was
// shown. They are of no use to him: nobody trusts them for anything but this decky.
func provideHostKeys(system *shell.System, hostname string, keys []hostKey) {
	for _, k := range keys {
		base := "/etc/ssh/ssh_host_" + k.Name() + "_key"
		system.Provide(base, 0o600, func() string {
			private, err := k.Private()
			if err != nil {
				return ""
			}
			block, err := xssh.MarshalPrivateKey(private, "root@"+hostname)
			if err != nil {
				return ""
			}
			return string(pem.EncodeToMemory(block))
		})
		system.Provide(base+".pub", 0o644, func() string {
			public, err := k.Public()
			if err != nil {
				return ""
			}
			kind := sshwire.NewReader(public).Text()
			return kind + " " + base64.StdEncoding.EncodeToString(public) + " root@" + hostname + "\n"
		})
	}
}

// hostKeyNotice is OpenSSH's way to tell a client which host keys there are (PROTOCOL
// section 2.5).
func (s *server) hostKeyNotice() ([]byte, error) {
	b := sshwire.AppendBool(sshwire.AppendString([]byte{msgGlobalRequest}, "hostkeys-00@openssh.com"), false)
	for _, k := range s.transport.Keys {
		public, err := k.Public()
		if err != nil {
			return nil, fmt.Errorf("host key: %w", err)
		}
		b = sshwire.AppendString(b, public)
	}
	return b, nil
}
