package decoytest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
)

// CheckService checks the contract of package decoy. The probe is what a client
// sends first, nil where the service speaks first; it must get an answer.
func CheckService(t *testing.T, s decoy.Service, probe []byte) {
	t.Helper()
	already := goleak.IgnoreCurrent()
	t.Run("the spec is complete", func(t *testing.T) { checkSpec(t, &s.Spec) })
	t.Run("a silent peer is ended", func(t *testing.T) { checkSilence(t, s) })
	t.Run("hostile peers do no harm", func(t *testing.T) { checkHostile(t, s, probe) })
	t.Run("machines differ", func(t *testing.T) { checkDiffer(t, s, probe) })
	t.Run("stopping is prompt", func(t *testing.T) { checkStop(t, s, probe) })
	goleak.VerifyNone(t, already)
}

// tight limits end a test's connections soon, and no honest exchange.
var tight = decoy.Limits{Idle: 400 * time.Millisecond, Total: 3 * time.Second, BytesIn: 256 << 10}

func checkSilence(t *testing.T, s decoy.Service) {
	t.Helper()
	d := Start(t, s, Options{Limits: tight})
	c := d.Dial()
	if _, err := io.Copy(io.Discard, c); err != nil && !isReset(err) {
		t.Errorf("the connection was not closed: %v", err)
	}
	e := d.WaitFor(decnet.KindDisconnect, 1)[0]
	if e.Fields[decnet.FieldDuration] == "" || e.Fields[decnet.FieldBytesIn] != "0" {
		t.Errorf("have disconnect with %v", e.Fields)
	}
}

// hostile returns conversations that no client has.
func hostile(probe []byte) map[string][]byte {
	noise := make([]byte, 1<<20)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(noise) // never fails
	return map[string][]byte{
		"noise":             noise,
		"zeros":             make([]byte, 1<<20),
		"one endless line":  bytes.Repeat([]byte("A"), 1<<20),
		"empty lines":       bytes.Repeat([]byte("\r\n"), 1<<19),
		"high bytes":        bytes.Repeat([]byte{0xff, '\n'}, 1<<16),
		"a TLS hello":       append([]byte{22, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3}, noise[:512]...),
		"another protocol":  []byte("EHLO probe\r\nGET / HTTP/1.0\r\n\r\nSSH-2.0-x\r\n"),
		"a probe and noise": append(bytes.Clone(probe), noise[:4096]...),
		"half a probe":      probe[:len(probe)/2],
	}
}

func checkHostile(t *testing.T, s decoy.Service, probe []byte) {
	t.Helper()
	d := Start(t, s, Options{Limits: tight})
	peers := 0
	var group sync.WaitGroup
	for name, data := range hostile(probe) {
		for _, ending := range []string{"waits", "half closes", "resets"} {
			peers++
			c := d.Dial()
			group.Go(func() {
				if !attack(c, data, ending) {
					t.Errorf("after %s a peer that %s is never let go", name, ending)
				}
			})
		}
	}
	group.Wait()
	d.WaitFor(decnet.KindDisconnect, peers)
	if len(probe) > 0 {
		if reply := converse(t, d, probe); len(reply) == 0 {
			t.Error("afterwards there is no answer to the probe any more")
		}
	}
}

// attack sends data and reports whether the decoy then ended the connection.
func attack(c *net.TCPConn, data []byte, ending string) bool {
	defer func() { _ = c.Close() }()
	// The decoy may end the connection while we write: that is fine.
	_, _ = c.Write(data)
	switch ending {
	case "half closes":
		_ = c.CloseWrite()
	case "resets":
		_ = c.SetLinger(0)
		return true
	}
	_, err := io.Copy(io.Discard, c)
	return !errors.Is(err, os.ErrDeadlineExceeded)
}

func checkDiffer(t *testing.T, s decoy.Service, probe []byte) {
	t.Helper()
	replies := make(map[string]bool)
	const machines = 6
	for i := range machines {
		d := Start(t, s, Options{Limits: tight, Seed: fmt.Sprintf("%064x", i+1)})
		reply := converse(t, d, probe)
		if len(reply) == 0 {
			t.Fatal("no answer to the probe")
		}
		replies[string(reply)] = true
		d.Stop()
	}
	if len(replies) < 2 {
		t.Errorf("%d machines give one and the same answer: %.300q", machines, slices.Collect(maps.Keys(replies)))
	}
}

// converse returns what the service says to a probe until it pauses.
func converse(t *testing.T, d *Decoy, probe []byte) []byte {
	t.Helper()
	c := d.Dial()
	if _, err := c.Write(probe); err != nil {
		t.Fatal(err)
	}
	var reply bytes.Buffer
	buf := make([]byte, 4096)
	wait := patience
	for reply.Len() < 1<<20 {
		if err := c.SetReadDeadline(time.Now().Add(wait)); err != nil {
			t.Fatal(err)
		}
		n, err := c.Read(buf)
		reply.Write(buf[:n])
		if err != nil {
			break
		}
		wait = 150 * time.Millisecond
	}
	_ = c.Close()
	return reply.Bytes()
}

func checkStop(t *testing.T, s decoy.Service, probe []byte) {
	t.Helper()
	d := Start(t, s, Options{})
	for i := range 8 {
		c := d.Dial()
		if _, err := c.Write(probe[:len(probe)*i/8]); err != nil {
			t.Fatal(err)
		}
	}
	d.WaitFor(decnet.KindConnect, 8)
	d.Stop() // fails the test if it takes long
	if n := len(d.Kind(decnet.KindDisconnect)); n != 8 {
		t.Errorf("have %d disconnect events, want 8", n)
	}
	var dialer net.Dialer
	if c, err := dialer.DialContext(t.Context(), "tcp", d.Addr); err == nil {
		_ = c.Close()
		t.Error("after Stop there is still a listener")
	}
}

func isReset(err error) bool { return errors.Is(err, syscall.ECONNRESET) }
