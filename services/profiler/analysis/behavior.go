package analysis

import (
	"fmt"

	"github.com/decnet/decnet/pkg/decnet"
)

// behavior decides the class, the first that fits. Breadth is of services and deckies; who looks at
// many and does little on each scans.
func behavior(p *decnet.Profile) decnet.Behavior {
	s := p.State
	b := decnet.Behavior{Arrivals: rhythm(&s.Arrivals), Attempts: rhythm(&s.Attempts), Commands: rhythm(&s.Commands)}
	arrivals, attempts, commands := b.Arrivals, b.Attempts, b.Commands
	breadth := max(len(p.Services), len(p.Deckies))
	acts := attempts.Count + commands.Count
	shallow := acts < arrivals.Count || len(s.Targets) >= 3 && acts <= arrivals.Count
	is := func(class decnet.BehaviorClass, t *decnet.Timing, format string, args ...any) decnet.Behavior {
		b.Class, b.Reason, b.Evidence = class, fmt.Sprintf(format, args...), evidence(t)
		return b
	}
	switch {
	case arrivals.Count < 3 && acts < 3:
		return is(decnet.BehaviorUnknown, &s.Arrivals, "%d connections, %d guesses and commands: too few", arrivals.Count, acts)
	case shallow && breadth >= 2 && arrivals.Count >= 4 && arrivals.Mean >= 10:
		return is(decnet.BehaviorSlowScan, &s.Arrivals, "%d services on %d deckies, %.3g s apart", len(p.Services), len(p.Deckies), arrivals.Mean)
	case shallow && (breadth >= 3 && arrivals.Mean < 10 || breadth >= 2 && arrivals.Mean < 2):
		return is(decnet.BehaviorScanning, &s.Arrivals, "%d services on %d deckies, %.3g s apart", len(p.Services), len(p.Deckies), arrivals.Mean)
	case attempts.Count >= 8 && attempts.Mean < 5 && attempts.Count >= 4*commands.Count:
		return is(decnet.BehaviorBruteForce, &s.Attempts, "%d guesses, %.3g s apart", attempts.Count, attempts.Mean)
	case arrivals.Count >= 4 && arrivals.Mean >= 5 && arrivals.CV < 0.35:
		return is(decnet.BehaviorBeaconing, &s.Arrivals, "%d connections, %.3g s apart, spread %.2g of that", arrivals.Count, arrivals.Mean, arrivals.CV)
	case commands.Count >= 6 && commands.Mean >= 0.5 && commands.Mean < 120 && commands.CV >= 0.5:
		return is(decnet.BehaviorInteractive, &s.Commands, "%d commands, %.3g s apart, spread %.2g of that", commands.Count, commands.Mean, commands.CV)
	}
	return is(decnet.BehaviorMixed, &s.Arrivals, "%d connections, %d guesses, %d commands: no class alone", arrivals.Count, attempts.Count, commands.Count)
}
