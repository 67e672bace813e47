package host_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/handover"
	"github.com/decnet/decnet/decoys/host"
	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/decnet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// echo is a small line protocol with a way to fail.
func echo() decoy.Service {
	return decoy.Service{
		Spec: decnet.ServiceSpec{
			Slug: "echo", Title: "Echo", Summary: "Says what it hears.",
			Ports: []decnet.PortSpec{{Port: 7, Transport: decnet.TCP}},
			Settings: []decnet.SettingSpec{
				{Name: "refuse", Type: decnet.SettingBool, Default: "false", Doc: "Fail to prepare."},
			},
			Events: decoy.Events(decnet.EventSpec{Kind: "line", Doc: "A line came in.", Fields: []decnet.FieldSpec{
				{Name: "text", Type: decnet.TypeString, Doc: "The line."},
			}}),
		},
		New: func(m decoy.Machine) (decoy.Handler, error) {
			if m.Settings.Bool("refuse") {
				return nil, fmt.Errorf("told to refuse")
			}
			return decoy.HandlerFunc(serveEcho), nil
		},
	}
}

func serveEcho(_ context.Context, c *decoy.Conn) {
	_, _ = fmt.Fprintf(c, "hello from %s\n", c.Machine.Persona.Hostname)
	lines := bufio.NewScanner(c)
	for lines.Scan() {
		switch text := lines.Text(); text {
		case "panic":
			panic("told to")
		case "panic elsewhere":
			c.Go(func() { panic("told to, elsewhere") })
		default:
			c.Log("line", decoy.Fields{"text": text}, "a line")
			_, _ = fmt.Fprintln(c, text)
		}
	}
}

func TestEchoMeetsTheContract(t *testing.T) { decoytest.CheckService(t, echo(), []byte("hi\n")) }

func TestConversationIsRecordedInOrder(t *testing.T) {
	d := decoytest.Start(t, echo(), decoytest.Options{})
	c := d.Dial()
	_, _ = io.WriteString(c, "one\ntwo\n")
	_ = c.CloseWrite()
	if _, err := io.ReadAll(c); err != nil {
		t.Fatal(err)
	}
	end := d.WaitFor(decnet.KindDisconnect, 1)[0]
	var have []string
	for i, e := range d.Events() {
		have = append(have, e.Kind+" "+e.Fields["text"])
		if e.Session != end.Session || e.Source.String() != "127.0.0.1" || e.Fields[decoy.FieldSeq] != strconv.Itoa(i+1) {
			t.Errorf("event %d is %+v", i, e)
		}
	}
	if want := "connect |line one|line two|disconnect "; strings.Join(have, "|") != want {
		t.Errorf("have %q, want %q", strings.Join(have, "|"), want)
	}
	if end.Fields[decnet.FieldBytesIn] != "8" || end.Fields[decnet.FieldBytesOut] == "0" {
		t.Errorf("have disconnect %v", end.Fields)
	}
}

func TestPanicEndsOneConnectionOnly(t *testing.T) {
	d := decoytest.Start(t, echo(), decoytest.Options{AllowErrors: true})
	for i, how := range []string{"panic", "panic elsewhere"} {
		c := d.Dial()
		_, _ = io.WriteString(c, how+"\n")
		reply, _ := io.ReadAll(c)
		if strings.Contains(string(reply), "told to") || strings.Contains(string(reply), "goroutine") {
			t.Errorf("the peer was told: %q", reply)
		}
		e := d.WaitFor(decnet.KindError, i+1)[i]
		if !strings.Contains(e.Fields[decnet.FieldReason], "told to") || e.Session == "" {
			t.Errorf("have error event %v", e)
		}
		d.WaitFor(decnet.KindDisconnect, i+1)
	}
	c := d.Dial()
	if line, err := bufio.NewReader(c).ReadString('\n'); err != nil || !strings.HasPrefix(line, "hello") {
		t.Errorf("afterwards: %q, %v", line, err)
	}
}

func TestLimitsOfConnections(t *testing.T) {
	d := decoytest.Start(t, echo(), decoytest.Options{Limits: decoy.Limits{PerSource: 3, PerService: 10}})
	for range 3 {
		c := d.Dial()
		if _, err := bufio.NewReader(c).ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	const flood = 200
	for range flood {
		c := d.Dial()
		if b, _ := io.ReadAll(c); len(b) > 0 {
			t.Fatalf("a connection too many was served: %q", b)
		}
	}
	d.Stop()
	refused := d.Kind(decnet.KindRefused)
	if len(refused) > 10 {
		t.Errorf("a flood of %d connections caused %d events", flood, len(refused))
	}
	total := 0
	for _, e := range refused {
		n, err := strconv.Atoi(e.Fields[decoy.FieldCount])
		if err != nil || !strings.Contains(e.Fields[decnet.FieldReason], "one source") {
			t.Errorf("have refused %v", e.Fields)
		}
		total += n
	}
	if total != flood {
		t.Errorf("the events stand for %d refused connections, want %d", total, flood)
	}
}

func TestLimitsOfBytesAndTime(t *testing.T) {
	tests := []struct {
		reason string
		limits decoy.Limits
	}{
		{"bytes", decoy.Limits{BytesIn: 1000}},
		{"idle time", decoy.Limits{Idle: 100 * time.Millisecond}},
		{"total time", decoy.Limits{Total: 300 * time.Millisecond}},
	}
	for _, test := range tests {
		t.Run(test.reason, func(t *testing.T) {
			d := decoytest.Start(t, echo(), decoytest.Options{Limits: test.limits})
			c := d.Dial()
			go func() { _, _ = io.Copy(io.Discard, c) }()
			for range 100 {
				if _, err := io.WriteString(c, strings.Repeat("x", 30)+"\n"); err != nil {
					break
				}
				if test.reason == "idle time" {
					break
				}
				time.Sleep(10 * time.Millisecond)
			}
			e := d.WaitFor(decnet.KindDisconnect, 1)[0]
			if e.Fields[decnet.FieldReason] != test.reason {
				t.Errorf("have disconnect %v", e.Fields)
			}
		})
	}
}

func TestStartRefuses(t *testing.T) {
	withService := func(slug string, settings map[string]string) *decnet.Decky {
		d := decoytest.NewDecky(decoytest.Options{}, slug)
		d.Services[0].Settings = settings
		return d
	}
	badOS := decoytest.NewDecky(decoytest.Options{OS: "beos"}, "echo")
	tests := []struct {
		name, reason string
		decky        *decnet.Decky
		service      string
		transport    decnet.Transport
	}{
		{"an unknown service", `did you mean "echo"`, withService("ecko", nil), "ecko", decnet.TCP},
		{"an unknown setting", "unknown setting", withService("echo", map[string]string{"x": "y"}), "echo", decnet.TCP},
		{"a service that cannot", "told to refuse", withService("echo", map[string]string{"refuse": "true"}), "echo", decnet.TCP},
		{"an unknown operating system", "beos", badOS, "echo", decnet.TCP},
		{"a socket of no service", "does not have", withService("echo", nil), "ssh", decnet.TCP},
		{"a transport that is not served", "want tcp", withService("echo", nil), "echo", decnet.UDP},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := newHost(t)
			f, addr := decoytest.Listen(t)
			err := h.Start(test.decky, []handover.Listener{{Service: test.service, Transport: test.transport, File: f}})
			if err == nil || !strings.Contains(err.Error(), test.reason) || strings.Contains(err.Error(), "\n") {
				t.Errorf("have %v, want one line that says %q", err, test.reason)
			}
			if len(h.Running()) > 0 || answers(t, addr) {
				t.Error("something runs nevertheless")
			}
		})
	}
}

func TestStartAgainReplaces(t *testing.T) {
	h := newHost(t)
	d := decoytest.NewDecky(decoytest.Options{}, "echo")
	var addrs []string
	for range 2 {
		f, addr := decoytest.Listen(t)
		addrs = append(addrs, addr)
		if err := h.Start(d, []handover.Listener{{Service: "echo", Transport: decnet.TCP, File: f}}); err != nil {
			t.Fatal(err)
		}
	}
	if answers(t, addrs[0]) || !answers(t, addrs[1]) {
		t.Error("want only the second socket served")
	}
	if err := h.Stop(d.Name); err != nil || answers(t, addrs[1]) {
		t.Errorf("stop: %v", err)
	}
	if err := h.Stop("never-was"); err != nil {
		t.Errorf("stop of what does not run: %v", err)
	}
}

func newHost(t *testing.T) *host.Host {
	t.Helper()
	h := host.New(registry.New(echo()), decoy.NewEventWriter())
	f, err := os.OpenFile(filepath.Join(t.TempDir(), "spool"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Spool(f, ""); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := h.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

func answers(t *testing.T, addr string) bool {
	t.Helper()
	var dialer net.Dialer
	c, err := dialer.DialContext(t.Context(), "tcp", addr)
	if err != nil {
		return false
	}
	defer func() { _ = c.Close() }()
	line, _ := bufio.NewReader(c).ReadString('\n')
	return line != ""
}
