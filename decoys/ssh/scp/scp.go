// Package scp is the remote side of OpenSSH's scp with the old protocol, that of rcp:
// what "scp -t" and "scp -f" do. In come the bytes of a client, out go the genuine
// program's, over the files of a machine that does not exist (package shell), and calls
// that report what was asked for and what was written.
package scp

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/decnet/decnet/decoys/capture"
	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/shell"
)

// Config is one session.
type Config struct {
	Files *shell.Files
	// Release is OpenSSH's, as 100 times the first number and the second: 902.
	Release int
	// NetworkDelay is how long it takes until another machine cannot be reached.
	NetworkDelay time.Duration
	// Memory bounds what the files of all sessions that are on their way have in them; nil
	// does not.
	Memory *decoy.Budget
	// Request is told each request that names a file: read, write or mkdir.
	Request func(op, path string, ok bool)
	// Written is told each file that was written.
	Written func(capture.File)
	// Download is told each attempt to copy from or to another machine.
	Download func(what string)
}

// options are those of a command line.
type options struct {
	from, to, recursive, times, directory, verbose bool
}

// program is one run of scp.
type program struct {
	Config
	shell.Process
	options
	ctx  context.Context //nolint:containedctx // of the run
	in   *bufio.Reader
	errs int
	// ended is that the program has called exit.
	ended bool
}

// Run is the program scp.
func (c Config) Run(ctx context.Context, p shell.Process) int {
	s := &program{Config: c, Process: p, ctx: ctx, in: bufio.NewReaderSize(p.In, 32<<10)}
	names, ok := s.parse(p.Args[1:])
	switch {
	case !ok:
		return s.usage()
	case s.from:
		s.response()
		s.source(names)
	case s.to:
		s.sink(names)
	default:
		return s.elsewhere(names)
	}
	if s.errs > 0 {
		return 1
	}
	return 0
}

// withValue are the options that take a value.
const withValue = "cDFiJlMoPSX"

// parse reads a command line as getopt does.
func (s *program) parse(args []string) (names []string, ok bool) {
	flags := map[byte]*bool{
		'f': &s.from, 't': &s.to, 'r': &s.recursive, 'p': &s.times, 'd': &s.directory, 'v': &s.verbose,
	}
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		word := args[0][1:]
		args = args[1:]
		if word == "-" {
			return args, true
		}
		for i := range len(word) {
			switch letter := word[i]; {
			case flags[letter] != nil:
				*flags[letter] = true
				continue
			case strings.IndexByte("12346ABCOqRsT", letter) >= 0:
				continue
			case strings.IndexByte(withValue, letter) < 0:
				_, _ = fmt.Fprintf(s.Err, "scp: unknown option -- %c\r\n", letter)
				return nil, false
			case i == len(word)-1 && len(args) == 0:
				_, _ = fmt.Fprintf(s.Err, "scp: option requires an argument -- %c\r\n", letter)
				return nil, false
			case i == len(word)-1:
				args = args[1:]
			}
			break
		}
	}
	return args, true
}

func (s *program) usage() int {
	text := "usage: scp [-346ABCOpqRrsTv] [-c cipher] [-D sftp_server_path] [-F ssh_config]\n" +
		"           [-i identity_file] [-J destination] [-l limit] [-o ssh_option]\n" +
		"           [-P port] [-S program] [-X sftp_option] source ... target\n"
	switch {
	case s.Release < 807:
		text = "usage: scp [-346BCpqrTv] [-c cipher] [-F ssh_config] [-i identity_file]\n" +
			"            [-J destination] [-l limit] [-o ssh_option] [-P port]\n" +
			"            [-S program] source ... target\n"
	case s.Release < 902:
		text = "usage: scp [-346ABCOpqRrsTv] [-c cipher] [-D sftp_server_path] [-F ssh_config]\n" +
			"           [-i identity_file] [-J destination] [-l limit]\n" +
			"           [-o ssh_option] [-P port] [-S program] source ... target\n"
	}
	_, _ = io.WriteString(s.Err, text)
	return 1
}

// elsewhere copies from or to another machine, which cannot be reached.
func (s *program) elsewhere(names []string) int {
	if len(names) < 2 {
		return s.usage()
	}
	for _, name := range names {
		host, _, remote := strings.Cut(name, ":")
		if !remote || strings.Contains(host, "/") {
			continue
		}
		if s.Download != nil {
			s.Download(name)
		}
		decoy.Sleep(s.ctx, s.NetworkDelay)
		host = host[strings.LastIndexByte(host, '@')+1:]
		end := "scp: Connection closed"
		if s.Release < 807 {
			end = "lost connection"
		}
		_, _ = fmt.Fprintf(s.Err, "ssh: connect to host %s port 22: No route to host\r\n%s\n", host, end)
		break
	}
	return 1
}

// fail tells the client of an error in the name of the program.
func (s *program) fail(format string, args ...any) {
	s.errs++
	_, _ = fmt.Fprintf(s.Out, "\x01scp: "+format+"\n", args...) // who is gone is seen when reading
}

// exit ends the program after an error.
func (s *program) exit() { s.errs, s.ended = s.errs+1, true }

func (s *program) ok() { _, _ = s.Out.Write([]byte{0}) } // as above

// response reads the client's answer: 0, or -1 after an error.
func (s *program) response() int {
	b, err := s.in.ReadByte()
	if err != nil {
		s.exit()
		return -1
	}
	if b == 0 {
		return 0
	}
	for n := 0; n < maxLine; n++ {
		c, err := s.in.ReadByte()
		if err != nil || c == '\n' {
			break
		}
	}
	s.errs++
	if b != 1 {
		s.exit()
	}
	return -1
}

func (s *program) abs(p string) string {
	if strings.HasPrefix(p, "/") {
		return p
	}
	return s.Dir + "/" + p
}

func (s *program) asked(op, path string, err error) {
	if s.Request != nil {
		s.Request(op, s.abs(path), err == nil)
	}
}
