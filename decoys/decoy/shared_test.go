package decoy_test

import (
	"testing"

	"github.com/decnet/decnet/decoys/decoy"
)

func TestSharedValueIsMadeOnce(t *testing.T) {
	made := 0
	fresh := func() any { made++; return made }
	for _, test := range []struct {
		name   string
		shared *decoy.Shared
		want   [3]int // of two times a and once b
	}{{"one decky's", &decoy.Shared{}, [3]int{1, 1, 2}}, {"nil", nil, [3]int{1, 2, 3}}} {
		made = 0
		have := [3]int{test.shared.Value("a", fresh).(int), test.shared.Value("a", fresh).(int), test.shared.Value("b", fresh).(int)}
		if have != test.want {
			t.Errorf("%s: have %v, want %v", test.name, have, test.want)
		}
	}
}
