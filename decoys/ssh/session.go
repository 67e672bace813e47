package ssh

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/record"
	"github.com/decnet/decnet/decoys/shell"
	"github.com/decnet/decnet/decoys/ssh/sshwire"
)

// terminal is what a client asked for with pty-req.
type terminal struct {
	term          string
	columns, rows uint32
}

// An invocation is what is to run on a channel.
type invocation struct {
	kind, command string
	tty           *terminal
	env           map[string]string
}

// maxGiven bounds the variables that a session is given, in number.
const maxGiven = 16

// maxEnv bounds what is noted of environment variables, in bytes.
const maxEnv = 2 << 10

// session serves one channel (RFC 4254 section 6): requests until one of them
// starts a shell or a command, then that.
func (c *client) session(ch channel, requests <-chan request) {
	defer c.sessions.Add(-1)
	var tty *terminal
	var env []string
	given := map[string]string{}
	for r := range requests {
		w := sshwire.NewReader(r.payload)
		switch r.kind {
		case "pty-req":
			tty = &terminal{term: w.Text(), columns: w.Uint32(), rows: w.Uint32()}
			if tty.term == "" {
				tty.term = "dumb"
			}
			r.answer(w.OK())
		case "env":
			name, value := w.Text(), w.Text()
			if len(strings.Join(env, " "))+len(name)+len(value) < maxEnv {
				env = append(env, name+"="+value)
			}
			// Debian's sshd_config has AcceptEnv LANG LC_*.
			ok := name == "LANG" || strings.HasPrefix(name, "LC_")
			if ok && len(given) < maxGiven {
				given[name] = value
			}
			r.answer(ok)
		case "subsystem":
			name := w.Text()
			ok := name == "sftp"
			c.conn.Log(kindSubsystem, decoy.Fields{"name": name, "accepted": strconv.FormatBool(ok)}, "%s asked for subsystem %q", c.user, name)
			r.answer(ok)
			if ok {
				c.run(ch, requests, invocation{kind: r.kind})
				return
			}
		case "shell", "exec":
			command := ""
			if r.kind == "exec" {
				command = w.Text()
			}
			r.answer(true)
			c.logSession(r.kind, command, tty, env)
			c.run(ch, requests, invocation{r.kind, command, tty, given})
			return
		case "auth-agent-req@openssh.com":
			r.answer(c.agent.CompareAndSwap(false, true)) // once for a connection
		case "break":
			r.answer(tty != nil)
		default:
			r.answer(r.kind == "x11-req" || r.kind == "window-change")
		}
	}
}

func (c *client) logSession(kind, command string, tty *terminal, env []string) {
	f := decoy.Fields{"type": kind, "user": c.user}
	if kind == "exec" {
		f["exec"] = command
	}
	if tty != nil {
		f["term"] = tty.term
		f["columns"], f["rows"] = fmt.Sprint(tty.columns), fmt.Sprint(tty.rows)
	}
	if len(env) > 0 {
		f["env"] = strings.Join(env, " ")
	}
	c.conn.Log(kindSession, f, "%s asked for %s", c.user, kind)
}

// run runs a shell, a command or a subsystem on the channel and tells its exit status.
func (c *client) run(ch channel, requests <-chan request, what invocation) {
	ctx, cancel := context.WithCancel(c.ctx)
	defer cancel()
	in, out := io.Reader(ch), io.Writer(ch)
	var sh *shell.Shell
	if what.kind != "subsystem" {
		sh = shell.New(c.shellConfig(what))
	}
	resized := func(uint32, uint32) {}
	tty := what.tty
	if nth := c.terminals(tty); nth >= 0 {
		rec := record.Start(c.conn, record.Terminal{
			Columns: tty.columns, Rows: tty.rows, Term: tty.term, User: c.user, Nth: uint8(nth), //nolint:gosec // below maxRecorded
		})
		defer rec.End()
		in, out = rec.Reader(ch), rec.Writer(ch)
		resized = func(columns, rows uint32) {
			rec.Resize(columns, rows)
			sh.Resize(int(columns))
		}
	}
	c.conn.Go(func() {
		c.meanwhile(requests, resized)
		cancel() // the channel is closed
	})
	status := c.program(ctx, sh, shell.Streams{In: in, Out: out, Err: ch.stderr()}, what)
	if sh != nil && sh.Signal() != "" {
		ch.killed(sh.Signal())
		return
	}
	ch.exit(status)
}

// maxRecorded bounds the recordings of one connection.
const maxRecorded = 200

// terminals numbers the terminals of a connection that are recorded; -1 is none.
func (c *client) terminals(tty *terminal) int32 {
	if tty == nil {
		return -1
	}
	n := c.recorded.Add(1)
	if n > maxRecorded {
		return -1
	}
	return n - 1
}

// meanwhile takes the requests that come while a program runs, until the channel is
// closed.
func (c *client) meanwhile(requests <-chan request, resized func(columns, rows uint32)) {
	for r := range requests {
		if r.kind == "window-change" {
			w := sshwire.NewReader(r.payload)
			if columns, rows := w.Uint32(), w.Uint32(); w.OK() {
				resized(columns, rows)
			}
		}
		r.answer(r.kind == "window-change" || r.kind == "break")
	}
}

// program is what was asked for; the result is its exit status.
func (c *client) program(ctx context.Context, sh *shell.Shell, s shell.Streams, what invocation) int {
	if sh == nil {
		return c.sftp(ctx, struct {
			io.Reader
			io.Writer
		}{s.In, s.Out})
	}
	tty := what.tty
	switch {
	case what.kind == "exec":
		if tty != nil { // a terminal has one output, which ends lines its own way
			s.Out = shell.OnTerminal(s.Out)
			s.Err = s.Out
		}
		return sh.Exec(ctx, what.command, s)
	case tty != nil:
		_, _ = io.WriteString(shell.OnTerminal(s.Out), c.server.world.System.Motd()+c.lastLogin(sh.Login))
		return sh.Terminal(ctx, s.In, s.Out, c.conn.Go)
	}
	_, _ = io.WriteString(s.Out, c.server.world.System.Motd())
	return sh.Script(ctx, s)
}

func (c *client) shellConfig(what invocation) shell.Config {
	config := c.server.world.Shell(c.conn, c.user, c.captured)
	config.Programs, config.Env = c.programs(), what.env
	if tty := what.tty; tty != nil {
		config.Term, config.Columns = tty.term, int(tty.columns)
	}
	return config
}

// lastLogin is the line that sshd shows with a terminal.
func (c *client) lastLogin(now time.Time) string {
	last, ok := c.server.world.LoggedIn(c.user, c.source(), now)
	if !ok {
		return ""
	}
	return "Last login: " + last.At.UTC().Format("Mon Jan _2 15:04:05 2006") + " from " + last.From.String() + "\n"
}
