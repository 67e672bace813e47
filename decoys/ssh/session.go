package ssh

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/decnet/decnet/decoys/capture"
	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/record"
	"github.com/decnet/decnet/decoys/shell"
	"github.com/decnet/decnet/pkg/decnet"
)

// terminal is what a client asked for with pty-req.
type terminal struct {
	term          string
	columns, rows uint32
}

// grantedBefore are requests before a program runs that OpenSSH grants as Debian sets it up, although
// nothing comes of them here.
var grantedBefore = map[string]bool{"x11-req": true, "auth-agent-req@openssh.com": true, "window-change": true, "break": true}

// maxEnv bounds what is noted of environment variables, in bytes.
const maxEnv = 2 << 10

// session serves one channel (RFC 4254 section 6): requests until one of them
// starts a shell or a command, then that.
func (c *client) session(ch channel, requests <-chan request) {
	defer c.sessions.Add(-1)
	var tty *terminal
	var env []string
	for r := range requests {
		w := wire{data: r.payload}
		switch r.kind {
		case "pty-req":
			tty = &terminal{term: w.text(), columns: w.number(), rows: w.number()}
			if tty.term == "" {
				tty.term = "dumb"
			}
			r.answer(!w.bad)
		case "env":
			name, value := w.text(), w.text()
			if len(strings.Join(env, " "))+len(name)+len(value) < maxEnv {
				env = append(env, name+"="+value)
			}
			// Debian's sshd_config has AcceptEnv LANG LC_*.
			r.answer(name == "LANG" || strings.HasPrefix(name, "LC_"))
		case "subsystem":
			name := w.text()
			ok := name == "sftp"
			c.conn.Log(kindSubsystem, decoy.Fields{"name": name, "accepted": strconv.FormatBool(ok)}, "%s asked for subsystem %q", c.user, name)
			r.answer(ok)
			if ok {
				c.run(ch, requests, r.kind, "", nil)
				return
			}
		case "shell", "exec":
			command := ""
			if r.kind == "exec" {
				command = w.text()
			}
			r.answer(true)
			c.logSession(r.kind, command, tty, env)
			c.run(ch, requests, r.kind, command, tty)
			return
		default:
			r.answer(grantedBefore[r.kind])
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
func (c *client) run(ch channel, requests <-chan request, kind, command string, tty *terminal) {
	ctx, cancel := context.WithCancel(c.ctx)
	defer cancel()
	in, out := io.Reader(ch), io.Writer(ch)
	resized := func(uint32, uint32) {}
	if nth := c.terminals(tty); nth >= 0 {
		rec := record.Start(c.conn, record.Terminal{
			Columns: tty.columns, Rows: tty.rows, Term: tty.term, User: c.user, Nth: uint8(nth), //nolint:gosec // below maxRecorded
		})
		defer rec.End()
		in, out, resized = rec.Reader(ch), rec.Writer(ch), rec.Resize
	}
	c.conn.Go(func() {
		c.meanwhile(requests, resized)
		cancel() // the channel is closed
	})
	ch.exit(c.program(ctx, shell.Streams{In: in, Out: out, Err: ch.stderr()}, kind, command, tty))
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
			w := wire{data: r.payload}
			if columns, rows := w.number(), w.number(); !w.bad {
				resized(columns, rows)
			}
		}
		r.answer(r.kind == "window-change" || r.kind == "break")
	}
}

// program is what was asked for; the result is its exit status.
func (c *client) program(ctx context.Context, s shell.Streams, kind, command string, tty *terminal) int {
	if kind == "subsystem" {
		return c.sftp(ctx, struct {
			io.Reader
			io.Writer
		}{s.In, s.Out})
	}
	login := time.Now()
	sh := shell.New(c.shellConfig(tty, login))
	switch {
	case kind == "exec":
		if tty != nil { // a terminal has one output, which ends lines its own way
			s.Out = shell.OnTerminal(s.Out)
			s.Err = s.Out
		}
		return sh.Exec(ctx, command, s)
	case tty != nil:
		_, _ = io.WriteString(shell.OnTerminal(s.Out), c.server.world.System.Motd()+c.lastLogin(login))
		return sh.Terminal(ctx, s.In, s.Out, c.conn.Go)
	}
	_, _ = io.WriteString(s.Out, c.server.world.System.Motd())
	return sh.Script(ctx, s)
}

func (c *client) shellConfig(tty *terminal, login time.Time) shell.Config {
	config := shell.Config{
		System: c.server.world.System, FS: c.server.world.Files(c.source()), User: c.user,
		Source: c.conn.Source, Local: netip.AddrPortFrom(c.server.machine.Address, localPort(c.conn)), Login: login,
		NetworkDelay: c.server.networkDelay,
		Command: func(line string) {
			c.conn.Log(decnet.KindCommand, decoy.Fields{decnet.FieldCommand: line}, "%s ran a command", c.user)
		},
		Password: func(user, password string) { c.server.world.SetPassword(c.source(), user, []byte(password)) },
		Download: c.logDownload,
		Written: func(path string, data []byte) {
			c.captured.Keep(capture.File{Path: path, Content: data, Size: int64(len(data))}, "shell")
		},
		Programs: c.programs(),
	}
	if tty != nil {
		config.Term, config.Columns = tty.term, int(tty.columns)
	}
	return config
}

func localPort(c net.Conn) uint16 {
	if a, ok := c.LocalAddr().(*net.TCPAddr); ok {
		return a.AddrPort().Port()
	}
	return 22
}

// lastLogin is the line that sshd shows with a terminal.
func (c *client) lastLogin(now time.Time) string {
	last, ok := c.server.world.LoggedIn(c.user, c.source(), now)
	if !ok {
		return ""
	}
	return "Last login: " + last.At.UTC().Format("Mon Jan _2 15:04:05 2006") + " from " + last.From.String() + "\n"
}
