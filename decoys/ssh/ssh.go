// Package ssh is the SSH server decoy. In come SSH connections, out go the
// answers of OpenSSH as the persona's release gives them, a shell on a machine
// that does not exist (package shell), and events: every client version, every
// password and key that was tried, every session and command line, recordings of
// terminals and files that were brought. Nothing is forwarded, fetched or run.
//
// The protocol goes up in layers: identification.go, package transport (keys and
// packets), auth.go (who is let in), mux.go and channel.go (sessions).
package ssh

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/decnet/decnet/decoys/capture"
	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/shell"
	"github.com/decnet/decnet/decoys/shell/world"
	"github.com/decnet/decnet/decoys/ssh/sshwire"
	"github.com/decnet/decnet/decoys/ssh/transport"
	"github.com/decnet/decnet/pkg/decnet"
)

// Kinds of this service's own events.
const (
	kindClient    = "client"
	kindKex       = "key_exchange"
	kindSession   = "session"
	kindForward   = "forward"
	kindSubsystem = "subsystem"
)

// Service is the service "ssh".
func Service() decoy.Service {
	return decoy.Service{
		Spec: decnet.ServiceSpec{
			Slug: "ssh", Title: "SSH server",
			Summary: "Pretends to be OpenSSH with a shell behind it; captures credentials, keys, sessions, commands and files.",
			Ports:   []decnet.PortSpec{{Port: 22, Transport: decnet.TCP}},
			RunsOn:  shell.OSes(),
			Settings: append(world.Settings(), []decnet.SettingSpec{
				{
					Name: settingMaxStartups, Type: decnet.SettingBool, Default: "true",
					Doc: "Whether connections are dropped as OpenSSH drops them (MaxStartups 10:30:100) when many are not logged in.",
				},
				{
					Name: settingFailDelay, Type: decnet.SettingInt, Default: "-1", Min: -1, Max: 30000,
					Doc: "How long a wrong password takes, in milliseconds; a quarter more or less at random, as PAM does it. -1 is as long as on " +
						"the machine that the decky claims to be: 2000, without PAM 0.",
				},
				{
					Name: settingForward, Type: decnet.SettingEnum, Default: "accept", Choices: []string{"accept", "refuse"},
					Doc: "What becomes of port forwardings: with accept, the client is told that it has one, and what it sends is noted; " +
						"with refuse, that it may not. Nothing is ever forwarded.",
				},
			}...),
			Events: decoy.Events(append(eventSpecs(), world.Events()...)...),
		},
		Limits: decoy.Limits{
			Idle: 10 * time.Minute, Total: 2 * time.Hour, BytesIn: 64 << 20, PerSource: 32, PerService: 256,
		},
		New: func(m decoy.Machine) (decoy.Handler, error) { return newServer(m) },
	}
}

// Names of settings.
const (
	settingMaxStartups = "max_startups"
	settingFailDelay   = "fail_delay_ms"
	settingForward     = "forward"
)

func eventSpecs() []decnet.EventSpec {
	return []decnet.EventSpec{
		{Kind: kindClient, Doc: "The client said what it is, or something else.", Fields: []decnet.FieldSpec{
			{Name: "version", Type: decnet.TypeString, Doc: "Its identification line as it came.", Findings: []decnet.Finding{decnet.FindSSHClient}},
			{Name: "accepted", Type: decnet.TypeBool, Doc: "Whether it was one of SSH 2: true or false."},
		}},
		{Kind: kindKex, Doc: "The client said which algorithms it knows, in its order of preference.", Fields: []decnet.FieldSpec{
			{Name: "hassh", Type: decnet.TypeHex, Doc: "HASSH, the fingerprint of the client by these lists.", Findings: []decnet.Finding{decnet.FindHASSH}},
			{Name: "kex", Type: decnet.TypeString, Doc: "Key exchange methods, with commas between them."},
			{Name: "host_keys", Type: decnet.TypeString, Doc: "Signature algorithms of host keys."},
			{Name: "ciphers", Type: decnet.TypeString, Doc: "Ciphers, from client to server."},
			{Name: "macs", Type: decnet.TypeString, Doc: "Message authentication codes, from client to server."},
			{Name: "compressions", Type: decnet.TypeString, Doc: "Compressions, from client to server."},
		}},
		decoy.AuthEvent("A password or a public key was offered.",
			decnet.FieldSpec{Name: "key_type", Type: decnet.TypeString, Doc: "The type of a public key, such as ssh-ed25519."},
			decnet.FieldSpec{Name: "comment", Type: decnet.TypeString, Doc: "The comment beside a public key in authorized_keys, if it is there."},
			decnet.FieldSpec{Name: "proven", Type: decnet.TypeBool, Doc: "Whether the client has shown that it holds the key: true or false."}),
		{Kind: kindSession, Doc: "A shell or a command was asked for.", Fields: []decnet.FieldSpec{
			{Name: "user", Type: decnet.TypeString, Doc: "Who is logged in."},
			{Name: "type", Type: decnet.TypeString, Doc: "shell or exec."},
			{Name: "exec", Type: decnet.TypeString, Doc: "The whole command of an exec."},
			{Name: "term", Type: decnet.TypeString, Doc: "The type of the terminal; absent without one."},
			{Name: "columns", Type: decnet.TypeInt, Doc: "The width of the terminal in characters."},
			{Name: "rows", Type: decnet.TypeInt, Doc: "The height of the terminal in characters."},
			{Name: "env", Type: decnet.TypeString, Doc: "Environment variables that were sent before, as name=value with spaces between them."},
		}},
		forwardEvent(),
		fileEvent(),
		{Kind: kindSubsystem, Doc: "A subsystem was asked for.", Fields: []decnet.FieldSpec{
			{Name: "name", Type: decnet.TypeString, Doc: "Its name, such as sftp."},
			{Name: "accepted", Type: decnet.TypeBool, Doc: "Whether there is one of this name: true or false."},
		}},
	}
}

// A server is one decky's SSH server.
type server struct {
	machine   decoy.Machine
	transport *transport.Config
	secret    []byte // of the host, for how long a failed attempt takes
	startups  startups
	pace      pace
	hostKeys  func() ([]byte, error) // see hostKeyNotice
	login     *world.Policy
	world     *world.World
	failDelay time.Duration
	forward   bool // say that forwarding works
	// memory is for files that scp and sftp have in their hands.
	memory *decoy.Budget
}

// maxMemory is how many bytes these are at most.
const maxMemory = 64 << 20

func newServer(m decoy.Machine) (*server, error) {
	release, err := transport.ReleaseOf(m.Persona.SSHVersion)
	if err != nil {
		return nil, fmt.Errorf("release: %w", err)
	}
	keys, err := deriveHostKeys(m.Persona, release.RSABits())
	if err != nil {
		return nil, fmt.Errorf("host keys: %w", err)
	}
	s := &server{
		machine:   m,
		transport: &transport.Config{Release: &release, Keys: served(keys), Banner: "SSH-2.0-" + m.Persona.SSHVersion},
		secret:    m.Persona.Key("ssh delay", 32),
		pace:      newPace(m.Persona),
		startups:  startups{off: !m.Settings.Bool(settingMaxStartups)},
		world:     world.Of(m),
		failDelay: time.Duration(m.Settings.Int(settingFailDelay)) * time.Millisecond,
		forward:   m.Settings[settingForward] == "accept",
		memory:    decoy.NewBudget(maxMemory),
	}
	s.hostKeys = sync.OnceValues(s.hostKeyNotice)
	provideHostKeys(s.world.System, m.Persona.Hostname, keys)
	if s.failDelay < 0 {
		s.failDelay = release.FailDelay()
	}
	s.login, err = world.NewPolicy(s.world, m.Settings)
	return s, err
}

// loginGrace is OpenSSH's LoginGraceTime.
const loginGrace = 120 * time.Second

// Serve talks to one client.
func (s *server) Serve(ctx context.Context, conn *decoy.Conn) {
	if conn.SetDeadline(time.Now().Add(loginGrace)) != nil {
		return
	}
	leave, ok := s.startups.enter()
	if !ok {
		if s.transport.Release.SaysWhyDropped() {
			_, _ = io.WriteString(conn, "Exceeded MaxStartups\r\n")
		}
		return
	}
	defer leave()
	if !s.pace.start(ctx) {
		return
	}
	conn.SetNoDelay(false) // as OpenSSH until somebody is logged in
	line, refusal, err := exchangeIdentification(conn, s.transport.Banner)
	if err != nil && line == "" {
		return
	}
	conn.Log(kindClient, decoy.Fields{"version": line, "accepted": fmt.Sprint(refusal == "" && err == nil)}, "the client is %s", decoy.Printable([]byte(line)))
	if refusal != "" || err != nil || transport.Probe(line) {
		return
	}
	conn.SetNoDelay(true)
	if !s.pace.fork(ctx) {
		return
	}
	t, err := transport.Accept(conn, s.transport, line)
	if offer, ok := transport.ParseOffer(t.ClientKexInit); ok {
		logKex(conn, offer)
	}
	t.ClientKexInit = nil // it can be long
	if err != nil {
		return
	}
	defer func() { _ = t.Close() }()
	c := &client{server: s, conn: conn, ctx: ctx, captured: capture.Of(conn)}
	a := &authentication{ctx: ctx, t: t, release: s.transport.Release, decide: c}
	if a.run() != nil {
		return
	}
	leave()
	if !s.pace.fork(ctx) {
		return
	}
	if conn.SetDeadline(time.Time{}) != nil {
		return
	}
	c.user = a.user
	c.connected(t, strings.Contains(line, "OpenSSH"))
}

// connected serves a client that is logged in.
func (c *client) connected(t *transport.Conn, openSSH bool) {
	t.Compress()
	t.Coalesce()
	keys, err := c.server.hostKeys()
	if err != nil || t.Send(keys) != nil {
		return
	}
	for _, text := range c.remarks {
		if t.Write(remark(text)) != nil {
			return
		}
	}
	m := &mux{t: t, peer: c, keys: c.server.transport.Keys, run: c.conn.Go, eow: openSSH}
	m.serve()
}

// remark is a message that a client shows when it is asked to be verbose (RFC 4253 section 11.3).
func remark(text string) []byte {
	b := sshwire.AppendString(sshwire.AppendBool([]byte{msgDebug}, false), text)
	return sshwire.AppendString(b, "")
}
