package corpus

import (
	"bytes"
	"fmt"

	"github.com/decnet/decnet/decoys/decoytest/twin"
)

// Sizes that OpenSSH's own client names when it opens a session.
const (
	window    = 2 << 20
	maxChunk  = 32 << 10
	ourNumber = 7 // the client's number of its channel
)

func openSession(more ...any) []byte {
	return message(msgChannelOpen, append([]any{"session", ourNumber, window, maxChunk}, more...)...)
}

// request is one of the server's first channel, which has the number 0.
func request(kind string, wantReply bool, more ...any) []byte {
	return message(msgChannelRequest, append([]any{0, kind, wantReply}, more...)...)
}

func execute(command string) []byte { return request("exec", true, command) }

func data(s string) []byte { return message(msgChannelData, 0, s) }

var (
	eof   = message(msgChannelEOF, 0)
	close = message(msgChannelClose, 0)
	pty   = request("pty-req", true, "xterm", 80, 24, 640, 480, "\x00")
)

// sessions are sessions and their requests, in all orders.
func sessions() []twin.Dialogue {
	open := openSession()
	var all []twin.Dialogue
	for name, payloads := range map[string][][]byte{
		"open": {open}, "exec true": {open, execute("true")}, "exec false": {open, execute("false")}, "exec exit 42": {open, execute("exit 42")}, "exec exit 300": {open, execute("exit 300")},
		"exec echo": {open, execute("echo hello")}, "exec to stderr": {open, execute("echo hello >&2")}, "exec both": {open, execute("echo a; echo b >&2")}, "exec nothing": {open, execute("")},
		"exec not found": {open, execute("/nonexistent/x")}, "exec without reply": {open, request("exec", false, "echo hello")}, "exec twice": {open, execute("cat"), execute("echo second")},
		"exec without command": {open, request("exec", true)}, "exec cut": {open, request("exec", true, 1<<20)}, "exec trailing bytes": {open, append(execute("true"), 'x')},
		"exec killed": {open, execute("kill -9 $$")}, "exec terminated": {open, execute("kill -15 $$")}, "exec core": {open, execute("kill -6 $$")},
		"exec cat": {open, execute("cat"), data("hello\n"), eof}, "exec cat without eof": {open, execute("cat"), data("hello\n"), close}, "exec cat and nothing": {open, execute("cat"), eof},
		"exec after eof": {open, eof, execute("echo hello")}, "exec reads no input": {open, execute("echo hello"), data("x")}, "eof twice": {open, execute("cat"), eof, eof}, "close twice": {open, close, close},
		"data before exec": {open, data("early\n"), execute("cat"), eof}, "data after eof": {open, execute("cat"), eof, data("late")}, "data after close": {open, close, data("late")},
		"extended data": {open, execute("cat"), message(msgExtendedData, 0, 1, "x"), eof}, "extended data of type 2": {open, execute("cat"), message(msgExtendedData, 0, 2, "x"), eof},
		"empty data": {open, execute("cat"), data(""), eof}, "shell": {open, request("shell", true), data("echo $0; exit 5\n")}, "shell and eof": {open, request("shell", true), eof}, "shell twice": {open, request("shell", true), request("shell", true)},
		"pty": {open, pty}, "pty twice": {open, pty, pty}, "pty cut": {open, request("pty-req", true, "xterm", 80)}, "pty without modes": {open, request("pty-req", true, "xterm", 80, 24, 0, 0)},
		"pty of no size": {open, request("pty-req", true, "xterm", 0, 0, 0, 0, "\x00"), execute("stty size")}, "pty of huge size": {open, request("pty-req", true, "xterm", 1<<31, 1<<31, 0, 0, "\x00"), execute("true")},
		"pty empty modes": {open, request("pty-req", true, "xterm", 80, 24, 0, 0, ""), execute("true")}, "pty odd modes": {open, request("pty-req", true, "xterm", 80, 24, 0, 0, "\xa0\xff\xff"), execute("true")},
		"pty unknown mode": {open, request("pty-req", true, "xterm", 80, 24, 0, 0, "\x7f\x00\x00\x00\x01\x00"), execute("true")}, "pty without echo": {open, request("pty-req", true, "xterm", 80, 24, 0, 0, "\x35\x00\x00\x00\x00\x00"), execute("cat")},
		"pty term with nul": {open, request("pty-req", true, "a\x00b", 80, 24, 0, 0, "\x00"), execute("true")}, "pty long term": {open, request("pty-req", true, repeat("t", 3000), 80, 24, 0, 0, "\x00"), execute("true")},
		"pty exec": {open, pty, execute("echo hello")}, "pty exec stderr": {open, pty, execute("echo hello >&2")}, "pty exec tty": {open, pty, execute("test -t 0 && test -t 1 && echo yes")}, "pty after exec": {open, execute("cat"), pty},
		"pty ctrl-d": {open, pty, execute("cat"), data("hello\r"), data("\x04")}, "pty ctrl-c": {open, pty, execute("cat"), data("\x03")}, "pty exec eof": {open, pty, execute("cat"), eof}, "pty exec close": {open, pty, execute("cat"), close},
		"window-change": {open, pty, request("window-change", true, 100, 50, 0, 0)}, "window-change without pty": {open, request("window-change", true, 100, 50, 0, 0)}, "window-change cut": {open, pty, request("window-change", true, 100)},
		"window-change in exec": {open, pty, execute("cat"), request("window-change", true, 100, 50, 0, 0)}, "window-change without reply": {open, pty, request("window-change", false, 100, 50, 0, 0)},
		"env LANG": {open, request("env", true, "LANG", "C")}, "env LC_ALL": {open, request("env", true, "LC_ALL", "C"), execute("echo $LC_ALL")}, "env other": {open, request("env", true, "FOO", "bar")}, "env cut": {open, request("env", true, "LANG")},
		"env LD_PRELOAD": {open, request("env", true, "LD_PRELOAD", "x")}, "env without reply": {open, request("env", false, "FOO", "bar")}, "env empty": {open, request("env", true, "", "")}, "env with equals": {open, request("env", true, "LC_A=B", "c")},
		"env long": {open, request("env", true, "LC_X", repeat("v", 20000))}, "env after exec": {open, execute("cat"), request("env", true, "LANG", "C")},
		"signal": {open, execute("cat"), request("signal", true, "TERM")}, "signal unknown": {open, execute("cat"), request("signal", true, "NOSUCH")}, "signal before exec": {open, request("signal", true, "TERM")}, "signal without reply": {open, execute("cat"), request("signal", false, "KILL")},
		"break": {open, pty, execute("cat"), request("break", true, 500)}, "break without pty": {open, request("break", true, 500)}, "xon-xoff": {open, request("xon-xoff", true, true)},
		"subsystem unknown": {open, request("subsystem", true, "no-such")}, "subsystem empty": {open, request("subsystem", true, "")}, "subsystem cut": {open, request("subsystem", true)}, "subsystem without reply": {open, request("subsystem", false, "no-such")},
		"subsystem sftp": {open, request("subsystem", true, "sftp")}, "sftp init": {open, request("subsystem", true, "sftp"), data("\x00\x00\x00\x05\x01\x00\x00\x00\x03")}, "subsystem netconf": {open, request("subsystem", true, "netconf")},
		"agent": {open, request("auth-agent-req@openssh.com", true)}, "agent twice": {open, request("auth-agent-req@openssh.com", true), request("auth-agent-req@openssh.com", true)},
		"x11": {open, request("x11-req", true, false, "MIT-MAGIC-COOKIE-1", "0123456789abcdef0123456789abcdef", 0)}, "x11 broken cookie": {open, request("x11-req", true, false, "MIT-MAGIC-COOKIE-1", "xyz", 0)}, "x11 cut": {open, request("x11-req", true, false)},
		"unknown request": {open, request("no-such-request", true)}, "unknown request without reply": {open, request("no-such-request", false)}, "empty request": {open, request("", true)}, "request cut": {open, message(msgChannelRequest, 0)},
		"request to no channel": {message(msgChannelRequest, 0, "shell", true)}, "request to channel 5": {open, message(msgChannelRequest, 5, "shell", true)}, "request to channel 2^32-1": {open, message(msgChannelRequest, 1<<32-1, "shell", true)},
		"exit-status from client": {open, request("exit-status", true, 3)}, "eow": {open, execute("cat"), request("eow@openssh.com", true)}, "keepalive": {open, request("keepalive@openssh.com", true)}, "simple": {open, request("simple@putty.projects.tartarus.org", true)},
		"window adjust": {open, message(msgWindowAdjust, 0, 1<<20)}, "window adjust to overflow": {open, message(msgWindowAdjust, 0, 1<<32-1)}, "window adjust of no channel": {message(msgWindowAdjust, 0, 5)}, "window adjust cut": {open, message(msgWindowAdjust, 0)},
		"close": {open, close}, "eof and close": {open, eof, close}, "eof of no channel": {message(msgChannelEOF, 3)}, "close of no channel": {message(msgChannelClose, 3)}, "data of no channel": {message(msgChannelData, 3, "x")},
		"confirmation unasked": {message(msgOpenConfirm, 0, 0, 1, 1)}, "failure unasked": {message(msgOpenFailure, 0, 1, "x", "")}, "success unasked": {message(99, 0)}, "failure of a request unasked": {message(100, 0)}, "success of no channel": {message(99, 9)},
		"confirmation of an open one": {open, message(msgOpenConfirm, 0, 0, 1, 1)}, "close with trailing bytes": {open, append(bytes.Clone(close), 'x')}, "close cut": {open, {msgChannelClose}}, "data longer than it is": {open, execute("cat"), message(msgChannelData, 0, 1<<20)},
	} {
		all = append(all, authed("session/"+name, sayAll(payloads...)))
	}
	for _, size := range [][2]int{{0, maxChunk}, {1, 1}, {10, maxChunk}, {window, 0}, {window, 16}, {1<<32 - 1, 1<<32 - 1}} {
		all = append(all, authed(fmt.Sprintf("session/window %d packet %d", size[0], size[1]), sayAll(
			message(msgChannelOpen, "session", ourNumber, size[0], size[1]), execute("echo 0123456789abcdefghijklmnopqrstuvwxyz"), message(msgWindowAdjust, 0, 5), message(msgWindowAdjust, 0, 100))))
	}
	all = append(all, authed("session/more data than the window", func(c *client) error {
		if err := sayAll(openSession(), execute("sleep 2"))(c); err != nil {
			return err
		}
		for range 80 {
			if err := c.send(data(string(repeat("x", 32000)))); err != nil {
				return err
			}
		}
		c.hear("flood")
		return nil
	}))
	sortByName(all)
	return all
}
