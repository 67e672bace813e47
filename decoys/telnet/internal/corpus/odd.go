package corpus

import (
	"fmt"
	"strings"

	"github.com/decnet/decnet/decoys/decoytest/twin"
)

// An odd is something that a client sends out of turn, in one segment or more.
type odd struct {
	name     string
	segments []string
	// option says that it is of options, whose answers depend on how far negotiation is.
	option bool
}

func (o *odd) steps() []twin.Step {
	segments := make([][]byte, len(o.segments))
	for i, s := range o.segments {
		segments[i] = []byte(s)
	}
	return []twin.Step{twin.Send(segments...)}
}

var verbs = map[byte]string{251: "will", 252: "wont", 253: "do", 254: "dont"}

// options are those of the standards that are met, some that nobody has, and the bounds.
var options = []byte{0, 1, 2, 3, 5, 6, 24, 31, 32, 33, 34, 35, 36, 37, 38, 39, 128, 255}

func sub(option byte, data string) string {
	return "\xff\xfa" + string([]byte{option}) + data + "\xff\xf0"
}

// oddities are the same for all daemons.
func oddities() []odd {
	var all []odd
	add := func(name string, segments ...string) { all = append(all, odd{name: name, segments: segments}) }
	for verb := byte(251); verb >= 251 && verb <= 254; verb++ {
		for _, o := range options {
			all = append(all, odd{fmt.Sprintf("%s %d", verbs[verb], o), []string{string([]byte{255, verb, o})}, true})
		}
		every := ""
		for o := range 256 {
			every += string([]byte{255, verb, byte(o)})
		}
		add(verbs[verb]+" of every option", every)
		add(verbs[verb]+" 1 a hundred times", strings.Repeat(string([]byte{255, verb, 1}), 100))
		add(verbs[verb]+" 24 ten times", strings.Repeat(string([]byte{255, verb, 24}), 10))
		add(verbs[verb]+" without option", string([]byte{255, verb}))
		add(verbs[verb]+" in two segments", string([]byte{255, verb}), "\x18")
	}
	add("will and wont 1 in turn", strings.Repeat("\xff\xfb\x01\xff\xfc\x01", 20))
	add("do and dont 1 in turn", strings.Repeat("\xff\xfd\x01\xff\xfe\x01", 20))
	add("do and dont 3 in turn", strings.Repeat("\xff\xfd\x03\xff\xfe\x03", 20))
	for _, c := range []byte{0, 1, 10, 13, 65, 128, 200, 235, 236, 237, 238, 239, 240, 241, 242, 243, 244, 245, 246, 247, 248, 249} {
		add(fmt.Sprintf("command %d", c), string([]byte{255, c}))
	}
	add("are you there twice", "\xff\xf6\xff\xf6")
	add("text and erase", "ab\xff\xf7c")
	add("text and erase line", "ab\xff\xf8c")
	add("interrupt in three segments", "ab", "\xff", "\xf4")
	all = append(all, subnegotiations()...)
	return append(all, typed()...)
}

// subnegotiations are whole ones that nobody asked for, and broken ones.
func subnegotiations() []odd {
	var all []odd
	add := func(name string, segments ...string) {
		all = append(all, odd{"sub " + name, segments, !strings.Contains(name, "cut")})
	}
	for name, data := range map[string]string{"24": "\x00xterm", "32": "\x0038400,38400", "35": "\x00host:0", "39": "\x00\x00USER\x01bob", "36": "\x00\x00USER\x01bob", "31": "\x00\x50\x00\x18"} {
		var o byte
		_, _ = fmt.Sscan(name, &o)
		add(name+" unasked", sub(o, data))
		add(name+" agreed and said", string([]byte{255, 251, o})+sub(o, data))
		add(name+" send", sub(o, "\x01"))
		add(name+" empty", sub(o, ""))
		add(name+" cut", sub(o, data)[:4])
		add(name+" cut before its end", strings.TrimSuffix(sub(o, data), "\xf0"))
		add(name+" in single bytes", strings.Split(sub(o, data), "")...)
	}
	add("24 of nothing", "\xff\xfa\xff\xf0")
	add("24 twice", sub(24, "\x00xterm")+sub(24, "\x00vt100"))
	add("24 of 40 bytes", sub(24, "\x00"+strings.Repeat("x", 40)))
	add("24 of 600 bytes", sub(24, "\x00"+strings.Repeat("x", 600)))
	add("24 of 5000 bytes", sub(24, "\x00"+strings.Repeat("x", 5000)))
	add("24 of control bytes", sub(24, "\x00\x1b[31m\n"))
	add("31 short", sub(31, "\x00\x50"))
	add("31 long", sub(31, "\x00\x50\x00\x18\x00\x00"))
	add("31 with 255", sub(31, "\x00\xff\xff\x00\xff\xff"))
	add("31 with 255 alone", sub(31, "\x00\xff\x00\x18"))
	add("39 info", sub(39, "\x02\x00USER\x01bob"))
	add("39 of 300 variables", sub(39, "\x00"+strings.Repeat("\x03A\x01b", 300)))
	add("39 of odd types", sub(39, "\x00\x01\x01\x02\x03\x00"))
	add("34 mode", sub(34, "\x01\x03"))
	add("34 agreed and mode", "\xff\xfb\x22"+sub(34, "\x01\x03"))
	add("34 slc", sub(34, "\x03\x01\x00\x00\x03\x62\x03"))
	add("34 forwardmask", sub(34, "\xfb\x02"))
	add("37 is", sub(37, "\x00\x02\x02\x00"))
	add("37 send", sub(37, "\x01\x05\x00"))
	add("37 name", sub(37, "\x03root"))
	add("37 null", sub(37, "\x00\x00\x00"))
	add("38 support", sub(38, "\x01\x01\x02"))
	add("38 is", sub(38, "\x00\x01\x01"))
	add("38 start", sub(38, "\x03\x00"))
	add("38 request start", sub(38, "\x05"))
	add("38 end", sub(38, "\x04"))
	add("38 long keyid", sub(38, "\x07"+strings.Repeat("A", 400)))
	add("5 send", sub(5, "\x01"))
	add("5 is", sub(5, "\x00\xfb\x01"))
	add("33 on", sub(33, "\x01"))
	add("33 restart", sub(33, "\x03"))
	add("200 of text", sub(200, "hello"))
	add("200 of 5000 bytes", sub(200, strings.Repeat("x", 5000)))
	add("24 cut by a command", "\xff\xfa\x18\x00xt\xff\xfb\x01erm\xff\xf0")
	add("24 cut by one in it", "\xff\xfa\x18\x00xt\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0")
	add("cut at its option", "\xff\xfa")
	add("end cut", "\xff\xf0\xff\xf0")
	return all
}

// typed is text before or when a name is asked for.
func typed() []odd {
	var all []odd
	add := func(name string, segments ...string) { all = append(all, odd{"typed " + name, segments, false}) }
	for name, s := range map[string]string{
		"CR": "\r", "LF": "\n", "CR LF": "\r\n", "CR NUL": "\r\x00", "NUL": "\x00", "LF CR": "\n\r", "CR CR LF": "\r\r\n", "three NUL": "\x00\x00\x00",
		"name": "guest", "name CR NUL": "guest\r\x00", "name LF": "guest\n", "name CR": "guest\r", "name CR LF": "guest\r\n", "name NUL": "guest\x00", "name and more": "guest\r\nx",
		"backspace": "gx\x7fuest", "ctrl-h": "gx\x08u", "ctrl-u": "xx\x15guest", "ctrl-w": "ab cd\x17e", "ctrl-d": "\x04", "ctrl-d after text": "ab\x04", "ctrl-c": "\x03", "ctrl-z": "\x1a", "ctrl-backslash": "\x1c",
		"ctrl-r": "ab\x12", "ctrl-v": "\x16\x03", "ctrl-q and s": "\x13\x11", "bell": "\x07", "tab": "a\tb", "escape": "\x1b[A",
		"255": "\xff\xff", "255 thrice": "a\xff\xff\xff\xffb", "high bytes": "\x80\xa0\xfe", "UTF-8": "\xc3\xa9", "of 100": strings.Repeat("A", 100), "of 300": strings.Repeat("A", 300),
		"HTTP": "GET / HTTP/1.0\r\n\r\n", "SSH": "SSH-2.0-x\r\n", "TLS": "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x03", "64 zeros": strings.Repeat("\x00", 64), "64 times 255": strings.Repeat("\xff", 64),
		"spaces": "   \r\n", "option": "-f root\r\n", "help": "help\r\n", "question mark": "?\r\n", "long line": strings.Repeat("name ", 40) + "\r\n",
		"percent": "%s%n\r\n", "line with NUL": "ro\x00ot\r\n", "colon": "a:b\r\n", "dot": ".\r\n",
	} {
		add(name, s)
	}
	add("CR and LF apart", "guest\r", "\n")
	add("CR and NUL apart", "guest\r", "\x00")
	add("single bytes", "g", "u", "e", "s", "t", "\r")
	return all
}
