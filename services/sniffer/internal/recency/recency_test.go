package recency_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/decnet/decnet/services/sniffer/internal/recency"
)

type thing struct {
	n     int
	links recency.Links[thing]
}

// The list does what a slice would.
func TestOrder(t *testing.T) {
	l := recency.New(func(x *thing) *recency.Links[thing] { return &x.links })
	var model []*thing // the oldest first
	rng := rand.New(rand.NewPCG(1, 2))
	for n := range 5000 {
		switch at := rng.IntN(len(model) + 1); {
		case at == len(model) || len(model) < 3:
			x := &thing{n: n}
			l.Push(x)
			model = append(model, x)
		case rng.IntN(2) == 0:
			x := model[at]
			l.Touch(x)
			model = append(slices.Delete(model, at, at+1), x)
		default:
			l.Remove(model[at])
			model = slices.Delete(model, at, at+1)
		}
		var have []*thing
		for x := l.Oldest(); x != nil; x = l.Newer(x) {
			have = append(have, x)
		}
		if !slices.Equal(have, model) {
			t.Fatalf("after step %d the order is wrong", n)
		}
		if len(model) > 0 && l.Newest() != model[len(model)-1] {
			t.Fatalf("after step %d the newest is %v", n, l.Newest())
		}
	}
}
