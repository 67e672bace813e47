package analysis

import (
	"fmt"

	"github.com/decnet/decnet/pkg/decnet"
)

// manyRequests are more than a browser sends for one page of a decoy.
const manyRequests = 8

// behavior decides the class, the first that fits. Breadth is of services and deckies; who looks at
// many and does little on each scans.
func behavior(p *decnet.Profile) decnet.Behavior {
	s := p.State
	b := decnet.Behavior{Arrivals: rhythm(&s.Arrivals), Requests: rhythm(&s.Requests), Attempts: rhythm(&s.Attempts), Commands: rhythm(&s.Commands)}
	arrivals, requests, attempts, commands := b.Arrivals, b.Requests, b.Attempts, b.Commands
	breadth := max(len(p.Services), len(p.Deckies))
	acts := attempts.Count + commands.Count
	shallow := acts < arrivals.Count || len(s.Targets) >= 3 && acts <= arrivals.Count
	is := func(class decnet.BehaviorClass, t *decnet.Timing, format string, args ...any) decnet.Behavior {
		b.Class, b.Reason, b.Evidence = class, fmt.Sprintf(format, args...), evidence(t)
		return b
	}
	if m := p.Machine; m != nil && m.Scans > 0 && acts < 3 && requests.Count < manyRequests {
		b.Class, b.Reason, b.Evidence = decnet.BehaviorScanning, fmt.Sprintf("%d scans were seen on the wire, and little else", m.Scans), []string{m.Scan}
		return b
	}
	switch {
	case arrivals.Count < 3 && acts < 3 && requests.Count < manyRequests:
		return is(decnet.BehaviorUnknown, &s.Arrivals, "%d connections, %d requests, %d guesses and commands: too few", arrivals.Count, requests.Count, acts)
	case shallow && breadth >= 2 && arrivals.Count >= 4 && arrivals.Mean >= 10:
		return is(decnet.BehaviorSlowScan, &s.Arrivals, "%d services on %d deckies, %.3g s apart", len(p.Services), len(p.Deckies), arrivals.Mean)
	case shallow && (breadth >= 3 && arrivals.Mean < 10 || breadth >= 2 && arrivals.Mean < 2):
		return is(decnet.BehaviorScanning, &s.Arrivals, "%d services on %d deckies, %.3g s apart", len(p.Services), len(p.Deckies), arrivals.Mean)
	case attempts.Count >= 8 && attempts.Count >= 4*commands.Count && (attempts.Mean < 5 || p.CredentialCount >= 8 && attempts.Count >= arrivals.Count):
		// However slow: who connects only to guess, and something else each time, guesses.
		return is(decnet.BehaviorBruteForce, &s.Attempts, "%d guesses, %.3g s apart", attempts.Count, attempts.Mean)
	case requests.Count >= manyRequests && requests.Mean < 2 && acts < requests.Count:
		return is(decnet.BehaviorScanning, &s.Requests, "%d requests, %.3g s apart", requests.Count, requests.Mean)
	case arrivals.Count >= 4 && arrivals.Mean >= 5 && arrivals.CV < 0.35 && p.CredentialCount <= 1 && commands.Count < arrivals.Count:
		return is(decnet.BehaviorBeaconing, &s.Arrivals, "%d connections, %.3g s apart, spread %.2g of that", arrivals.Count, arrivals.Mean, arrivals.CV)
	case commands.Count >= 6 && commands.Mean >= 0.5 && commands.Mean < 120 && commands.CV >= 0.5:
		return is(decnet.BehaviorInteractive, &s.Commands, "%d commands, %.3g s apart, spread %.2g of that", commands.Count, commands.Mean, commands.CV)
	}
	return is(decnet.BehaviorMixed, &s.Arrivals, "%d connections, %d guesses, %d commands: no class alone", arrivals.Count, attempts.Count, commands.Count)
}
