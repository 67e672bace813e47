package analysis

import (
	"fmt"

	"github.com/decnet/decnet/pkg/decnet"
)

// The most points of each part of a risk; together 100.
const (
	mostBreadth   = 10
	mostGuessing  = 10
	mostAccess    = 15
	mostExecution = 10
	mostPayload   = 15
	mostPhase     = 20
	mostIntent    = 10
	mostTooling   = 5
	mostEvasion   = 5
)

// intentPoints are how bad each intent is.
var intentPoints = map[decnet.Intent]int{
	decnet.IntentRecon: 2, decnet.IntentProxy: 6, decnet.IntentMining: 7, decnet.IntentBotnet: 8,
	decnet.IntentCredential: 8, decnet.IntentLateral: 9, decnet.IntentRansom: mostIntent,
}

// step is points from a number on.
type step struct {
	from   uint64
	points int
}

func points(n uint64, steps ...step) (points int) {
	for _, s := range steps {
		if n >= s.from {
			points = s.points
		}
	}
	return points
}

// risk adds up its parts.
func risk(p *decnet.Profile) decnet.Risk {
	var r decnet.Risk
	acts := p.State.Acts
	add := func(name string, points, most int, evidence []string, format string, args ...any) {
		if points > 0 {
			r.Score += points
			r.Parts = append(r.Parts, decnet.RiskPart{Name: name, Points: points, Most: most, Reason: fmt.Sprintf(format, args...), Evidence: evidence})
		}
	}
	first := func(what string) []string {
		if id, ok := acts[what]; ok {
			return []string{id}
		}
		return nil
	}
	deckies := uint64(len(p.Deckies))
	add("breadth", points(deckies, step{2, 3}, step{3, 6}, step{5, 8}, step{10, mostBreadth}), mostBreadth, first(actTravel), "was on %d deckies", deckies)
	n := p.State.Attempts.Count
	add("guessing", points(n, step{1, 2}, step{10, 5}, step{100, 8}, step{1000, mostGuessing}), mostGuessing, first(actAttempt), "offered %d credentials", n)
	if exploit := evidenceOf(p.Phases, string(decnet.PhaseInitialAccess)); p.Accepted == 0 && exploit != nil {
		add("access", 8, mostAccess, exploit, "tried to get in by a weakness")
	}
	add("access", points(p.Accepted, step{1, mostAccess}), mostAccess, first(actAccess), "was let in %d times", p.Accepted)
	add("execution", points(p.CommandCount, step{1, 5}, step{5, 8}, step{20, mostExecution}), mostExecution, first(actCommand), "ran %d commands", p.CommandCount)
	if file := first(actFile); file != nil {
		add("payload", mostPayload, mostPayload, file, "brought files")
	} else if url := first(actURL); url != nil {
		add("payload", 8, mostPayload, url, "wanted to fetch files")
	}
	if rank := p.Phase.Rank(); rank > 0 {
		add("phase", mostPhase*rank/len(decnet.AttackPhases()), mostPhase, evidenceOf(p.Phases, string(p.Phase)), "got as far as %s", p.Phase)
	}
	var worst decnet.Intent
	for i := range p.Intents {
		if in := decnet.Intent(p.Intents[i].Name); intentPoints[in] > intentPoints[worst] {
			worst = in
		}
	}
	add("intent", intentPoints[worst], mostIntent, evidenceOf(p.Intents, string(worst)), "is after %s", worst)
	if tool := surest(p.Tools); tool != nil {
		add("tooling", mostTooling, mostTooling, tool.Evidence, "uses %s", tool.Name)
	}
	if check := surest(p.DecoyChecks); check != nil {
		add("evasion", mostEvasion, mostEvasion, check.Evidence, "looks whether this is a decoy: %s", check.Name)
	}
	return r
}

// surest is the first of those with the most confidence, nil if there is none.
func surest(list []decnet.Statement) (s *decnet.Statement) {
	for i := range list {
		if s == nil || list[i].Confidence > s.Confidence {
			s = &list[i]
		}
	}
	return s
}

func evidenceOf(list []decnet.Statement, name string) []string {
	for i := range list {
		if list[i].Name == name {
			return list[i].Evidence
		}
	}
	return nil
}
