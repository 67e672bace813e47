package decoy_test

import (
	"testing"

	"github.com/decnet/decnet/decoys/decoy"
)

func TestBudget(t *testing.T) {
	b := decoy.NewBudget(10)
	if !b.Take(6) || b.Take(5) || !b.Take(4) || b.Take(1) {
		t.Error("more than the budget was taken, or less")
	}
	b.Give(10)
	if !b.Take(10) {
		t.Error("what was given back is not there")
	}
	var none *decoy.Budget
	if none.Give(1); !none.Take(1 << 40) {
		t.Error("no budget has a bound")
	}
}
