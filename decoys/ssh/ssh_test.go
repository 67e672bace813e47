package ssh_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	xssh "golang.org/x/crypto/ssh"

	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/ssh"
	"github.com/decnet/decnet/pkg/decnet"
)

// fast makes a machine that fails without delay.
func fast(more map[string]string) decoytest.Options {
	settings := map[string]string{"fail_delay_ms": "0", "network_delay_ms": "10"}
	for k, v := range more {
		settings[k] = v
	}
	return decoytest.Options{Settings: settings, Seed: strings.Repeat("5a", 32)} // one, so that its RSA key is derived once
}

func TestServiceMeetsTheContract(t *testing.T) {
	decoytest.CheckService(t, ssh.Service(), []byte("SSH-2.0-OpenSSH_9.6\r\n"))
}

// dial logs in with a password and returns the client and the host key it saw.
func dial(d *decoytest.Decoy, user, password string, algorithms ...string) (*xssh.Client, xssh.PublicKey, error) {
	var key xssh.PublicKey
	config := &xssh.ClientConfig{
		User: user, Auth: []xssh.AuthMethod{xssh.Password(password)}, HostKeyAlgorithms: algorithms, Timeout: 20 * time.Second,
		HostKeyCallback: func(_ string, _ net.Addr, k xssh.PublicKey) error {
			key = k
			return nil
		},
	}
	c, err := xssh.Dial("tcp", d.Addr, config)
	return c, key, err
}

func TestFirstPasswordIsTheUsersFromThenOn(t *testing.T) {
	d := decoytest.Start(t, ssh.Service(), fast(nil))
	tests := []struct {
		user, password string
		ok             bool
	}{
		{"root", "", false},          // nobody has an empty password
		{"root", "first", true},      // the first is right
		{"root", "second", false},    // so another is wrong
		{"root", "first", true},      // and the first is right again
		{"www-data", "x", false},     // has no shell
		{"Robert'); --", "x", false}, // is no user name
		{"admin", "a", true},
		{"deploy", "b", true},
		{"oracle", "c", false}, // three names are enough for one source
		{"admin", "b", false},
	}
	for i, test := range tests {
		c, _, err := dial(d, test.user, test.password)
		if (err == nil) != test.ok {
			t.Errorf("%s with %q: have %v", test.user, test.password, err)
		}
		if c != nil {
			_ = c.Close()
		}
		e := d.WaitFor(decnet.KindAuthAttempt, i+1)[i]
		if cred, ok := decnet.CredentialOf(&e); !ok || cred.Principal != test.user || cred.Secret != test.password || cred.Accepted != test.ok {
			t.Errorf("have %+v for %+v", cred, test)
		}
	}
}

func TestOtherLogins(t *testing.T) {
	for _, test := range []struct {
		login, user, password string
		ok                    bool
	}{
		{"any", "root", "whatever", true},
		{"never", "root", "toor", false},
		{"list", "root", "toor", true},
		{"list", "root", "other", false},
		{"list", "nobody1", "toor", false},
	} {
		d := decoytest.Start(t, ssh.Service(), fast(map[string]string{"login": test.login, "accounts": "root:toor, admin:a:b"}))
		c, _, err := dial(d, test.user, test.password)
		if (err == nil) != test.ok {
			t.Errorf("%+v: have %v", test, err)
		}
		if c != nil {
			_ = c.Close()
		}
	}
}

// sshd refuses an empty password and one that is too long by itself, and at once.
func TestPasswordsThatPAMIsNotAskedFor(t *testing.T) {
	for _, password := range []string{"", strings.Repeat("x", 1025)} {
		d := decoytest.Start(t, ssh.Service(), fast(map[string]string{"login": "never", "fail_delay_ms": "30000"}))
		refused := make(chan error, 1)
		go func() {
			_, _, err := dial(d, "root", password)
			refused <- err
		}()
		select {
		case err := <-refused:
			if err == nil {
				t.Errorf("%d bytes: let in", len(password))
			}
		case <-time.After(20 * time.Second): // a wrong password takes 22 at least
			t.Errorf("%d bytes: takes as long as a wrong password", len(password))
		}
	}
}

func TestWrongPasswordTakesItsTime(t *testing.T) {
	d := decoytest.Start(t, ssh.Service(), fast(map[string]string{"login": "never", "fail_delay_ms": "400"}))
	begin := time.Now()
	if _, _, err := dial(d, "root", "x"); err == nil {
		t.Fatal("let in")
	}
	if took := time.Since(begin); took < 290*time.Millisecond || took > 5*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestKeysAreRecordedAndSixTriesAreTheEnd(t *testing.T) {
	d := decoytest.Start(t, ssh.Service(), fast(map[string]string{"login": "never"}))
	var signers []xssh.Signer
	for i := range 8 {
		signers = append(signers, newKey(t, byte(i)))
	}
	config := &xssh.ClientConfig{
		User: "root", Auth: []xssh.AuthMethod{xssh.PublicKeys(signers...)}, HostKeyCallback: xssh.InsecureIgnoreHostKey(),
	}
	if _, err := xssh.Dial("tcp", d.Addr, config); err == nil {
		t.Fatal("let in")
	}
	d.WaitFor(decnet.KindDisconnect, 1)
	attempts := d.Kind(decnet.KindAuthAttempt)
	if len(attempts) != 6 {
		t.Fatalf("have %d attempts, want 6", len(attempts))
	}
	for i, e := range attempts {
		c, _ := decnet.CredentialOf(&e)
		if c.Kind != decnet.SecretPublicKey || c.Secret != xssh.FingerprintSHA256(signers[i].PublicKey()) || e.Fields["key_type"] != "ssh-ed25519" {
			t.Errorf("have %+v, %v", c, e.Fields)
		}
	}
}

func TestHostKeysAreTheDeckysOwn(t *testing.T) {
	seen := map[string]bool{}
	for seed := range 3 {
		o := fast(nil)
		o.Seed = fmt.Sprintf("%064x", seed)
		for _, algorithm := range []string{xssh.KeyAlgoED25519, xssh.KeyAlgoECDSA256, xssh.KeyAlgoRSASHA512} {
			var keys [2][]byte
			for i := range keys {
				d := decoytest.Start(t, ssh.Service(), o)
				c, key, err := dial(d, "root", "x", algorithm)
				if err != nil {
					t.Fatalf("%s: %v", algorithm, err)
				}
				_ = c.Close()
				keys[i] = key.Marshal()
				d.Stop()
			}
			if !bytes.Equal(keys[0], keys[1]) {
				t.Errorf("%s: one machine has two keys", algorithm)
			}
			if seen[string(keys[0])] {
				t.Errorf("%s: two machines have one key", algorithm)
			}
			seen[string(keys[0])] = true
		}
	}
}

func TestIdentificationAsOpenSSH(t *testing.T) {
	d := decoytest.Start(t, ssh.Service(), fast(nil))
	const invalid, differ = "Invalid SSH identification string.\r\n", "Protocol major versions differ.\r\n"
	tests := []struct{ line, want string }{
		{"SSH-1337-OpenSSH_9.0\r\n", invalid},
		{"GET / HTTP/1.0\n", invalid},
		{"ssh-2.0-x\r\n", invalid},
		{"SSH-2.0-\r\n", invalid},
		{"SSH-2.0\r\n", invalid},
		{"\r\n", invalid},
		{strings.Repeat("A", 300) + "\r\n", invalid},
		{"SSH-2.0.1-x\r\n", invalid},
		{"SSH-1.99x-y\r\n", invalid},
		{"SSH-1.5-x\r\n", differ},
		{"SSH-3.0-x\r\n", differ},
		{"SSH-1.99-x\r\n", ""},
		{"SSH-2.0-x\n", ""},
		{"SSH-2.1-x y\r\n", ""},
		{"SSH-02.00-x\r\r\n", ""},
		{"SSH-2.0-a\x01b\r\n", ""},
	}
	for i, test := range tests {
		c := d.Dial()
		banner := make([]byte, len("SSH-2.0-"+d.Persona.SSHVersion)+2)
		if _, err := io.ReadFull(c, banner); err != nil || string(banner) != "SSH-2.0-"+d.Persona.SSHVersion+"\r\n" {
			t.Fatalf("have banner %q: %v", banner, err)
		}
		// Nothing may follow the banner before the client has said what it is.
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		if n, err := c.Read(make([]byte, 1)); n > 0 || !isTimeout(err) {
			t.Fatalf("more than the banner was sent: %v", err)
		}
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
		if _, err := io.WriteString(c, test.line); err != nil {
			t.Fatal(err)
		}
		if test.want != "" {
			if reply, err := io.ReadAll(c); err != nil || string(reply) != test.want {
				t.Errorf("%.40q: have %q, %v, want %q", test.line, reply, err, test.want)
			}
		} else {
			head := make([]byte, 6)
			if _, err := io.ReadFull(c, head); err != nil || head[5] != 20 { // SSH_MSG_KEXINIT
				t.Errorf("%.40q: have %q, %v, want a key exchange", test.line, head, err)
			}
		}
		_ = c.Close()
		e := d.WaitFor("client", i+1)[i]
		if want := strings.Trim(test.line, "\r\n"); e.Fields["version"] != want || e.Fields["accepted"] != fmt.Sprint(test.want == "") {
			t.Errorf("have %v, want version %q", e.Fields, want)
		}
	}
}

func isTimeout(err error) bool {
	ne, ok := errors.AsType[net.Error](err)
	return ok && ne.Timeout()
}

func TestSessionsOfOneConnectionAreBounded(t *testing.T) {
	d := decoytest.Start(t, ssh.Service(), fast(nil))
	c, _, err := dial(d, "root", "x")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	open := 0
	for range 12 {
		if _, err := c.NewSession(); err == nil {
			open++
		}
	}
	if open != 10 {
		t.Errorf("have %d sessions, want 10", open)
	}
}

func TestFilesOutlastTheSession(t *testing.T) {
	d := decoytest.Start(t, ssh.Service(), fast(nil))
	run := func(command string) string {
		c, _, err := dial(d, "root", "x")
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		s, err := c.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		out, _ := s.CombinedOutput(command)
		return string(out)
	}
	run("mkdir -p ~/.ssh; echo key >> ~/.ssh/authorized_keys")
	if have := run("cat .ssh/authorized_keys"); have != "key\n" {
		t.Errorf("have %q", have)
	}
}

func TestBadAccountsAreRefused(t *testing.T) {
	m := decoytest.Machine(t, fast(map[string]string{"login": "list", "accounts": "root"}), ssh.Service())
	if _, err := ssh.Service().New(m); err == nil || !strings.Contains(err.Error(), "name:password") {
		t.Errorf("have %v", err)
	}
}
