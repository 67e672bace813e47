package corpus

import (
	"slices"
	"strings"
	"testing"
)

func TestSettle(t *testing.T) {
	const status = "packet of 44\nCHANNEL_REQUEST to 7 \"exit-status\" want reply 0\nand then 0\n"
	const want = "packet of 28\nCHANNEL_DATA to 7 x\npacket of 12\nCHANNEL_EOF to 7\n" + status + "packet of 12\nCHANNEL_CLOSE to 7"
	for _, lines := range []string{
		want,
		status + "packet of 28\nCHANNEL_DATA to 7 x\npacket of 12\nCHANNEL_EOF to 7\npacket of 12\nCHANNEL_CLOSE to 7",
		"packet of 28\nCHANNEL_DATA to 7 x\n" + status + "packet of 12\nCHANNEL_EOF to 7\npacket of 12\nCHANNEL_CLOSE to 7",
	} {
		given := strings.Split(lines, "\n")
		before := slices.Clone(given)
		if have := strings.Join(settle(given), "\n"); have != want {
			t.Errorf("have %s", have)
		}
		if !slices.Equal(given, before) {
			t.Error("the argument was changed")
		}
	}
	if have := settle(nil); len(have) != 0 {
		t.Errorf("have %q", have)
	}
}
