package network

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestOpenFiles(t *testing.T) {
	tests := []struct {
		soft, hard uint64
		sockets    int
		want       uint64 // 0 is an error
	}{
		{1024, 4096, 100, 1024},
		{1024, 4096, 2000, 2512},
		{4096, 4096, 2000, 4096},
		{1024, 4096, 4096 - reserve, 4096},
		{1024, 4096, 4096 - reserve + 1, 0},
		{1024, unix.RLIM_INFINITY, 16000, 16512},
		{1024, 4096, -5, 1024},
	}
	for _, test := range tests {
		got, err := openFiles(unix.Rlimit{Cur: test.soft, Max: test.hard}, test.sockets)
		if test.want == 0 {
			if err == nil || !strings.Contains(err.Error(), "3585 sockets need 4097 open files, and the hard limit (RLIMIT_NOFILE) is 4096: raise it with LimitNOFILE=4097") {
				t.Errorf("%+v: have %v", test, err)
			}
			continue
		}
		if got.Cur != test.want || got.Max != test.hard || err != nil {
			t.Errorf("%+v: have %+v, %v", test, got, err)
		}
	}
}

func TestNeighbourTables(t *testing.T) {
	tests := []struct {
		name, before string
		deckies      int
		after        string
	}{
		{"a small fleet", "128 512 1024", 30, "128 512 1024"},
		{"a larger one", "128 512 1024", 1000, "4000 6000 8000"},
		{"one that fits in part", "128 512 4096", 200, "800 1200 4096"},
		{"a host that has enough", "30000 60000 90000", 4000, "30000 60000 90000"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			for i, v := range strings.Fields(test.before) {
				if err := os.WriteFile(filepath.Join(dir, "gc_thresh"+string(rune('1'+i))), []byte(v+"\n"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for range 2 {
				if err := raiseNeighbours(dir, "ipv4", test.deckies); err != nil {
					t.Fatal(err)
				}
			}
			var after []string
			for _, n := range []string{"1", "2", "3"} {
				b, err := os.ReadFile(filepath.Join(dir, "gc_thresh"+n))
				if err != nil {
					t.Fatal(err)
				}
				after = append(after, strings.TrimSpace(string(b)))
			}
			if have := strings.Join(after, " "); have != test.after {
				t.Errorf("have %s, want %s", have, test.after)
			}
		})
	}
}

// The tables are the host's: this namespace does not show them.
func TestLimitsThatCannotBeRaisedFromHere(t *testing.T) {
	newLAN(t)
	if err := RaiseLimits(10, 40); err != nil {
		t.Errorf("a small fleet: have %v", err)
	}
	err := RaiseLimits(4000, 1<<40)
	for _, part := range []string{
		"1099511627776 sockets need", "the hard limit (RLIMIT_NOFILE) is",
		`see that "sysctl net.ipv4.neigh.default.gc_thresh3" says at least 32000`, "net.ipv6.neigh.default.gc_thresh3",
	} {
		if !errors.Is(err, ErrUnseen) || !strings.Contains(err.Error(), part) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v does not say %q", err, part)
		}
	}
	if err := raiseNeighbours(filepath.Join(t.TempDir(), "ipv6/neigh/default"), "ipv6", 4000); err != nil {
		t.Errorf("without IPv6: have %v", err)
	}
	if err := refused(&os.PathError{Err: unix.EROFS}); !errors.Is(err, ErrNoPrivilege) {
		t.Errorf("have %v", err)
	}
}
