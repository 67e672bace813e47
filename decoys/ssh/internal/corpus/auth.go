package corpus

import (
	"bytes"
	"crypto/ed25519"
	"time"

	"github.com/decnet/decnet/decoys/decoytest/twin"
)

func userauth(user, service, method string, more ...any) []byte {
	return message(msgUserauth, append([]any{user, service, method}, more...)...)
}

func password(user, secret string) []byte {
	return userauth(user, "ssh-connection", "password", false, secret)
}

func none(user string) []byte { return userauth(user, "ssh-connection", "none") }

// auths are attempts to log in.
func auths() []twin.Dialogue {
	key := testKey()
	blob := message(0, "ssh-ed25519", []byte(key.Public().(ed25519.PublicKey)))[1:] //nolint:forcetypeassert // it is
	query := func(user, kind string, blob []byte) []byte {
		return userauth(user, "ssh-connection", "publickey", false, kind, blob)
	}
	signed := func(user, kind string, signature []byte) []byte {
		return userauth(user, "ssh-connection", "publickey", true, kind, blob, signature)
	}
	badSignature := message(0, "ssh-ed25519", make([]byte, 64))[1:]
	quick := map[string][][]byte{
		"none": {none(User)}, "none for nobody": {none("no-such-user")}, "none twice": {none(User), none(User)}, "none with trailing bytes": {append(none(User), 'x')},
		"unknown method": {userauth(User, "ssh-connection", "no-such-method")}, "empty method": {userauth(User, "ssh-connection", "")}, "long method": {userauth(User, "ssh-connection", string(repeat("m", 5000)))},
		"control bytes in method": {userauth(User, "ssh-connection", "a\x00b\x1b")}, "keyboard-interactive": {userauth(User, "ssh-connection", "keyboard-interactive", "", "")},
		"keyboard-interactive cut": {userauth(User, "ssh-connection", "keyboard-interactive")}, "hostbased": {userauth(User, "ssh-connection", "hostbased", "ssh-ed25519", blob, "host", "user", badSignature)},
		"gssapi": {userauth(User, "ssh-connection", "gssapi-with-mic", 0)}, "wrong service": {userauth(User, "no-such-service", "none")}, "service of userauth": {userauth(User, "ssh-userauth", "none")},
		"empty service": {userauth(User, "", "none")}, "empty user": {none("")}, "user with nul": {none("ro\x00ot")}, "user with high bytes": {none("\xff\xfe\xfd")}, "user of utf8": {none("é")},
		"user of 256": {none(string(repeat("u", 256)))}, "user of 30000": {none(string(repeat("u", 30000)))}, "user with colon": {none("root:x")}, "user with slash": {none("root/shell")},
		"user changes": {none(User), none("admin")}, "service changes": {none(User), userauth(User, "other", "none")}, "user changes after three": {none(User), none(User), none(User), none("admin")},
		"no fields": {{msgUserauth}}, "no service": {message(msgUserauth, User)}, "no method": {message(msgUserauth, User, "ssh-connection")}, "length too big": {message(msgUserauth, 1<<30)},
		"password cut": {userauth(User, "ssh-connection", "password", false)}, "password no flag": {userauth(User, "ssh-connection", "password")},
		"password change cut": {userauth(User, "ssh-connection", "password", true, "a")},
		"publickey query":     {query(User, "ssh-ed25519", blob)}, "publickey query for nobody": {query("no-such-user", "ssh-ed25519", blob)}, "publickey unknown type": {query(User, "ssh-none", message(0, "ssh-none", "x")[1:])},
		"publickey types differ": {query(User, "ssh-rsa", blob)}, "publickey broken blob": {query(User, "ssh-ed25519", []byte("xxxx"))}, "publickey empty": {query(User, "", nil)},
		"publickey rsa sha1": {query(User, "ssh-rsa", message(0, "ssh-rsa", []byte{1, 0, 1}, append([]byte{0}, repeat("\xc1", 256)...))[1:])}, "publickey rsa of 512 bits": {query(User, "rsa-sha2-256", message(0, "ssh-rsa", []byte{1, 0, 1}, append([]byte{0}, repeat("\xc1", 64)...))[1:])},
		"publickey rsa": {query(User, "rsa-sha2-512", message(0, "ssh-rsa", []byte{1, 0, 1}, append([]byte{0}, repeat("\xc1", 256)...))[1:])}, "publickey cut": {userauth(User, "ssh-connection", "publickey", false)},
		"publickey bad signature": {signed(User, "ssh-ed25519", badSignature)}, "publickey no signature": {signed(User, "ssh-ed25519", nil)}, "publickey signature cut": {userauth(User, "ssh-connection", "publickey", true, "ssh-ed25519", blob)},
		"publickey signature of another type": {signed(User, "ssh-ed25519", message(0, "ssh-rsa", make([]byte, 64))[1:])}, "publickey trailing bytes": {append(query(User, "ssh-ed25519", blob), 'x')},
		"publickey six times": {query(User, "ssh-ed25519", blob), query(User, "ssh-ed25519", blob), query(User, "ssh-ed25519", blob), query(User, "ssh-ed25519", blob), query(User, "ssh-ed25519", blob), query(User, "ssh-ed25519", blob), query(User, "ssh-ed25519", blob)},
		"certificate":         {query(User, "ssh-ed25519-cert-v01@openssh.com", message(0, "ssh-ed25519-cert-v01@openssh.com", "nonce")[1:])}, "info response": {message(61, 0)}, "success": {{msgUserauthOK}},
		"unknown method ten times": {userauth(User, "ssh-connection", "x"), userauth(User, "ssh-connection", "x"), userauth(User, "ssh-connection", "x"), userauth(User, "ssh-connection", "x"), userauth(User, "ssh-connection", "x"), userauth(User, "ssh-connection", "x"), userauth(User, "ssh-connection", "x")},
		"channel open":             {message(msgChannelOpen, "session", 0, 1<<20, 1<<14)}, "global request": {message(msgGlobal, "keepalive@openssh.com", true)}, "service request": {message(msgServiceRequest, "ssh-userauth"), none(User)},
		"service request connection": {message(msgServiceRequest, "ssh-connection")}, "ignore between": {none(User), message(msgIgnore, "x"), none(User)},
	}
	var all []twin.Dialogue
	for name, payloads := range quick {
		all = append(all, serviced("auth/"+name, sayAll(payloads...)))
	}
	slow := map[string][][]byte{
		"password wrong": {password(User, "wrong")}, "password for nobody": {password("no-such-user", "wrong")}, "password empty": {password(User, "")}, "password empty for nobody": {password("no-such-user", "")},
		"password for daemon": {password("daemon", "wrong")}, "password with nul": {password(User, "a\x00b")}, "password of 1023": {password(User, string(repeat("p", 1023)))}, "password of 1025": {password(User, string(repeat("p", 1025)))},
		"password of 20000": {password(User, string(repeat("p", 20000)))}, "password with high bytes": {password(User, "\xff\xfe")}, "password change": {userauth(User, "ssh-connection", "password", true, Password, "new")},
		"password change wrong": {userauth(User, "ssh-connection", "password", true, "wrong", "new")}, "password trailing bytes": {append(password(User, "wrong"), 'x')}, "password right": {password(User, Password)},
		"password right with trailing bytes": {append(password(User, Password), 'x')}, "password after none": {none(User), password(User, "wrong")}, "password right after wrong": {password(User, "wrong"), password(User, Password)},
		"password right and another user after": {password(User, Password), none("admin")}, "password flag of two": {append(userauth(User, "ssh-connection", "password"), message(2, "wrong")...)},
		"password twice": {password(User, "a"), password(User, "b")}, "password seven times": {password(User, "a"), password(User, "a"), password(User, "a"), password(User, "a"), password(User, "a"), password(User, "a"), password(User, "a")},
		"password for user that changes": {password(User, "a"), password("admin", "a")}, "password right for empty service": {userauth(User, "", "password", false, Password)},
	}
	for name, payloads := range slow {
		d := serviced("auth/"+name, func(c *client) error {
			for _, p := range payloads {
				c.w.Patience = passwordTime
				if err := c.say("message", p); err != nil {
					return err
				}
			}
			c.w.Patience = c.patience / 3
			return nil
		})
		if name == "password wrong" || name == "password for nobody" {
			d.Runs = 12
		}
		all = append(all, d)
	}
	all = append(all,
		serviced("auth/two passwords at once", func(c *client) error {
			c.w.Patience = passwordTime
			if err := c.w.Send(append(c.seal(password(User, "a")), c.seal(password(User, "b"))...)); err != nil {
				return err
			}
			c.hear("first")
			c.hear("second")
			return nil
		}),
		serviced("auth/half close", func(c *client) error { return c.w.CloseWrite() }),
		serviced("auth/half close while a password is checked", func(c *client) error {
			c.w.Patience = 4 * time.Second
			if err := c.send(password(User, "wrong")); err != nil {
				return err
			}
			return c.w.CloseWrite()
		}),
	)
	sortByName(all)
	return all
}

func testKey() ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
}
