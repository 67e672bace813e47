package ssh

import (
	"bytes"
	"fmt"

	xssh "golang.org/x/crypto/ssh"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
)

// publicKey accepts the keys that somebody of the client's source has planted in a user's
// authorized_keys, and takes note of all.
func (c *client) publicKey(user string, key *offeredKey, proven bool) bool {
	comment, line, planted := c.planted(user, key.blob)
	fields := decoy.Fields{"key_type": key.kind, "proven": fmt.Sprint(proven)}
	if planted {
		fields["comment"] = comment
		c.remarks = append(c.remarks, line)
	}
	c.conn.LogCredential(user, []byte(key.fingerprint()), decnet.SecretPublicKey, planted && proven, fields)
	return planted
}

// maxAuthorized bounds how much of authorized_keys is looked at, in bytes.
const maxAuthorized = 64 << 10

// planted looks for a key in a user's authorized_keys as the client's source has left it. remark is
// what OpenSSH says of a key that it finds.
func (c *client) planted(user string, blob []byte) (comment, remark string, ok bool) {
	if !c.server.world.System.MayLogIn(user) {
		return "", "", false
	}
	files := c.server.world.Files(c.source()).As(user)
	path := files.Home() + "/.ssh/authorized_keys"
	text, err := files.Read(path)
	if err != nil || len(text) > maxAuthorized {
		return "", "", false
	}
	number := 0
	for line := range bytes.Lines(text) {
		number++
		key, note, _, _, err := xssh.ParseAuthorizedKey(line)
		if err == nil && bytes.Equal(key.Marshal(), blob) {
			return note, fmt.Sprintf("%s:%d: key options: agent-forwarding port-forwarding pty user-rc x11-forwarding", path, number), true
		}
	}
	return "", "", false
}
