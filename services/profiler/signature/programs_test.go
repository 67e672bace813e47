package signature_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/decnet/decnet/services/profiler/signature"
)

func TestPrograms(t *testing.T) {
	for line, want := range map[string][]string{
		"":                                     nil,
		"   ":                                  nil,
		"uname -a":                             {"uname"},
		"/bin/ps aux|grep x":                   {"ps", "grep"},
		"cd /tmp&&wget http://a/b;sh b":        {"cd", "wget", "sh"},
		"sudo env A=b nohup ./x &":             {"x"},
		"sudo -u root id":                      {"root"}, // the value of an option is taken for it
		"ls -lh $(which ls)":                   {"ls", "which"},
		"if [ -f a ]; then id; fi":             {"[", "id", "fi"},
		"/bin/busybox wget http://a":           {"wget"},
		"echo \"id; uname\"":                   {"echo", "uname"},
		"X=1 Y=2 whoami":                       {"whoami"},
		"(free)":                               {"free"},
		"grep -vE 'sync|halt' a":               {"grep"},
		"sh -c 'id | wc'":                      {"sh", "wc"},
		"awk '{print ($1)}' a":                 {"awk"},
		"echo it's; id":                        {"echo", "id"},
		"echo uname":                           {"echo"},
		"`w`":                                  {"w"},
		"bash -c 'id'":                         {"bash"},
		strings.Repeat("a;", 100):              slices.Repeat([]string{"a"}, 64),
		"ps\t-e\nnetstat":                      {"ps", "netstat"},
		"cat /proc/cpuinfo | xargs -n1 lsblk ": {"cat", "lsblk"},
	} {
		if got := signature.Programs(line); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", line, got, want)
		}
	}
}
