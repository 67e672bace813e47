package shell

import (
	"strings"
	"time"
)

// cmdLess is less, more and man: a page at a time on a terminal, else all at once.
func cmdLess(p *proc) int {
	var names []string
	for _, a := range p.args[1:] {
		if !strings.HasPrefix(a, "-") {
			names = append(names, a)
		}
	}
	if p.args[0] == "man" {
		if len(names) == 0 {
			p.say("What manual page do you want?\nFor example, try 'man man'.\n")
			return 1
		}
		p.say("No manual entry for %s\n", names[len(names)-1])
		return 16
	}
	if len(names) == 0 && p.tty != "" && isTerminal(p.Out) {
		if _, ok := p.In.(*cooked); ok {
			p.say("Missing filename (\"less --help\" for help)\n")
			return 1
		}
	}
	return p.files(names, "%s: %v", func(_, data string) {
		list := strings.SplitAfter(data, "\n")
		if !isTerminal(p.Out) || len(list) < 24 {
			p.print(data)
			return
		}
		for len(list) > 0 {
			n := min(23, len(list))
			p.print(strings.Join(list[:n], ""))
			if list = list[n:]; len(list) == 0 {
				return
			}
			p.print(map[string]string{"more": "--More--", "less": ":"}[p.args[0]])
			key, ok := p.key()
			p.print("\r\x1b[K")
			if !ok || key == 'q' || key == 'Q' || key == ctrlC {
				return
			}
		}
	})
}

// key waits for a key of the terminal.
func (p *proc) key() (byte, bool) {
	if c, ok := p.terminalInput(); ok {
		begin := time.Now()
		b, err := c.editor.keys.next(p.ctx)
		p.waited += time.Since(begin)
		return b, err == nil
	}
	return 0, false
}

// terminalInput is what is typed, where there is a terminal.
func (p *proc) terminalInput() (*cooked, bool) {
	if c, ok := p.In.(*cooked); ok {
		return c, true
	}
	return p.typed, p.typed != nil
}

// cmdVi is vi, vim and nano: they show a file, take keys and write it on :w or
// Ctrl-O. What is typed is added at the end; moving about changes nothing.
func cmdVi(p *proc) int {
	name := ""
	for _, a := range p.args[1:] {
		if !strings.HasPrefix(a, "-") && !strings.HasPrefix(a, "+") {
			name = a
		}
	}
	if p.tty == "" || !isTerminal(p.Out) {
		if p.args[0] == "nano" {
			p.say("Error opening terminal: unknown.\n")
			return 1
		}
		p.say("Vim: Warning: Output is not to a terminal\n")
		return 1
	}
	data := ""
	if name != "" {
		data, _ = p.FS.read(&p.user, p.abs(name)) // a new file is empty
	}
	e := &screen{proc: p, name: name, text: data, nano: p.args[0] == "nano"}
	e.draw()
	e.run()
	p.print("\x1b[2J\x1b[H")
	return 0
}

// screen is an editor that is open.
type screen struct {
	*proc
	name, text, command, status string
	nano, inserting, asking     bool
	done                        bool
}

func (e *screen) draw() {
	e.print("\x1b[2J\x1b[H")
	list := lines(e.text)
	list = list[max(0, len(list)-20):]
	if e.nano {
		e.printf("  GNU nano 7.2 %30s\n\n", or(e.name, "New Buffer"))
	}
	for _, l := range list {
		e.print(l + "\n")
	}
	if !e.nano {
		e.print(strings.Repeat("~\n", 22-len(list)))
	} else {
		e.print("\n^G Help      ^O Write Out ^W Where Is  ^K Cut       ^X Exit\n")
	}
	switch {
	case e.inserting:
		e.print("-- INSERT --")
	case e.command != "":
		e.print(e.command)
	default:
		e.print(e.status)
	}
}

func (e *screen) run() {
	for !e.done && e.ctx.Err() == nil {
		key, ok := e.key()
		if !ok {
			return
		}
		if e.nano {
			e.nanoKey(key)
		} else {
			e.viKey(key)
		}
		if len(e.text) > maxValue*4 {
			e.text = e.text[:maxValue*4]
		}
	}
}

func (e *screen) save(name string) {
	if name == "" {
		name = e.name
	}
	if name == "" {
		e.status = "E32: No file name"
		return
	}
	if err := e.write(e.abs(name), e.text, false); err != nil {
		e.status = "E212: Can't open file for writing"
		return
	}
	e.name = name
	e.status = "\"" + name + "\" written"
}

func (e *screen) nanoKey(key byte) {
	switch {
	case e.asking:
		e.asking = false
		if key == 'y' || key == 'Y' {
			e.save("")
		}
		e.done = key != 3
	case key == 0x18: // Ctrl-X
		if e.command == "" {
			e.done = true
			return
		}
		e.asking = true
		e.print("\nSave modified buffer?  Y Yes  N No  ^C Cancel")
	case key == 0x0f: // Ctrl-O, and Enter for the name
		e.save("")
		e.command = ""
	case key == 0x0b: // Ctrl-K
		i := strings.LastIndexByte(strings.TrimSuffix(e.text, "\n"), '\n')
		e.text, e.command = e.text[:i+1], "changed"
		e.draw()
	case key == '\r' || key == '\n':
		e.add("\n")
	case key == deleteKey || key == backspace:
		e.text = e.text[:max(0, len(e.text)-1)]
	case key >= ' ':
		e.add(string(rune(key)))
		e.command = "changed"
	}
}

func (e *screen) add(s string) {
	e.text += s
	e.print(s)
}
