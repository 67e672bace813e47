package tcpfp

import "testing"

// Every line of the table is found by what it describes: none is hidden by one before it.
func TestEveryLineOfTheTableIsFound(t *testing.T) {
	for i := range signatures {
		e := &signatures[i]
		for synack, texts := range map[bool][]string{false: e.syn, true: e.synack} {
			for _, text := range texts {
				p, err := parsePattern(text)
				if err != nil {
					t.Fatal(err)
				}
				p.marks = e.marks
				s := p.example(synack)
				if r, ok := Match(&s); !ok || r.System != e.System || r.Generic != e.generic || r.Fuzzy {
					t.Errorf("%s of %s is taken for %+v (%s)", text, e.System, r, &s)
				}
			}
		}
	}
}

// example is a signature that fits, with what the pattern leaves open as nobody else has it.
func (p *pattern) example(synack bool) Signature {
	s := Signature{IP: 4, TTL: p.ttl, OptLen: p.optLen, MSS: 1460, Scale: 11, Window: 12345, Quirks: p.quirks, Marks: p.marks, SYNACK: synack, layout: p.layout, header: 40}
	if p.ip == 6 {
		s.IP = 6
	}
	s.Quirks &^= only6
	if p.mss != star {
		s.MSS = uint16(p.mss)
	}
	if p.scale != star {
		s.Scale = uint8(p.scale)
	}
	switch p.window {
	case windowFixed:
		s.Window = uint16(p.windowN)
	case windowMSS:
		s.Window = uint16(p.windowN) * s.MSS
	case windowMTU:
		s.Window = uint16(p.windowN) * (s.MSS + 40)
	case windowModulo:
		s.Window = uint16(p.windowN)
	case windowFull:
		s.Window = 65535 / s.MSS * s.MSS
	}
	return s
}

func TestParsePatternRefuses(t *testing.T) {
	for _, text := range []string{
		"", "4:64:0:0:1,0:mss:df", "5x:64:0:0:1,0:mss:df:0", "4:256:0:0:1,0:mss:df:0", "4:64:0:0:1:mss:df:0", "4:64:0:0:mss*0,0:mss:df:0",
		"4:64:0:0:1,0:mss,eol:df:0", "4:64:0:0:1,0:foo:df:0", "4:64:0:0:1,0:mss:foo:0", "4:64:0:0:1,0:mss:df:x", "4:64:0:0:1,999:mss:df:0",
	} {
		if p, err := parsePattern(text); err == nil {
			t.Errorf("%q is %+v", text, p)
		}
	}
}
