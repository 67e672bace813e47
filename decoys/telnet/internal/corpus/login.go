package corpus

import (
	"fmt"
	"strings"
	"time"

	"github.com/decnet/decnet/decoys/decoytest/twin"
)

// loginTime is the most that a password takes.
const loginTime = 5 * time.Second

// halfCloses end the client's half at every stage.
func (r refusals) halfCloses() []twin.Dialogue {
	var all []twin.Dialogue
	for n := range len(r) + 1 {
		for name, s := range map[string]string{"nothing": "", "name": "guest\r\n", "a half command": "\xff", "a half option": "\xff\xfd", "a half subnegotiation": "\xff\xfa\x18\x00x", "text": "gue", "are you there": "\xff\xf6"} {
			d := twin.Dialogue{Name: fmt.Sprintf("half-close/stage %d, after %s", n, name), Steps: r.upTo(n), Patience: time.Second}
			if s != "" {
				d.Steps = append(d.Steps, twin.Send([]byte(s)), twin.Await())
			}
			d.Steps = append(d.Steps, twin.HalfClose())
			all = append(all, d)
		}
	}
	return all
}

// logins are names and passwords in many ways.
func (r refusals) logins() []twin.Dialogue {
	var all []twin.Dialogue
	add := func(name string, said ...string) {
		d := twin.Dialogue{Name: "login/" + name, Steps: r.upTo(len(r)), Patience: loginTime}
		for _, s := range said {
			d.Steps = append(d.Steps, twin.Send([]byte(s)), twin.Await())
		}
		all = append(all, d)
	}
	for name, end := range map[string]string{"CR LF": "\r\n", "CR NUL": "\r\x00", "LF": "\n", "CR": "\r"} {
		add("right, "+name, User+end, Password+end)
		add("wrong, "+name, User+end, "wrong"+end)
		add("no name, "+name, end, end)
		add("no password, "+name, User+end, end)
	}
	add("unknown user", "nobody7\r\n", "x\r\n")
	add("wrong, then right", User+"\r\n", "wrong\r\n", User+"\r\n", Password+"\r\n")
	later := twin.Dialogue{Name: "login/wrong, then right after a while", Steps: r.upTo(len(r)), Patience: loginTime}
	later.Steps = append(later.Steps, twin.Send([]byte(User+"\r\n")), twin.Await(), twin.Send([]byte("wrong\r\n")), twin.Await(), twin.Await(),
		twin.Send([]byte(User+"\r\n")), twin.Await(), twin.Send([]byte(Password+"\r\n")))
	all = append(all, later)
	add("twice wrong", User+"\r\n", "a\r\n", "guest\r\n", "b\r\n")
	add("name corrected", "roor\x7ft\r\n", Password+"\r\n")
	add("password corrected", User+"\r\n", "correct horxx\x7f\x7fse\r\n")
	add("password killed", User+"\r\n", "wrong\x15"+Password+"\r\n")
	add("ctrl-c at the password", User+"\r\n", "\x03")
	add("ctrl-d at the password", User+"\r\n", "\x04")
	add("commands in the password", User+"\r\n", "correct\xff\xf1 \xff\xfb\x01horse\r\n")
	add("are you there at the password", User+"\r\n", "\xff\xf6", Password+"\r\n")
	add("interrupt at the password", User+"\r\n", "\xff\xf4")
	add("name with spaces", "  root\r\n", Password+"\r\n")
	add("password of 200", User+"\r\n", strings.Repeat("p", 200)+"\r\n")
	add("exit", User+"\r\n", Password+"\r\n", "exit\r\n")
	return all
}

// agreements are clients that have what they are asked for.
func (r refusals) agreements() []twin.Dialogue {
	var all []twin.Dialogue
	add := func(name string, said ...string) {
		d := twin.Dialogue{Name: "agree/" + name, Steps: []twin.Step{arrival()}, Patience: time.Second}
		for _, s := range said {
			d.Steps = append(d.Steps, twin.Send([]byte(s)), twin.Await())
		}
		all = append(all, d)
	}
	opening := "\xff\xfe\x25\xff\xfe\x26\xff\xfb\x18\xff\xfb\x20\xff\xfc\x23\xff\xfb\x27\xff\xfc\x24"
	values := sub(32, "\x0038400,38400") + sub(39, "\x00") + sub(24, "\x00XTERM")
	second := "\xff\xfd\x03\xff\xfc\x01\xff\xfb\x22\xff\xfb\x1f" + sub(31, "\x00\x78\x00\x32") + "\xff\xfd\x05\xff\xfb\x21"
	add("as Linux clients do", opening, values, second, "\xff\xfd\x01\xff\xfb\x06\xff\xfb\x00", sub(34, "\x01\x07"))
	add("without linemode", opening, values, strings.ReplaceAll(second, "\xff\xfb\x22", "\xff\xfc\x22"), "\xff\xfd\x01\xff\xfb\x06\xff\xfc\x00")
	add("all at once", opening+values+second)
	add("values first", values+opening+second)
	add("terminal alone", "\xff\xfe\x25\xff\xfe\x26\xff\xfb\x18\xff\xfc\x20\xff\xfc\x23\xff\xfc\x27\xff\xfc\x24", sub(24, "\x00vt100"), second)
	add("terminal dumb", "\xff\xfe\x25\xff\xfe\x26\xff\xfb\x18\xff\xfc\x20\xff\xfc\x23\xff\xfc\x27\xff\xfc\x24", sub(24, "\x00dumb"), second)
	add("terminal unknown", "\xff\xfe\x25\xff\xfe\x26\xff\xfb\x18\xff\xfc\x20\xff\xfc\x23\xff\xfc\x27\xff\xfc\x24", sub(24, "\x00UNKNOWN"), second)
	add("terminal nonsense", "\xff\xfe\x25\xff\xfe\x26\xff\xfb\x18\xff\xfc\x20\xff\xfc\x23\xff\xfc\x27\xff\xfc\x24", sub(24, "\x00qqqq"), sub(24, "\x00qqqq"), second)
	add("speed and display", "\xff\xfe\x25\xff\xfe\x26\xff\xfc\x18\xff\xfb\x20\xff\xfb\x23\xff\xfc\x27\xff\xfc\x24", sub(35, "\x00h:0"), sub(32, "\x009600,9600"), second)
	add("authentication", "\xff\xfd\x25\xff\xfe\x26\xff\xfc\x18\xff\xfc\x20\xff\xfc\x23\xff\xfc\x27\xff\xfc\x24", second)
	add("encryption", "\xff\xfe\x25\xff\xfd\x26\xff\xfc\x18\xff\xfc\x20\xff\xfc\x23\xff\xfc\x27\xff\xfc\x24", second)
	add("old environment", "\xff\xfe\x25\xff\xfe\x26\xff\xfc\x18\xff\xfc\x20\xff\xfc\x23\xff\xfc\x27\xff\xfb\x24", sub(36, "\x00\x00USER\x01bob"), second)
	add("both environments", "\xff\xfe\x25\xff\xfe\x26\xff\xfc\x18\xff\xfc\x20\xff\xfc\x23\xff\xfb\x27\xff\xfb\x24", sub(39, "\x00\x00USER\x01bob"), second)
	add("environment with a user", "\xff\xfe\x25\xff\xfe\x26\xff\xfc\x18\xff\xfc\x20\xff\xfc\x23\xff\xfb\x27\xff\xfc\x24", sub(39, "\x00\x00USER\x01root"), second)
	add("environment with -f root", "\xff\xfe\x25\xff\xfe\x26\xff\xfc\x18\xff\xfc\x20\xff\xfc\x23\xff\xfb\x27\xff\xfc\x24", sub(39, "\x00\x00USER\x01-f root"), second)
	add("echo too", "\xff\xfe\x25\xff\xfe\x26\xff\xfc\x18\xff\xfc\x20\xff\xfc\x23\xff\xfc\x27\xff\xfc\x24", "\xff\xfd\x03\xff\xfb\x01\xff\xfc\x22\xff\xfc\x1f\xff\xfe\x05\xff\xfc\x21")
	add("without echo", "\xff\xfe\x25\xff\xfe\x26\xff\xfc\x18\xff\xfc\x20\xff\xfc\x23\xff\xfc\x27\xff\xfc\x24", "\xff\xfd\x03\xff\xfc\x22\xff\xfc\x1f\xff\xfe\x05\xff\xfc\x21")
	add("echo alone", "\xff\xfe\x25\xff\xfe\x26\xff\xfc\x18\xff\xfc\x20\xff\xfc\x23\xff\xfc\x27\xff\xfc\x24", "\xff\xfc\x01")
	add("status asked", "\xff\xfe\x25\xff\xfe\x26\xff\xfc\x18\xff\xfc\x20\xff\xfc\x23\xff\xfc\x27\xff\xfc\x24", "\xff\xfd\x05\xff\xfc\x01\xff\xfc\x22\xff\xfc\x1f\xff\xfc\x21", sub(5, "\x01"))
	return all
}
