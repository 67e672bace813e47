// Package ios is the command line of a Cisco router with IOS 15. In come the lines of somebody
// who has logged in, out goes what such a router answers, all of it derived from the
// persona: model, serial numbers, addresses, release and uptime. What is configured is
// remembered for its source and changes nothing else.
package ios

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/device"
)

// more is what the router says at the end of a page.
const more = " --More-- "

// A session is one login.
type session struct {
	*device.Config
	ctx      context.Context //nolint:containedctx // of the session
	term     *device.Term
	tree     *node
	mode     mode
	sub      string // of configuration, such as "if"
	hostname string
	ended    bool
}

// Run has a session until somebody leaves.
func Run(ctx context.Context, c device.Config, term *device.Term) {
	s := &session{Config: &c, ctx: ctx, term: term, tree: newTree(commands, helps), hostname: c.Persona.Hostname}
	for _, setting := range c.Settings {
		if name, ok := strings.CutPrefix(setting, "hostname "); ok {
			s.hostname = name
		}
	}
	term.Help = func(before string) string {
		if s.mode >= config {
			return configTree.options(before, s.mode)
		}
		return s.tree.options(before, s.mode)
	}
	term.Complete = func(before string) string { return s.tree.complete(before, s.mode) }
	interrupted := func() {
		if s.mode >= config {
			s.mode, s.sub = privileged, ""
		}
	}
	c.Lines(term, s.prompt, interrupted, func(line string) bool { return s.line(line) && !s.ended })
}

func (s *session) prompt() string {
	switch s.mode {
	case privileged:
		return s.hostname + "#"
	case config:
		return s.hostname + "(config)#"
	case configSub:
		return s.hostname + "(config-" + s.sub + ")#"
	case user:
	}
	return s.hostname + ">"
}

// line runs one. It is false if the terminal is gone.
func (s *session) line(line string) bool {
	if s.mode >= config {
		s.term.Print(s.configure(line))
		return true
	}
	line, filter, _ := strings.Cut(line, "|")
	command, args, err := s.tree.parse(line, s.mode)
	if err != nil {
		s.term.Print(s.wrong(line, err))
		return true
	}
	out := command.run(s, args)
	if filter != "" {
		out = filtered(out, strings.TrimSpace(filter))
	}
	return s.term.Page(out, more) == nil
}

// wrong is what the router says of a line that is no command: a single word is taken for the
// name of a host to connect to.
func (s *session) wrong(line string, err error) string {
	bad, ok := errors.AsType[*parseError](err)
	if !ok {
		return err.Error() + "\n"
	}
	all := words(line)
	if bad.unknown && len(all) == 1 && s.mode <= privileged {
		return s.connect(all[0].text)
	}
	if bad.at < 0 {
		return bad.text + "\n\n"
	}
	return strings.Repeat(" ", len(s.prompt())+bad.at) + "^\n" + bad.text + "\n"
}

// connect is what becomes of the name of a host.
func (s *session) connect(name string) string {
	s.term.Print("Translating \"" + name + "\"...domain server (255.255.255.255)\n")
	decoy.Sleep(s.ctx, s.NetworkDelay)
	return " (255.255.255.255)\nTranslating \"" + name + "\"...domain server (255.255.255.255)\n\n" +
		"% Unknown command or computer name, or unable to find computer address\n"
}

// filtered is output through a pipe: include, exclude, begin and section.
func filtered(out, filter string) string {
	verb, pattern, _ := strings.Cut(filter, " ")
	means := func(name string) bool { return len(verb) <= len(name) && name[:len(verb)] == verb }
	pattern = strings.TrimSpace(pattern)
	matches := func(line string) bool { return strings.Contains(line, pattern) }
	if re, err := regexp.Compile(pattern); err == nil {
		matches = re.MatchString
	}
	var b strings.Builder
	shown := false
	for line := range strings.Lines(out) {
		has := matches(line)
		switch {
		case verb == "":
			return "% Incomplete command.\n\n"
		case means("include") && has, means("exclude") && !has:
			b.WriteString(line)
		case means("begin"):
			if shown = shown || has; shown {
				b.WriteString(line)
			}
		case means("section"):
			if shown = has || shown && strings.HasPrefix(line, " "); shown {
				b.WriteString(line)
			}
		}
	}
	return b.String()
}

// enable asks for the password of the privileged mode, three times.
func (s *session) enable() string {
	if s.mode >= privileged {
		return ""
	}
	for range 3 {
		password, err := s.term.Line("Password: ", true)
		if err != nil {
			return "\n"
		}
		if s.Enable([]byte(password)) {
			s.mode = privileged
			return ""
		}
	}
	return "% Bad secrets\n\n"
}

// confirm asks whether something is to be done: Enter is yes.
func (s *session) confirm(question string) bool {
	answer, err := s.term.Line(question, false)
	return err == nil && (answer == "" || answer[0] == 'y' || answer[0] == 'Y')
}

// wait lets the network take its time.
func (s *session) wait(part int) { decoy.Sleep(s.ctx, s.NetworkDelay/time.Duration(part)) }
