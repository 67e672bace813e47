package tcpfp_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/tcpfp"
)

// Linux is Linux however its administrator sets it up, and over links of all sizes.
func TestSettingsOfLinux(t *testing.T) {
	w := newWire(t)
	stop := w.capture(t)
	sysctl := func(names, value string) {
		w.run(t, "sh", "-c", "for name in "+names+"; do echo "+value+" > /proc/sys/net/ipv4/$name; done")
	}
	tests := []struct {
		name, value, was string
		mtu              int
		layout           string
	}{
		{"tcp_timestamps", "1", "1", 1500, "mss,sok,ts,nop,ws"},
		{"tcp_timestamps", "0", "1", 1500, "mss,nop,nop,sok,nop,ws"},
		{"tcp_sack", "0", "1", 1500, "mss,nop,nop,ts,nop,ws"},
		{"tcp_window_scaling", "0", "1", 1500, "mss,sok,ts"},
		{"tcp_timestamps tcp_window_scaling", "0", "1", 1500, "mss,nop,nop,sok"},
		{"tcp_ecn", "1", "2", 1500, "mss,sok,ts,nop,ws"},
		{"tcp_timestamps", "1", "1", 1280, "mss,sok,ts,nop,ws"},
		{"tcp_timestamps", "1", "1", 9000, "mss,sok,ts,nop,ws"},
		{"ip_default_ttl", "60", "64", 1500, "mss,sok,ts,nop,ws"},
	}
	for i, test := range tests {
		w.run(t, "ip", "link", "set", "wire", "mtu", fmt.Sprint(test.mtu))
		sysctl(test.name, test.value)
		w.run(t, "nmap", "-n", "-Pn", "-sT", "--max-retries", "0", "-p", fmt.Sprint(2000+i), farAddress)
		sysctl(test.name, test.was)
	}
	file := stop()
	seen := 0
	for _, packet := range readPcap(t, file) {
		s, err := tcpfp.Parse(packet)
		if err != nil || s.SYNACK {
			continue
		}
		who := ends(packet)
		for i, test := range tests {
			if !strings.HasSuffix(who, fmt.Sprint("/", 2000+i)) {
				continue
			}
			seen++
			r, ok := tcpfp.Match(s)
			t.Logf("%s=%s, %d bytes: %s", test.name, test.value, test.mtu, s)
			if !ok || r.String() != "Linux 4.20 to 6.x" || r.Fuzzy || r.Generic || s.Layout() != test.layout {
				t.Errorf("%s=%s, %d bytes: %s is taken for %s (fuzzy %v, generic %v)", test.name, test.value, test.mtu, s, r, r.Fuzzy, r.Generic)
			}
		}
	}
	if seen != len(tests) {
		t.Errorf("%d SYNs came of %d", seen, len(tests))
	}
}
