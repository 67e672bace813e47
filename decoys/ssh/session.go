package ssh

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strings"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/shell"
	"github.com/decnet/decnet/pkg/decnet"
)

// terminal is what a client asked for with pty-req.
type terminal struct {
	term          string
	columns, rows uint32
}

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
			c.conn.Log(kindSubsystem, decoy.Fields{"name": name}, "subsystem %q was refused", name)
			r.answer(false)
		case "shell", "exec":
			command := ""
			if r.kind == "exec" {
				command = w.text()
			}
			r.answer(true)
			c.logSession(r.kind, command, tty, env)
			c.run(ch, requests, r.kind, command, tty)
			return
		default: // x11-req, auth-agent-req@openssh.com and others
			r.answer(false)
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

// run runs a shell or a command on the channel and tells its exit status. The
// requests that come meanwhile, window-change and signal, need no answer.
func (c *client) run(ch channel, requests <-chan request, kind, command string, tty *terminal) {
	ctx, cancel := context.WithCancel(c.ctx)
	defer cancel()
	c.conn.Go(func() {
		for r := range requests {
			r.answer(r.kind == "window-change" || r.kind == "signal")
		}
		cancel() // the channel is closed
	})
	login := time.Now()
	sh := shell.New(c.shellConfig(tty, login))
	streams := shell.Streams{In: ch, Out: ch, Err: ch.stderr()}
	status := 0
	switch {
	case kind == "exec":
		if tty != nil { // a terminal has one output, which ends lines its own way
			streams.Out, streams.Err = shell.OnTerminal(ch), shell.OnTerminal(ch)
		}
		status = sh.Exec(ctx, command, streams)
	case tty != nil:
		_, _ = io.WriteString(shell.OnTerminal(ch), c.server.world.System.Motd()+c.lastLogin(login))
		status = sh.Terminal(ctx, ch, ch, c.conn.Go)
	default:
		_, _ = io.WriteString(ch, c.server.world.System.Motd())
		status = sh.Script(ctx, streams)
	}
	ch.exit(status)
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
		Download: func(tool, url string) {
			c.conn.Log(kindDownload, decoy.Fields{"tool": tool, "url": url}, "%s tried to fetch something", tool)
		},
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
