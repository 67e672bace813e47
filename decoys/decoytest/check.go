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
	"strings"
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
	d := Start(t, s, Options{Limits: tight})
	peers := 0
	for name, data := range hostile(probe) {
		for _, ending := range []string{"waits", "half closes", "resets"} {
			peers++
			c := d.Dial()
			// The decoy may end the connection while we write: that is fine.
			_, _ = c.Write(data)
			switch ending {
			case "half closes":
				_ = c.CloseWrite()
			case "resets":
				_ = c.SetLinger(0)
				_ = c.Close()
				continue
			}
			if _, err := io.Copy(io.Discard, c); errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("after %s a peer that %s is never let go", name, ending)
			}
			_ = c.Close()
		}
	}
	d.WaitFor(decnet.KindDisconnect, peers)
	if len(probe) > 0 {
		if reply := converse(t, d, probe); len(reply) == 0 {
			t.Error("afterwards there is no answer to the probe any more")
		}
	}
}

func checkDiffer(t *testing.T, s decoy.Service, probe []byte) {
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

func checkSpec(t *testing.T, spec *decnet.ServiceSpec) {
	if err := decnet.CheckName(spec.Slug); err != nil {
		t.Error(err)
	}
	if spec.Title == "" || !strings.HasSuffix(spec.Summary, ".") || len(spec.Ports) == 0 {
		t.Errorf("want a title, a sentence as summary and ports: have %q, %q, %v", spec.Title, spec.Summary, spec.Ports)
	}
	for _, p := range spec.Ports {
		if p.Port == 0 || p.Transport != decnet.TCP && p.Transport != decnet.UDP {
			t.Errorf("port %v is none", p)
		}
	}
	checkSettings(t, spec)
	checkEvents(t, spec)
}

func checkSettings(t *testing.T, spec *decnet.ServiceSpec) {
	seen := make(map[string]bool)
	for _, s := range spec.Settings {
		if s.Name == "" || s.Doc == "" || seen[s.Name] {
			t.Errorf("setting %q: want a name of its own and a doc", s.Name)
		}
		seen[s.Name] = true
		// A default may be no value of its type only by mistake.
		if _, err := spec.Resolve(map[string]string{s.Name: s.Default}); err != nil {
			t.Errorf("default of %s: %v", s.Name, err)
		}
	}
	if _, err := spec.Resolve(map[string]string{"no-such-setting": "x"}); err == nil {
		t.Error("an unknown setting is accepted")
	}
}

func checkEvents(t *testing.T, spec *decnet.ServiceSpec) {
	kinds := make(map[string]bool)
	for _, e := range spec.Events {
		if e.Kind == "" || e.Doc == "" || kinds[e.Kind] {
			t.Errorf("event %q: want a kind of its own and a doc", e.Kind)
		}
		kinds[e.Kind] = true
		names := make(map[string]bool)
		for _, f := range e.Fields {
			if f.Name == "" || f.Doc == "" || names[f.Name] {
				t.Errorf("event %s: field %q: want a name of its own and a doc", e.Kind, f.Name)
			}
			names[f.Name] = true
		}
	}
	for _, e := range decoy.Events() {
		if !kinds[e.Kind] {
			t.Errorf("event %s is not declared: use decoy.Events", e.Kind)
		}
	}
}
