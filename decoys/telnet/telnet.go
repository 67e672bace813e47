// Package telnet is the Telnet server decoy. In come the connections of people and bots, out go the
// negotiation of the telnetd that the persona's distribution has, the dialogue of its login, and the same
// shell as by SSH, with the files that the same source has left there. Every name, password and command
// line becomes an event.
package telnet

import (
	"context"
	"fmt"
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
			Summary: "Pretends to be a distribution's telnetd with a shell behind it; captures credentials, sessions and commands.",
			Ports:   []decnet.PortSpec{{Port: 23, Transport: decnet.TCP}},
			RunsOn:  shell.OSes(),
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
			{Name: "type", Type: decnet.TypeString, Doc: "Always shell."},
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
	server *server
	conn   *decoy.Conn
	ctx    context.Context //nolint:containedctx // of the connection
	peer   *peer
	in     *decoder
}

// Serve talks to one client.
func (s *server) Serve(ctx context.Context, conn *decoy.Conn) {
	c := &client{server: s, conn: conn, ctx: ctx, peer: newPeer()}
	c.in = &decoder{in: conn, peer: c.peer, heard: func() {}}
	if conn.SetDeadline(time.Now().Add(loginTimeout)) != nil || c.negotiate() != nil {
		return
	}
	c.conn.Log(kindClient, decoy.Fields{
		"options": strings.Join(c.peer.order, ","), "term": c.peer.term, "speed": c.peer.speed, "user": c.peer.user,
	}, "the client negotiated %d options", len(c.peer.order))
	user, ok := c.logIn()
	if !ok || conn.SetDeadline(time.Time{}) != nil {
		return
	}
	c.session(user)
}

// negotiate is the dialogue of telnetd before login begins, whose prompt it ends with.
func (c *client) negotiate() error {
	d := c.server.daemon
	if err := c.say(string(d.opening)); err != nil {
		return err
	}
	if d.asks != nil {
		if err := c.until(func() bool { return d.answered(c.peer) }); err != nil {
			return err
		}
		ask, of := d.questions(c.peer)
		if err := c.say(string(ask)); err != nil {
			return err
		}
		err := c.until(func() bool {
			for _, option := range of {
				if !c.peer.replied[option] {
					return false
				}
			}
			return true
		})
		if err != nil {
			return err
		}
		if err := c.say(string(d.second)); err != nil {
			return err
		}
		echo := func() bool {
			_, ok := c.peer.agreed(optEcho)
			return ok
		}
		if err := c.until(echo); err != nil {
			return err
		}
	}
	p := c.server.machine.Persona
	greeting := ""
	if d.greeting != "" {
		greeting = fmt.Sprintf(d.greeting, p.Kernel, p.Hostname)
	}
	return c.say(string(d.third) + greeting)
}

// maxTyped bounds what is typed before anybody asked, in bytes.
const maxTyped = 512

// until reads until done; what is typed meanwhile is for login.
func (c *client) until(done func() bool) error {
	var typed []byte
	for !done() {
		if len(c.in.raw) == 0 {
			if err := c.in.fill(); err != nil {
				return err
			}
		}
		for len(c.in.raw) > 0 && !done() {
			b := c.in.raw[0]
			c.in.raw = c.in.raw[1:]
			if data, err := c.in.step(b); err == nil && len(typed) < maxTyped {
				typed = append(typed, data)
			}
		}
	}
	c.in.raw = append(typed, c.in.raw...)
	return nil
}

// say sends text as it is.
func (c *client) say(text string) error {
	_, err := io.WriteString(c.conn, text)
	return err
}

// session runs the shell.
func (c *client) session(user string) {
	rows, columns := c.peer.rows, c.peer.columns
	c.conn.Log(kindSession, decoy.Fields{
		"user": user, "type": "shell", "term": c.peer.term, "columns": fmt.Sprint(columns), "rows": fmt.Sprint(rows),
	}, "%s logged in", user)
	rec := record.Start(c.conn, record.Terminal{
		Columns: uint32(columns), Rows: uint32(rows), Term: c.peer.term, User: user, //nolint:gosec // 16 bits
	})
	defer rec.End()
	config := c.server.world.Shell(c.conn, user, capture.Of(c.conn))
	config.Service, config.Term, config.Columns = "telnet", c.peer.term, columns
	if config.Term == "" {
		config.Term = "network"
	}
	sh := shell.New(config)
	c.in.heard = func() { // a new size, most likely
		if c.peer.columns != columns || c.peer.rows != rows {
			columns, rows = c.peer.columns, c.peer.rows
			rec.Resize(uint32(columns), uint32(rows)) //nolint:gosec // 16 bits
			sh.Resize(columns)
		}
	}
	out := rec.Writer(escaped{c.conn})
	_, _ = io.WriteString(shell.OnTerminal(out), c.greeting(user, config.Login))
	sh.Terminal(c.ctx, rec.Reader(c.in), out, c.conn.Go)
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

// escaped doubles the byte that would begin a command.
type escaped struct{ w io.Writer }

func (e escaped) Write(p []byte) (int, error) {
	if _, err := io.WriteString(e.w, strings.ReplaceAll(string(p), "\xff", "\xff\xff")); err != nil {
		return 0, err
	}
	return len(p), nil
}
