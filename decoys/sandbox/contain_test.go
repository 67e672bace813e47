package sandbox_test

import (
	"slices"
	"strings"
	"syscall"
	"testing"
)

// An attacker who runs code of his own in the decoy process gets nowhere.
func TestContainment(t *testing.T) {
	ways(t, func(t *testing.T, as way) {
		var names []string
		for _, a := range attempts {
			names = append(names, a.what)
		}
		slices.Sort(names)
		if have := imprison(t, as).try("list"); have != strings.Join(names, " ") {
			t.Errorf("the prisoner knows to try\n%s\nand this test knows\n%s", have, strings.Join(names, " "))
		}
		var milder []tried
		for _, a := range attempts {
			if !a.fatal {
				milder = append(milder, a)
				continue
			}
			t.Run(a.what, func(t *testing.T) {
				t.Parallel()
				a.kills(imprison(t, as), as)
			})
		}
		for some := range slices.Chunk(milder, 2) { // fewer than are reported in a second
			p := imprison(t, as)
			for _, a := range some {
				t.Run(a.what, func(t *testing.T) { a.fails(t, p, as) })
			}
		}
	})
}

func (a *tried) name() string {
	if a.call == "" {
		return a.what
	}
	return a.call
}

func (a *tried) fails(t *testing.T, p *prison, as way) {
	t.Helper()
	want := a.errno
	if want == "" {
		want = "EPERM"
	}
	before := len(p.noted())
	if have := p.try(a.what); have != want {
		t.Errorf("have %s, want %s", have, want)
	}
	if now := p.noted()[before:]; as.watched && (a.quiet != (len(now) == 0) || !a.quiet && now[0].Call != a.name()) {
		t.Errorf("it is noted as %+v", now)
	}
}

func (a *tried) kills(p *prison, as way) {
	p.Helper()
	if have := p.try(a.what); have != "gone" {
		p.Errorf("have %s, want the end", have)
	}
	want := syscall.SIGSYS
	if as.watched && !a.foreign {
		want = syscall.SIGKILL
	}
	if have := p.end(); have != want {
		p.Errorf("it ended by %v, want %v", have, want)
	}
	if !as.watched || a.foreign {
		return
	}
	_ = p.watcher.Close()
	if now := p.noted(); len(now) == 0 || !now[0].Killed || now[0].Call != a.name() || now[0].Thread == 0 {
		p.Errorf("it is noted as %+v", now)
	}
}
