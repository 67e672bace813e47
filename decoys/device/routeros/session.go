// Package routeros is the command line of a MikroTik router with RouterOS 6. In come the lines of
// somebody who has logged in, out goes what such a router answers, all of it derived from the
// persona. What is configured is remembered for its source and changes nothing else.
package routeros

import (
	"context"
	"fmt"
	"strings"

	"github.com/decnet/decnet/decoys/device"
)

// A session is one login.
type session struct {
	*device.Config
	ctx   context.Context //nolint:containedctx // of the session
	term  *device.Term
	menu  string // where it is, such as "/ip address"
	ended bool
}

// more is what the router says at the end of a page.
const more = "-- [Q quit|D dump|down]"

// Run has a session until somebody leaves. Colors says that the terminal has them.
func Run(ctx context.Context, c device.Config, term *device.Term, colors bool) {
	s := &session{Config: &c, ctx: ctx, term: term}
	term.Help = s.help
	term.Complete = s.complete
	term.Print(s.banner())
	c.Lines(term, func() string { return s.prompt(colors) }, func() {}, func(line string) bool {
		out := s.line(line)
		return (out == "" || term.Page(out, more) == nil) && !s.ended
	})
}

func (s *session) prompt(colors bool) string {
	menu := s.menu
	if menu != "" {
		menu = " " + menu
	}
	if colors {
		return fmt.Sprintf("[\x1b[36m%s\x1b[m@\x1b[32m%s\x1b[m]%s > ", s.User, s.identity(), menu)
	}
	return fmt.Sprintf("[%s@%s]%s > ", s.User, s.identity(), menu)
}

// identity is the router's name.
func (s *session) identity() string {
	name := s.Persona.Hostname
	for _, setting := range s.Settings {
		if rest, ok := strings.CutPrefix(setting, "/system identity set name="); ok {
			name = strings.Trim(rest, `"`)
		}
	}
	return name
}

func (s *session) banner() string {
	const art = `
  MMM      MMM       KKK                          TTTTTTTTTTT      KKK
  MMMM    MMMM       KKK                          TTTTTTTTTTT      KKK
  MMM MMMM MMM  III  KKK  KKK  RRRRRR     OOOOOO      TTT     III  KKK  KKK
  MMM  MM  MMM  III  KKKKK     RRR  RRR  OOO  OOO     TTT     III  KKKKK
  MMM      MMM  III  KKK KKK   RRRRRR    OOO  OOO     TTT     III  KKK KKK
  MMM      MMM  III  KKK  KKK  RRR  RRR   OOOOOO      TTT     III  KKK  KKK

  MikroTik RouterOS %s (c) 1999-%s       http://www.mikrotik.com/

[?]             Gives the list of available commands
command [?]     Gives help on the command and list of arguments

[Tab]           Completes the command/word. If the input is ambiguous,
                a second [Tab] gives possible options

/               Move up to base level
..              Move up one level
/command        Use command at the base level
`
	r := s.release()
	return "\n" + fmt.Sprintf(art, r.version, r.year)
}

// line runs a line: commands with semicolons between them, until one is wrong.
func (s *session) line(line string) string {
	var b strings.Builder
	at := 0
	for part := range strings.SplitSeq(line, ";") {
		out, ok := s.command(part, at)
		b.WriteString(out)
		at += len(part) + 1
		if !ok || s.ended {
			break
		}
	}
	return b.String()
}

// command runs one command, whose first byte is at the given place of the line.
func (s *session) command(text string, at int) (out string, ok bool) {
	ws, bad := parse(text)
	if bad >= 0 {
		return fmt.Sprintf("syntax error (line 1 column %d)\n", at+bad+1), false
	}
	menu := s.menu
	for i, w := range ws {
		switch w.text {
		case "/":
			menu = ""
		case "..":
			menu = parent(menu)
		default:
			if sub, found := submenu(menu, w.text); found {
				menu = sub
				continue
			}
			return s.verb(menu, ws[i:], at)
		}
	}
	s.menu = menu // a menu alone goes there
	return "", true
}

// verb runs a command of a menu.
func (s *session) verb(menu string, ws []word, at int) (string, bool) {
	name := ws[0].text
	full, known := verbOf(menu, name)
	if !known {
		return fmt.Sprintf("bad command name %s (line 1 column %d)\n", name, at+ws[0].at+1), false
	}
	if out, ok := s.special(menu, full, ws[1:]); ok {
		return out, true
	}
	switch full {
	case "print", "export", "detail":
		for _, w := range ws[1:] {
			if !printArguments[w.text] && !strings.Contains(w.text, "=") {
				return fmt.Sprintf("expected end of command (line 1 column %d)\n", at+w.at+1), false
			}
		}
		if full == "export" {
			return s.export(menu), true
		}
		return s.print(menu), true
	case "add", "set", "remove", "enable", "disable":
		return s.change(menu, full, ws[1:], at)
	}
	return "", true
}

// printArguments are what print takes.
var printArguments = map[string]bool{
	"detail": true, "terse": true, "brief": true, "value-list": true, "count-only": true, "without-paging": true, "where": true, "verbose": true,
	"compact": true, "terminal": true, "hide-sensitive": true, "show-ids": true, "follow": true, "stats": true,
}

// change remembers what was configured.
func (s *session) change(menu, verb string, ws []word, at int) (string, bool) {
	var args []string
	for _, w := range ws {
		if verb == "add" && !strings.Contains(w.text, "=") {
			return fmt.Sprintf("expected end of command (line 1 column %d)\n", at+w.at+1), false
		}
		args = append(args, w.text)
	}
	if verb != "add" && verb != "set" && len(args) == 0 {
		numbers, err := s.term.Line("numbers: ", false)
		if err != nil {
			return "", false
		}
		args = []string{numbers}
	}
	s.Add(strings.TrimSpace(menu + " " + verb + " " + strings.Join(args, " ")))
	return "", true
}
