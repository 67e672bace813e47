package corpus

import "github.com/decnet/decnet/decoys/decoytest/twin"

func open(kind string, more ...any) []byte {
	return message(msgChannelOpen, append([]any{kind, ourNumber, window, maxChunk}, more...)...)
}

func global(kind string, wantReply bool, more ...any) []byte {
	return message(msgGlobal, append([]any{kind, wantReply}, more...)...)
}

// channels are other channels than sessions, global requests and what happens
// to a connection that is logged in.
func channels() []twin.Dialogue {
	none := string(repeat("h", 3000))
	var all []twin.Dialogue
	for name, payloads := range map[string][][]byte{
		"unknown": {open("no-such-channel")}, "empty": {open("")}, "cut": {message(msgChannelOpen, "session")}, "no type": {{msgChannelOpen}}, "session with trailing bytes": {openSession("xxxx")},
		"x11 from client": {open("x11", "127.0.0.1", 6000)}, "agent from client": {open("auth-agent@openssh.com")}, "forwarded-tcpip from client": {open("forwarded-tcpip", "127.0.0.1", 1, "127.0.0.1", 2)},
		"direct-tcpip refused": {open("direct-tcpip", "127.0.0.1", 1, "127.0.0.1", 1234)}, "direct-tcpip cut": {open("direct-tcpip", "127.0.0.1")}, "direct-tcpip port too big": {open("direct-tcpip", "127.0.0.1", 1<<17, "127.0.0.1", 1234)},
		"direct-tcpip no name": {open("direct-tcpip", "", 80, "127.0.0.1", 1234)}, "direct-tcpip long name": {open("direct-tcpip", none, 80, "127.0.0.1", 1234)}, "direct-streamlocal": {open("direct-streamlocal@openssh.com", "/nonexistent/socket", "", 0)},
		"direct-streamlocal cut": {open("direct-streamlocal@openssh.com", "/nonexistent/socket")}, "tun": {open("tun@openssh.com", 1, 0)}, "same number twice": {openSession(), openSession()},
		"global unknown": {global("no-such-request", true)}, "global unknown without reply": {global("no-such-request", false)}, "global empty": {global("", true)}, "global cut": {{msgGlobal}}, "keepalive": {global("keepalive@openssh.com", true)},
		"hostkeys-prove": {global("hostkeys-prove-00@openssh.com", true)}, "hostkeys-prove broken": {global("hostkeys-prove-00@openssh.com", true, "xxxx")}, "hostkeys-prove of another": {global("hostkeys-prove-00@openssh.com", true, message(0, "ssh-ed25519", make([]byte, 32))[1:])},
		"hostkeys from client": {global("hostkeys-00@openssh.com", true)}, "no more sessions": {global("no-more-sessions@openssh.com", true), openSession()}, "no more sessions without reply": {global("no-more-sessions@openssh.com", false), openSession()},
		"tcpip-forward privileged address": {global("tcpip-forward", true, "192.0.2.77", 8123)}, "tcpip-forward cut": {global("tcpip-forward", true, "127.0.0.1")}, "tcpip-forward port too big": {global("tcpip-forward", true, "127.0.0.1", 1<<17)},
		"cancel-tcpip-forward": {global("cancel-tcpip-forward", true, "127.0.0.1", 8123)}, "streamlocal-forward": {global("streamlocal-forward@openssh.com", true, "/nonexistent/socket")}, "cancel-streamlocal-forward": {global("cancel-streamlocal-forward@openssh.com", true, "/nonexistent/socket")},
		"success unasked": {{81}}, "failure unasked": {{msgRequestFailure}}, "userauth after login": {none2()}, "service request after login": {message(msgServiceRequest, "ssh-userauth")}, "service connection after login": {message(msgServiceRequest, "ssh-connection")},
		"ignore": {message(msgIgnore, "x")}, "debug": {message(msgDebug, true, "x", "")}, "unimplemented": {message(msgUnimplemented, 3)}, "disconnect": {message(msgDisconnect, 11, "bye", "")}, "newkeys": {{msgNewKeys}}, "kex init without kexinit": {message(msgKexDHInit, repeat("\x09", 32))},
		"type 101": {{101}}, "type 0": {{0}}, "type 255": {{255}}, "type 192": {{192}}, "type 63": {{63}}, "ext-info": {message(msgExtInfo, 0)}, "ping of later releases": {message(192, "x")},
	} {
		all = append(all, authed("channel/"+name, sayAll(payloads...)))
	}
	all = append(all,
		authed("channel/eleven sessions", func(c *client) error {
			for i := range 11 {
				if err := c.say("open", message(msgChannelOpen, "session", i, window, maxChunk)); err != nil {
					return err
				}
			}
			return nil
		}),
		authed("channel/requests and open at once", func(c *client) error {
			b := c.seal(openSession())
			b = append(b, c.seal(execute("echo hello"))...)
			b = append(b, c.seal(eof)...)
			if err := c.w.Send(b); err != nil {
				return err
			}
			c.hear("everything")
			return nil
		}),
		authed("channel/new keys", func(c *client) error {
			note, err := c.exchange()
			if err != nil {
				return err
			}
			c.w.Note("key exchange", note)
			return sayAll(openSession(), execute("echo hello"))(c)
		}),
		authed("channel/new keys while a command runs", func(c *client) error {
			if err := sayAll(openSession(), execute("cat"))(c); err != nil {
				return err
			}
			if _, err := c.exchange(); err != nil {
				return err
			}
			return sayAll(data("hello\n"), eof)(c)
		}),
		authed("channel/data in a key exchange", func(c *client) error {
			if err := sayAll(openSession(), execute("cat"), c.offer.payload(), data("hello\n"))(c); err != nil {
				return err
			}
			return nil
		}),
		authed("channel/half close", func(c *client) error { return c.w.CloseWrite() }),
	)
	for _, k := range kexes {
		all = append(all, authed("channel/new keys by "+k, func(c *client) error {
			c.offer = usual().with(listKex, k)
			note, err := c.exchange()
			if err != nil {
				return err
			}
			c.w.Note("key exchange", note)
			return sayAll(openSession())(c)
		}))
	}
	sortByName(all)
	return all
}

func none2() []byte { return none(User) }
