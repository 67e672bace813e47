package shell

import (
	"strings"
)

func (e *screen) viKey(key byte) {
	switch {
	case e.inserting && key == escape:
		e.inserting = false
		if e.text != "" && !strings.HasSuffix(e.text, "\n") {
			e.text += "\n"
		}
		e.draw()
	case e.inserting && (key == '\r' || key == '\n'):
		e.add("\n")
	case e.inserting && (key == deleteKey || key == backspace):
		e.text = e.text[:max(0, len(e.text)-1)]
		e.print("\b \b")
	case e.inserting && key >= ' ':
		e.add(string(rune(key)))
	case e.command != "" && (key == '\r' || key == '\n'):
		e.colon(e.command[1:])
		e.command = ""
		e.draw()
	case e.command != "" && key == escape:
		e.command = ""
	case e.command != "" && (key == deleteKey || key == backspace):
		e.command = e.command[:len(e.command)-1]
	case e.command != "":
		if len(e.command) < 200 {
			e.command += string(rune(key))
		}
		e.print(string(rune(key)))
	case key == ':':
		e.command = ":"
		e.print("\r:")
	case strings.IndexByte("iIaAoOsScC", key) >= 0:
		e.inserting = true
		e.status = ""
		if key == 'o' || key == 'O' {
			if e.text != "" && !strings.HasSuffix(e.text, "\n") {
				e.text += "\n"
			}
		}
		e.draw()
	case key == 'Z':
		e.save("")
		e.done = true
	}
}

// colon is a command line of vi.
func (e *screen) colon(command string) {
	verb, name, _ := strings.Cut(strings.TrimSpace(command), " ")
	switch verb {
	case "w", "w!":
		e.save(strings.TrimSpace(name))
	case "wq", "x", "wq!", "x!", "wqa", "xa":
		e.save("")
		e.done = true
	case "q", "q!", "qa", "qa!", "quit":
		e.done = true
	case "%d", "1,$d":
		e.text = ""
	default:
		e.status = "E492: Not an editor command: " + command
	}
}
