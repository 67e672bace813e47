package analysis

import (
	"fmt"

	"github.com/decnet/decnet/pkg/decnet"
)

// actor decides who or what is at the keyboard. How lines were typed says most, then the times between
// commands, then those between guesses.
func actor(p *decnet.Profile) decnet.Actor {
	s := p.State
	commands, attempts, arrivals, requests := rhythm(&s.Commands), rhythm(&s.Attempts), rhythm(&s.Arrivals), rhythm(&s.Requests)
	// Of commands in sessions of their own there are no times between.
	timed := s.Commands.Gaps >= 2
	if s.Typing.Lines >= 3 && (timed || s.Typing.Pasted == 0) {
		return typist(&s.Typing, commands)
	}
	is := func(kind decnet.ActorKind, confidence int, t *decnet.Timing, format string, args ...any) decnet.Actor {
		return decnet.Actor{Kind: kind, Confidence: confidence, Reasons: []string{fmt.Sprintf(format, args...)}, Evidence: evidence(t)}
	}
	switch {
	case timed && commands.Mean < 0.3:
		return is(decnet.ActorAutomated, 85, &s.Commands, "%d commands, %.3g s apart: nobody types as fast", commands.Count, commands.Mean)
	case timed && 2*s.Commands.Quick >= s.Commands.Gaps:
		// A script that waits for something in between, such as a download.
		return is(decnet.ActorAutomated, 75, &s.Commands, "%d of %d commands came within a tenth of a second", s.Commands.Quick, commands.Count)
	case s.Commands.Gaps >= 4 && commands.Mean < 120 && commands.CV >= 0.5:
		return is(decnet.ActorHuman, 55, &s.Commands, "%d commands at uneven intervals, %.3g s apart", commands.Count, commands.Mean)
	case attempts.Count >= 5 && attempts.Mean < 2:
		return is(decnet.ActorAutomated, 85, &s.Attempts, "%d guesses, %.3g s apart", attempts.Count, attempts.Mean)
	case requests.Count >= manyRequests && requests.Mean < 0.5, requests.Count >= 20 && requests.Mean < 2:
		return is(decnet.ActorAutomated, 80, &s.Requests, "%d requests, %.3g s apart", requests.Count, requests.Mean)
	case arrivals.Count >= 6 && arrivals.Mean < 1:
		return is(decnet.ActorAutomated, 75, &s.Arrivals, "%d connections, %.3g s apart", arrivals.Count, arrivals.Mean)
	case arrivals.Count >= 6 && arrivals.CV < 0.35:
		return is(decnet.ActorAutomated, 75, &s.Arrivals, "%d connections at even intervals of %.3g s", arrivals.Count, arrivals.Mean)
	}
	return decnet.Actor{Kind: decnet.ActorUnknown}
}

// typist decides by how lines came.
func typist(t *decnet.Typing, commands decnet.Rhythm) decnet.Actor {
	a := decnet.Actor{Evidence: []string{t.First, t.Latest}}
	pasted := float64(t.Pasted) / float64(t.Lines)
	perKey := float64(t.Millis) / float64(max(t.Keys, 1))
	say := func(kind decnet.ActorKind, confidence int, format string, args ...any) decnet.Actor {
		a.Kind, a.Confidence, a.Reasons = kind, confidence, append(a.Reasons, fmt.Sprintf(format, args...))
		return a
	}
	switch {
	case pasted >= 0.9 && commands.Mean < 1:
		return say(decnet.ActorAutomated, 90, "%d of %d lines came in one piece, %.3g s apart", t.Pasted, t.Lines, commands.Mean)
	case pasted >= 0.9 && commands.Mean <= 60 && commands.CV < 0.8:
		// A model needs some seconds for every answer, about as many each time, and never a second key.
		return say(decnet.ActorModel, 50+int(min(t.Lines, 20)), "%d of %d lines came in one piece, at even intervals of %.3g s", t.Pasted, t.Lines, commands.Mean)
	case pasted >= 0.9:
		return say(decnet.ActorHuman, 45, "%d of %d lines were pasted, at uneven intervals", t.Pasted, t.Lines)
	case perKey < 20:
		return say(decnet.ActorAutomated, 80, "%.3g ms from key to key: nobody types as fast", perKey)
	case t.Edited > 0:
		return say(decnet.ActorHuman, 90, "%.3g ms from key to key, and %d of %d lines were corrected, recalled or completed", perKey, t.Edited, t.Lines)
	}
	return say(decnet.ActorHuman, 75, "%.3g ms from key to key", perKey)
}
