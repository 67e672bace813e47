// Package telnet is the Telnet server decoy. In come the connections of people and bots, out go the
// negotiation of the telnetd that the persona's system has, the dialogue of its login, and the same
// shell as by SSH, with the files that the same source has left there, or the command line of a device. Every name, password and command
// line becomes an event.
package telnet

import (
	"context"
	"io"
	"net/netip"
	"strings"
	"time"

	"github.com/decnet/decnet/decoys/capture"
	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/record"
	"github.com/decnet/decnet/decoys/shell"
	"github.com/decnet/decnet/decoys/shell/world"
	"github.com/decnet/decnet/pkg/decnet"
)

// Kinds of this service's own events.
const (
	kindClient  = "client"
	kindSession = "session"
)

const settingFailDelay = "fail_delay_ms"

// Service is the service "telnet".
func Service() decoy.Service {
	return decoy.Service{
		Spec: decnet.ServiceSpec{
			Slug: "telnet", Title: "Telnet server",
			Summary: "Pretends to be the telnetd of a distribution with a shell behind it, or a router with its command line; captures credentials, sessions and commands.",
			Ports:   []decnet.PortSpec{{Port: 23, Transport: decnet.TCP}},
			RunsOn:  append(shell.OSes(), "openwrt", "routeros6", "ios15"),
			Settings: append(world.Settings(), decnet.SettingSpec{
				Name: settingFailDelay, Type: decnet.SettingInt, Default: "3000", Min: 0, Max: 30000,
				Doc: "How long a wrong password takes, in milliseconds: FAIL_DELAY of login.defs.",
			}),
			Events: decoy.Events(append(eventSpecs(), world.Events()...)...),
		},
		Limits: decoy.Limits{Idle: 5 * time.Minute, Total: 2 * time.Hour, BytesIn: 16 << 20, PerSource: 32, PerService: 256},
		New:    func(m decoy.Machine) (decoy.Handler, error) { return newServer(m) },
	}
}

func eventSpecs() []decnet.EventSpec {
	return []decnet.EventSpec{
		{Kind: kindClient, Doc: "The client has negotiated what it can.", Fields: []decnet.FieldSpec{
			{Name: "options", Type: decnet.TypeString, Doc: "Its commands in their order, such as WILL 24, with commas between them."},
			{Name: "term", Type: decnet.TypeString, Doc: "The type of its terminal."},
			{Name: "speed", Type: decnet.TypeString, Doc: "The speed of its terminal."},
			{Name: "user", Type: decnet.TypeString, Doc: "The variable USER that it sent."},
		}},
		decoy.AuthEvent("A name and a password were entered."),
		{Kind: kindSession, Doc: "Somebody has logged in.", Fields: []decnet.FieldSpec{
			{Name: "user", Type: decnet.TypeString, Doc: "Who it is."},
			{Name: "type", Type: decnet.TypeString, Doc: "What there is: shell, or device for the command line of a router."},
			{Name: "term", Type: decnet.TypeString, Doc: "The type of the terminal."},
			{Name: "columns", Type: decnet.TypeInt, Doc: "The width of the terminal in characters; 0 if it was not told."},
			{Name: "rows", Type: decnet.TypeInt, Doc: "The height of the terminal in characters; 0 if it was not told."},
		}},
	}
}

// A server is one decky's Telnet server.
type server struct {
	machine   decoy.Machine
	daemon    *daemon
	world     *world.World
	login     *world.Policy
	failDelay time.Duration
}

func newServer(m decoy.Machine) (*server, error) {
	w := world.Of(m)
	policy, err := world.NewPolicy(w, m.Settings)
	if err != nil {
		return nil, err
	}
	return &server{
		machine: m, daemon: daemonOf(m.Persona.OS.Slug), world: w, login: policy,
		failDelay: time.Duration(m.Settings.Int(settingFailDelay)) * time.Millisecond,
	}, nil
}

// A client is one connection.
type client struct {
	server     *server
	conn       *decoy.Conn
	ctx        context.Context //nolint:containedctx // of the connection
	peer       *peer
	decoder    decoder
	negotiator *negotiator // nil if the daemon has none
	tty        *tty
	buf        [4096]byte
	out        []byte    // what is to be said
	typed      []byte    // before there is a terminal
	mark       int       // where in out begins what is shown of what was typed
	deadline   time.Time // of login
	signal     byte      // that was typed last
}

// Serve talks to one client.
func (s *server) Serve(ctx context.Context, conn *decoy.Conn) {
	c := &client{server: s, conn: conn, ctx: ctx, peer: newPeer()}
	c.tty = &tty{show: func(text string) { c.say(doubled(text)) }, tabs: s.daemon == busybox, signal: c.heardSignal}
	c.decoder = &skipper{peer: c.peer}
	if s.daemon.waits || s.daemon.plain {
		c.negotiator = newNegotiator(s.daemon, c.peer)
		c.decoder = c.negotiator
	}
	if c.negotiate() != nil {
		return
	}
	c.conn.Log(kindClient, decoy.Fields{
		"options": strings.Join(c.peer.order, ","), "term": c.peer.term, "speed": c.peer.speed, "user": c.peer.user,
	}, "the client negotiated %d options", len(c.peer.order))
	user, err := c.logIn()
	_ = c.flush() // it may be gone
	if err != nil || conn.SetReadDeadline(time.Time{}) != nil {
		return
	}
	if s.daemon.device != nil {
		c.logSession(user, "device")
		c.deviceSession(user)
		return
	}
	c.session(user)
}

// say adds text to what is to be said.
func (c *client) say(text string) { c.out = append(c.out, text...) }

// flush says it.
func (c *client) flush() error {
	if len(c.out) == 0 {
		return nil
	}
	_, err := c.conn.Write(c.out)
	c.out = c.out[:0]
	return err
}

// session runs the shell.
func (c *client) session(user string) {
	rows, columns := c.peer.rows, c.peer.columns
	c.logSession(user, "shell")
	rec := record.Start(c.conn, c.terminal(user))
	defer rec.End()
	config := c.server.world.Shell(c.conn, user, capture.Of(c.conn))
	config.Service, config.Term, config.Columns = "telnet", c.peer.term, columns
	if config.Term == "" {
		config.Term = "network"
	}
	sh := shell.New(config)
	in := &input{client: c, resized: func() {
		if c.peer.columns != columns || c.peer.rows != rows {
			columns, rows = c.peer.columns, c.peer.rows
			rec.Resize(uint32(columns), uint32(rows)) //nolint:gosec // 16 bits
			sh.Resize(columns)
		}
	}}
	out := rec.Writer(escaped{c.conn})
	_, _ = io.WriteString(shell.OnTerminal(out), c.greeting(user, config.Login))
	sh.Terminal(c.ctx, rec.Reader(in), out, c.conn.Go)
}

// greeting is what login shows before the shell.
func (c *client) greeting(user string, now time.Time) string {
	text := c.server.world.System.Motd()
	if last, ok := c.server.world.LoggedIn(user, c.source(), now); ok && c.server.daemon != busybox {
		text += "Last login: " + last.At.UTC().Format("Mon Jan _2 15:04:05 MST 2006") + " from " + last.From.String() + " on pts/0\n"
	}
	return text
}

func (c *client) source() netip.Addr { return c.conn.Source.Addr() }
