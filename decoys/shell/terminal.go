package shell

import (
	"context"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
)

// Terminal runs an interactive session on a terminal: in is what is typed, out
// what is shown. run starts a goroutine that reads in until that ends. The
// result is the exit status.
func (s *Shell) Terminal(ctx context.Context, in io.Reader, out io.Writer, run func(func())) int {
	defer s.leave()
	defer s.settle("/")
	k := newKeys()
	run(func() { k.pump(in) })
	e := &editor{keys: k, out: out, complete: s.complete}
	shown := &crlf{w: out}
	s.typed = &cooked{shell: s, ctx: ctx, editor: &editor{keys: k, out: out}}
	streams := Streams{s.typed, shown, shown}
	s.history = s.savedHistory()
	e.history = slices.Clone(s.history)
	for ctx.Err() == nil {
		if s.exited {
			if s.leaveLevel() {
				e.print("exit\r\n")
				continue
			}
			break
		}
		s.notices(streams)
		source, err := s.ask(ctx, e)
		switch {
		case errors.Is(err, errInterrupted):
			s.status = 130
			continue
		case err != nil && ctx.Err() == nil && !k.over() && len(s.shells) > 0:
			s.exited = true
			continue
		case err != nil: // Ctrl-D, or the terminal is gone
			e.print(s.farewell())
			s.atExit(ctx, streams)
			return s.status
		}
		source, err = s.recall(source)
		if err != nil {
			_, _ = io.WriteString(shown, s.name+": "+err.Error()+"\n")
			continue
		}
		s.interactiveLine(ctx, source, streams, e, k)
	}
	if s.exited {
		e.print(s.farewell())
		s.atExit(ctx, streams)
	}
	return s.status
}

func (s *Shell) farewell() string {
	if s.dialect == bash {
		return "logout\r\n"
	}
	return ""
}

// interactiveLine runs a line that Ctrl-C ends and Ctrl-Z stops.
func (s *Shell) interactiveLine(ctx context.Context, source string, streams Streams, e *editor, k *keys) {
	command, cancel := context.WithCancel(ctx)
	defer cancel()
	stopped := false
	k.onInterrupt(func(c byte) {
		stopped = c == ctrlZ
		_, _ = io.WriteString(e.out, map[bool]string{true: "^Z", false: "^C"}[stopped])
		cancel()
	})
	s.typed.ctx, s.typed.rest = command, nil
	s.Line(command, source, streams)
	k.onInterrupt(nil)
	if command.Err() != nil && ctx.Err() == nil {
		s.status = 130
		e.print("\r\n")
		if stopped {
			j := s.newJob(source)
			j.stopped, j.took = true, s.leftOver
			s.status = 148
			e.print(s.jobLine(j, j.began, false) + "\r\n")
		}
	}
	if strings.TrimSpace(source) != "" {
		if e.history = append(e.history, source); len(e.history) > maxHistory {
			e.history = e.history[1:]
		}
	}
}

// savedHistory is what the shell remembers of earlier sessions.
func (s *Shell) savedHistory() []string {
	data, err := s.FS.read(&s.user, s.user.home+"/.bash_history")
	if err != nil || s.dialect != bash {
		return nil
	}
	list := lines(data)
	return list[max(0, len(list)-maxHistory):]
}

// recall is history expansion: !!, !n, !-n, !text and !$.
func (s *Shell) recall(source string) (string, error) {
	if s.dialect != bash || !strings.Contains(source, "!") || strings.Contains(source, "'") {
		return source, nil
	}
	var missing string
	last := func(i int) string {
		if i < 0 || i >= len(s.history) {
			return ""
		}
		return s.history[i]
	}
	out := historyWord.ReplaceAllStringFunc(source, func(w string) string {
		event := ""
		switch {
		case w == "!!":
			event = last(len(s.history) - 1)
		case w == "!$":
			words := strings.Fields(last(len(s.history) - 1))
			if len(words) > 0 {
				event = words[len(words)-1]
			}
		case w[1] == '-':
			event = last(len(s.history) - number(w[2:]))
		case w[1] >= '0' && w[1] <= '9':
			event = last(number(w[1:]) - 1)
		default:
			for i := len(s.history) - 1; i >= 0 && event == ""; i-- {
				if strings.HasPrefix(s.history[i], w[1:]) {
					event = s.history[i]
				}
			}
		}
		if event == "" {
			missing = w
		}
		return event
	})
	if missing != "" {
		return "", errors.New(missing + ": event not found")
	}
	if len(out) > maxSource {
		return source, nil
	}
	return out, nil
}

var historyWord = regexp.MustCompile(`!(?:!|\$|-?[0-9]+|[A-Za-z_./][^ ;|&]*)`)

// ask reads a command, which may go over several lines.
func (s *Shell) ask(ctx context.Context, e *editor) (string, error) {
	on, off := "", ""
	if s.dialect == bash && !s.System.oldBash() && s.Term != "dumb" { // readline 8.1 and later: bracketed paste
		on, off = "\x1b[?2004h", "\x1b[?2004l\r"
	}
	source, prompt := "", s.prompt()
	e.keys.entered() // what came before the prompt is of what ran
	e.edits = 0
	for range maxLines {
		line, err := e.read(ctx, on+prompt)
		e.print(off)
		if err != nil {
			return "", err
		}
		source += line
		if !Incomplete(source) {
			break
		}
		source += "\n"
		prompt = "> "
	}
	s.entry = e.keys.entered()
	s.entry.Edits = e.edits
	return source, nil
}
