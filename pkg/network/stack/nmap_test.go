package stack_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/catalog"
)

// seeds is how many deckies of a stack are scanned.
const seeds = 10

// What "nmap -O" prints of a decky is what its stack is called.
func TestNmapPrintsWhatADeckyClaims(t *testing.T) {
	for _, s := range catalog.Stacks() {
		t.Run(s.Slug, func(t *testing.T) {
			l := newLAN(t)
			exact, first := 0, 0
			scans := make([]func() string, seeds)
			for n := range scans {
				a := l.decky(n+1, &s)
				scans[n] = l.start("nmap", "-O", "-Pn", "-n", "--osscan-guess", "-p", ports(open, closed), a.String())
			}
			for _, scan := range scans {
				out := scan()
				is, isFirst := strings.Contains(out, "\nOS details: "+s.Nmap+"\n"), false
				if is {
					exact++
				} else {
					isFirst = strings.Contains(out, "Aggressive OS guesses: "+s.Nmap+" (")
				}
				if is || isFirst {
					first++
				}
				if !is {
					t.Log(interesting(out))
				}
			}
			t.Logf("%d of %d exact, %d of %d first", exact, seeds, first, seeds)
			if first < seeds || exact < seeds*8/10 {
				t.Errorf("%s: have %d exact and %d first of %d", s.Nmap, exact, first, seeds)
			}
		})
	}
}

func ports(p ...int) string {
	var s []string
	for _, n := range p {
		s = append(s, strconv.Itoa(n))
	}
	return strings.Join(s, ",")
}

// interesting are the lines about the system.
func interesting(out string) string {
	var lines []string
	for line := range strings.Lines(out) {
		for _, start := range []string{"OS details", "Aggressive", "SEQ", "OPS", "WIN", "ECN", "T1", "T2", "T3", "T4", "T5", "T6", "T7", "U1", "IE", "Too many", "OS:SCAN"} {
			if strings.HasPrefix(line, start) {
				lines = append(lines, strings.TrimSpace(line))
				break
			}
		}
	}
	return fmt.Sprintln(strings.Join(lines, "\n"))
}
