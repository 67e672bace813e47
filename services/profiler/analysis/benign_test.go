package analysis_test

import (
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/profiler/internal/stories"
	"github.com/decnet/decnet/services/profiler/signature"
)

// TestBenign holds the signatures to not seeing more in harmless stories than what is true of any touch.
func TestBenign(t *testing.T) {
	set, err := signature.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, s := range all(t) {
		if !s.Benign {
			continue
		}
		told++
		progress := map[string]decnet.SignatureProgress{}
		for _, e := range stories.Stored(s.Events()) {
			for _, m := range set.Advance(progress, &e) {
				if !strings.HasPrefix(m.ID, "generic.") && m.ID != "ssh.openssh" {
					t.Errorf("%s: %s concludes %s from %v", s.Name, m.ID, m.Concludes(), e.Fields)
				}
			}
		}
	}
	if told < 6 {
		t.Errorf("%d harmless stories, want at least 6", told)
	}
}
