package rfc5424

import (
	"strconv"
	"strings"
	"time"
)

// Parse reads one line without its newline. In elements for which ours returns
// true the escapes of this package are turned back; in all others only those of
// the RFC are. The error is a *SyntaxError.
func Parse(line string, ours func(id string) bool) (*Message, error) {
	p := parser{s: line, ours: ours}
	m, ok := p.message()
	if !ok {
		return nil, &SyntaxError{Offset: p.i, Want: p.want}
	}
	return m, nil
}

// parser walks over s; on failure i is where and want is what was missing.
type parser struct {
	s    string
	i    int
	want string
	ours func(string) bool
}

func (p *parser) fail(want string) bool {
	p.want = want
	return false
}

func (p *parser) literal(lit string) bool {
	if !strings.HasPrefix(p.s[p.i:], lit) {
		return p.fail(strconv.Quote(lit))
	}
	p.i += len(lit)
	return true
}

func (p *parser) message() (*Message, bool) {
	m := new(Message)
	if !p.priority(m) || !p.literal("1 ") || !p.time(m) {
		return nil, false
	}
	for _, f := range []struct {
		into  *string
		limit int
		what  string
	}{
		{&m.Host, MaxHost, "a host name"},
		{&m.App, MaxApp, "an app name"},
		{&m.ProcID, MaxProcID, "a process id"},
		{&m.MsgID, MaxMsgID, "a message id"},
	} {
		if !p.literal(" ") || !p.header(f.into, f.limit, f.what) {
			return nil, false
		}
	}
	if !p.literal(" ") || !p.elements(m) {
		return nil, false
	}
	if p.i < len(p.s) {
		if !p.literal(" ") {
			return nil, false
		}
		m.Text = strings.TrimPrefix(p.s[p.i:], "\ufeff")
	}
	return m, true
}

func (p *parser) priority(m *Message) bool {
	if !p.literal("<") {
		return false
	}
	end := strings.IndexByte(p.s[p.i:], '>')
	if end < 1 || end > 3 {
		return p.fail("a priority from 0 to 191")
	}
	n, err := strconv.ParseUint(p.s[p.i:p.i+end], 10, 8)
	if err != nil || n > 191 {
		return p.fail("a priority from 0 to 191")
	}
	m.Priority = int(n)
	p.i += end + 1
	return true
}

func (p *parser) time(m *Message) bool {
	var text string
	if !p.header(&text, 64, "a time stamp") {
		return false
	}
	if text == "" {
		return true
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		p.i -= len(text)
		return p.fail("a time stamp")
	}
	m.Time = t.UTC()
	return true
}

// header reads printable ASCII up to a space; "-" is the empty value.
func (p *parser) header(into *string, limit int, what string) bool {
	start := p.i
	for p.i < len(p.s) && p.s[p.i] > ' ' && p.s[p.i] < 0x7f {
		p.i++
	}
	if p.i == start || p.i-start > limit {
		p.i = start
		return p.fail(what)
	}
	if s := p.s[start:p.i]; s != "-" {
		*into = s
	}
	return true
}

func (p *parser) elements(m *Message) bool {
	if strings.HasPrefix(p.s[p.i:], "-") {
		p.i++
		return true
	}
	for {
		var e Element
		if !p.element(&e) {
			return false
		}
		m.Elements = append(m.Elements, e)
		if p.i == len(p.s) || p.s[p.i] != '[' {
			return true
		}
	}
}

func (p *parser) element(e *Element) bool {
	if !p.literal("[") || !p.name(&e.ID) {
		return false
	}
	ours := p.ours != nil && p.ours(e.ID)
	for {
		if strings.HasPrefix(p.s[p.i:], "]") {
			p.i++
			return true
		}
		var param Param
		if !p.literal(" ") || !p.name(&param.Name) || !p.literal(`="`) || !p.value(&param.Value, ours) {
			return false
		}
		e.Params = append(e.Params, param)
	}
}

func (p *parser) name(into *string) bool {
	start := p.i
	for p.i < len(p.s) && p.s[p.i] > ' ' && p.s[p.i] < 0x7f && !strings.ContainsRune(`=]"`, rune(p.s[p.i])) {
		p.i++
	}
	if p.i == start || p.i-start > MaxSDName {
		p.i = start
		return p.fail("a name of 1 to 32 characters")
	}
	*into = p.s[start:p.i]
	return true
}

// value reads up to the closing quote. Most values hold no escape and are
// returned as a piece of the line.
func (p *parser) value(into *string, ours bool) bool {
	start := p.i
	var b strings.Builder
	for p.i < len(p.s) {
		switch p.s[p.i] {
		case '"':
			*into = p.s[start:p.i]
			if b.Len() > 0 {
				b.WriteString(*into)
				*into = b.String()
			}
			p.i++
			return true
		case '\\':
			b.WriteString(p.s[start:p.i])
			p.i += unescape(&b, p.s[p.i:], ours)
			start = p.i
		default:
			p.i++
		}
	}
	return p.fail(`a closing '"'`)
}

// unescape writes what the escape at the start of s stands for and returns the
// bytes it took. A backslash before anything else is a plain backslash.
func unescape(b *strings.Builder, s string, ours bool) int {
	if len(s) < 2 {
		b.WriteByte('\\')
		return 1
	}
	switch c := s[1]; {
	case c == '"' || c == '\\' || c == ']':
		b.WriteByte(c)
		return 2
	case !ours:
	case c == 'n':
		b.WriteByte('\n')
		return 2
	case c == 'r':
		b.WriteByte('\r')
		return 2
	case c == 't':
		b.WriteByte('\t')
		return 2
	case c == 'x' && len(s) >= 4:
		if n, err := strconv.ParseUint(s[2:4], 16, 8); err == nil {
			b.WriteByte(byte(n))
			return 4
		}
	}
	b.WriteByte('\\')
	return 1
}
