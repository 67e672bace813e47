package corpus

import (
	"fmt"

	"github.com/decnet/decnet/decoys/decoytest/twin"
)

// What OpenSSH offers, as far as the client has it.
var (
	kexes = []string{
		"curve25519-sha256", "curve25519-sha256@libssh.org", "ecdh-sha2-nistp256", "ecdh-sha2-nistp384", "ecdh-sha2-nistp521",
		"diffie-hellman-group-exchange-sha256", "diffie-hellman-group14-sha256", "diffie-hellman-group16-sha512", "diffie-hellman-group18-sha512",
	}
	hostKeyTypes = []string{"rsa-sha2-512", "rsa-sha2-256", "ecdsa-sha2-nistp256", "ssh-ed25519"}
	ciphers      = []string{"chacha20-poly1305@openssh.com", "aes128-ctr", "aes192-ctr", "aes256-ctr", "aes128-gcm@openssh.com", "aes256-gcm@openssh.com"}
	macs         = []string{
		"hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha1-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512", "hmac-sha1",
	}
)

// handshakes are whole key exchanges of everything that is offered, each with
// one encrypted exchange after it.
func handshakes() []twin.Dialogue {
	var all []twin.Dialogue
	add := func(name string, o *offer) {
		all = append(all, script("handshake/"+name, o, func(c *client) error {
			if err := c.identify(); err != nil {
				return err
			}
			note, err := c.exchange()
			if note != "" {
				c.w.Note("key exchange", note)
			}
			if err != nil {
				return err
			}
			return c.say("service request", message(msgServiceRequest, "ssh-userauth"))
		}))
	}
	for _, kex := range kexes {
		for _, key := range hostKeyTypes {
			add(kex+" "+key, usual().with(listKex, kex).with(listHostKey, key))
		}
	}
	for _, cipher := range ciphers {
		add(cipher, usual().with(listCipherIn, cipher).with(listCipherOut, cipher))
	}
	for _, mac := range macs {
		add(mac, usual().with(listMACIn, mac).with(listMACOut, mac))
	}
	for i, in := range ciphers {
		out := ciphers[(i+2)%len(ciphers)]
		add(in+" in and "+out+" out", usual().with(listCipherIn, in).with(listCipherOut, out).with(listMACIn, macs[i]).with(listMACOut, macs[(i+3)%len(macs)]))
	}
	for _, o := range []string{",ext-info-c", ",kex-strict-c-v00@openssh.com", ",ext-info-c,kex-strict-c-v00@openssh.com", ",ext-info-s", ",kex-strict-s-v00@openssh.com"} {
		add("curve25519-sha256"+o, usual().with(listKex, "curve25519-sha256"+o))
	}
	return all
}

// services are service requests.
func services() []twin.Dialogue {
	userauth := message(msgServiceRequest, "ssh-userauth")
	var all []twin.Dialogue
	for name, payloads := range map[string][][]byte{
		"userauth": {userauth}, "userauth twice": {userauth, userauth}, "connection": {message(msgServiceRequest, "ssh-connection")}, "unknown": {message(msgServiceRequest, "no-such-service")},
		"empty": {message(msgServiceRequest, "")}, "no name": {{msgServiceRequest}}, "long": {message(msgServiceRequest, repeat("s", 5000))}, "control bytes": {message(msgServiceRequest, "a\x00\x1b[1m\n")},
		"trailing bytes": {append(userauth, 'x')}, "userauth first": {message(msgUserauth, User, "ssh-connection", "none")}, "channel first": {message(msgChannelOpen, "session", 0, 1<<20, 1<<14)},
		"global first": {message(msgGlobal, "keepalive@openssh.com", true)}, "ignore": {message(msgIgnore, "x"), userauth}, "debug": {message(msgDebug, true, "x", ""), userauth},
		"unimplemented": {message(msgUnimplemented, 1), userauth}, "disconnect": {message(msgDisconnect, 11, "bye", "")}, "ext-info": {message(msgExtInfo, 1, "a", "b"), userauth},
		"accept": {message(msgServiceAccept, "ssh-userauth")}, "newkeys": {{msgNewKeys}}, "kex init": {message(msgKexDHInit, repeat("\x09", 32))},
	} {
		all = append(all, keyed("service/"+name, usual(), sayAll(payloads...)))
	}
	for _, n := range []int{0, 8, 9, 19, 22, 35, 49, 54, 59, 60, 61, 66, 79, 81, 82, 91, 93, 94, 98, 99, 101, 127, 128, 191, 192, 255} {
		all = append(all, keyed(fmt.Sprintf("service/type %03d", n), usual(), sayAll(message(byte(n), repeat("\x00", 20)), userauth))) //nolint:gosec // small
		all = append(all, serviced(fmt.Sprintf("service/type %03d after accept", n), sayAll(message(byte(n), repeat("\x00", 20)))))    //nolint:gosec // small
	}
	sortByName(all)
	return all
}
