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
	case windowAny:
	}
	return s
}

func TestFormsOfWindows(t *testing.T) {
	s := Signature{IP: 4, TTL: 60, MSS: 1000, header: 40}
	for _, test := range []struct {
		form   string
		window uint16
		fits   bool
	}{
		{"*", 1, true},
		{"5000", 5000, true},
		{"5000", 5001, false},
		{"mss*5", 5000, true},
		{"mss*5", 5001, false},
		{"mss*5", 6000, false},
		{"mtu*5", 5200, true},
		{"mtu*5", 5000, false},
		{"%512", 5120, true},
		{"%512", 5121, false},
		{"mss*max", 65000, true},
		{"mss*max", 64000, false},
		{"mss*max", 65535, false},
	} {
		p, err := parsePattern("4:64:0:*:" + test.form + ",0:::0")
		if err != nil {
			t.Fatal(err)
		}
		p.system = &System{Class: ClassUnix}
		s.Window = test.window
		if fits, exactly := p.fits(&s); fits != test.fits || fits && !exactly {
			t.Errorf("%s and a window of %d: %v, exactly %v", test.form, test.window, fits, exactly)
		}
	}
}

// What may be off, and what may not.
func TestFuzziness(t *testing.T) {
	for _, test := range []struct {
		pattern       string
		ttl           uint8
		quirks        Quirks
		fits, exactly bool
	}{
		{"4:64:0:0:0,0::df,id+:0", 64, DF | NonzeroID, true, true},
		{"4:64:0:0:0,0::df,id+:0", 64, ZeroID | ECN, true, false},
		{"4:64:0:0:0,0::df,id+:0", 64, DF | NonzeroID | PUSH, false, true},
		{"4:64:0:0:0,0::df,ecn:0", 64, DF, false, true},
		{"4:64:0:0:0,0::df,ecn?:0", 64, DF, true, true},
		{"*:64:0:0:0,0::df,flow:0", 64, DF, true, true},
		{"4:64:0:0:0,0:::0", 65, 0, true, false},
		{"4:64:0:0:0,0:::0", 29, 0, true, true},
		{"4:64:0:0:0,0:::0", 28, 0, true, false},
		{"4:64-:0:0:0,0:::0", 1, 0, true, true},
		{"4:64-:0:0:0,0:::0", 65, 0, false, true},
		{"6:64:0:0:0,0:::0", 64, 0, false, true},
		{"4:64:4:0:0,0:::0", 64, 0, false, true},
		{"4:64:0:0:0,0:::+", 64, 0, false, true},
		{"4:64:0:0:0,0:::*", 64, 0, true, true},
	} {
		p, err := parsePattern(test.pattern)
		if err != nil {
			t.Fatal(err)
		}
		s := Signature{IP: 4, TTL: test.ttl, Quirks: test.quirks}
		if fits, exactly := p.fits(&s); fits != test.fits || fits && exactly != test.exactly {
			t.Errorf("%s and TTL %d with %q: %v, exactly %v", test.pattern, test.ttl, test.quirks, fits, exactly)
		}
	}
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
