package artifact_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/artifact"
)

func TestNamesAreNeverPaths(t *testing.T) {
	sum := strings.Repeat("ab", 32)
	tests := []struct {
		kind artifact.Type
		id   string
		want string // below the folder; "" is refused
	}{
		{artifact.Session, "0123456789abcdef", "sessions/0123456789abcdef.cast"},
		{artifact.File, sum, "files/" + sum},
		{artifact.File, "0123456789abcdef", ""},
		{artifact.Session, "../../../etc/passwd", ""},
		{artifact.Session, "0123456789abcde/", ""},
		{artifact.Session, "0123456789ABCDEF", ""},
		{artifact.Session, "0123456789abcde\x00", ""},
		{artifact.Session, "", ""},
		{artifact.Session, sum + "0", ""},
		{"partial", sum, ""},
	}
	for _, test := range tests {
		have, err := artifact.Dir("/data").Path(test.kind, test.id)
		want := ""
		if test.want != "" {
			want = filepath.Join("/data", test.want)
		}
		if have != want || (err == nil) != (want != "") {
			t.Errorf("%s %q: have %q, %v, want %q", test.kind, test.id, have, err, want)
		}
	}
}
