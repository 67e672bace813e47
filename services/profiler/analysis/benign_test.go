package analysis_test

import (
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/profiler/internal/stories"
)

// TestBenign holds the signatures to not seeing more in harmless stories than what is true of any touch.
func TestBenign(t *testing.T) {
	en := engine(t)
	told := 0
	for _, s := range all(t) {
		if !s.Benign {
			continue
		}
		told++
		for _, p := range whole(en, stories.Stored(s.Events())) {
			for _, list := range [][]decnet.Statement{p.Tools, p.Phases, p.Intents, p.DecoyChecks} {
				for _, st := range list {
					for _, id := range st.Signatures {
						if !strings.HasPrefix(id, "generic.") && id != "ssh.openssh" {
							t.Errorf("%s: %s concludes %s", s.Name, id, st.Name)
						}
					}
				}
			}
		}
	}
	if told < 4 {
		t.Errorf("%d harmless stories, want at least 4", told)
	}
}
