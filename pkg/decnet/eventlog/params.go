package eventlog

import "bytes"

var element = []byte("[" + SDID)

// Params calls f with each parameter of our structured data element as it stands in
// line, its value with all escapes, until f returns false. It is for those who need a
// parameter or two of very many lines: it checks nothing, takes no memory, and stops at
// what it does not understand. A value cannot pass for a parameter, since a quote in
// it is escaped.
func Params(line []byte, f func(name, value []byte) bool) {
	at := bytes.Index(line, element)
	if at < 0 {
		return
	}
	for rest := line[at+len(element):]; len(rest) > 0 && rest[0] == ' '; {
		equals := bytes.IndexByte(rest, '=')
		if equals < 0 || equals+1 >= len(rest) || rest[equals+1] != '"' {
			return
		}
		name, value := rest[1:equals], rest[equals+2:]
		end := quote(value)
		if end < 0 || !f(name, value[:end]) {
			return
		}
		rest = value[end+1:]
	}
}

// quote is where the first quote of value is that is not escaped, -1 if it has none.
func quote(value []byte) int {
	for i := 0; i < len(value); i++ {
		switch value[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}
