package routeros

import (
	"fmt"
	"strings"
	"time"

	"github.com/decnet/decnet/pkg/decnet/persona"
)

// A board is a router that is sold.
type board struct {
	name, arch, cpu, firmware, license string
	cores, mhz, memory, disk           int // memory and disk in MiB
	ports                              int
	wireless                           bool
}

var boards = []board{
	{"hAP lite", "smips", "MIPS 24Kc V7.4", "qca9531L", "4", 1, 650, 32, 16, 4, true},
	{"hAP ac^2", "arm", "ARMv7", "ipq4000L", "4", 4, 716, 128, 16, 5, true},
	{"RB750Gr3", "mmips", "MIPS 1004Kc V2.15", "mt7621L", "4", 4, 880, 256, 16, 5, false},
	{"RB3011UiAS", "arm", "ARMv7", "ipq8060", "5", 2, 1400, 1024, 128, 10, false},
	{"RB951Ui-2HnD", "mipsbe", "MIPS 74Kc V4.12", "ar9344", "4", 1, 600, 128, 128, 5, true},
}

type release struct{ version, year, built string }

var releases = []release{
	{"6.48.6", "2021", "Dec/03/2021 12:15:05"},
	{"6.49.6", "2022", "Apr/07/2022 17:53:31"},
	{"6.49.7", "2022", "Oct/11/2022 14:37:24"},
	{"6.49.10", "2023", "Sep/20/2023 09:23:27"},
}

func releaseOf(p *persona.Persona) release {
	return releases[p.Rand("routeros release").IntN(len(releases))]
}

func (s *session) release() release { return releaseOf(s.Persona) }

// Version is the release that the router of a persona runs, such as 6.49.7.
func Version(p *persona.Persona) string { return releaseOf(p).version }

func (s *session) board() board { return boards[s.Persona.Rand("router board").IntN(len(boards))] }

// mac is that of a port.
func (s *session) mac(port int) string {
	m := append([]byte(nil), s.Persona.MAC...)
	m[5] += byte(port) //nolint:gosec // a few ports
	return strings.ToUpper(fmt.Sprintf("%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]))
}

// since is a time as RouterOS writes it: 3w2d4h5m6s.
func since(d time.Duration) string {
	seconds := int(d.Seconds())
	out := ""
	for _, unit := range []struct {
		name string
		n    int
	}{{"w", 7 * 86400}, {"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}} {
		if n := seconds / unit.n; n > 0 {
			out += fmt.Sprintf("%d%s", n, unit.name)
		}
		seconds %= unit.n
	}
	return out
}

// date is a date as RouterOS 6 writes it.
func date(t time.Time) string { return strings.ToLower(t.UTC().Format("Jan/02/2006")) }

// pairs are names and values, names at the right.
func pairs(list ...string) string {
	width := 0
	for i := 0; i < len(list); i += 2 {
		width = max(width, len(list[i]))
	}
	var b strings.Builder
	for i := 0; i+1 < len(list); i += 2 {
		fmt.Fprintf(&b, "%*s: %s\n", width+2, list[i], list[i+1])
	}
	return b.String()
}

func mib(n float64) string { return fmt.Sprintf("%.1fMiB", n) }

func (s *session) resource() string {
	d, r := s.board(), s.Persona.Rand("resources")
	free := float64(d.memory) * (0.3 + r.Float64()/3)
	load := int(time.Now().Unix()/5) % 7
	return pairs("uptime", since(s.Uptime()), "version", s.release().version+" (stable)", "build-time", s.release().built, "factory-software", "6.42.10",
		"free-memory", mib(free+float64(time.Now().Unix()%9)/10), "total-memory", mib(float64(d.memory)), "cpu", d.cpu, "cpu-count", fmt.Sprint(d.cores),
		"cpu-frequency", fmt.Sprintf("%dMHz", d.mhz), "cpu-load", fmt.Sprintf("%d%%", load), "free-hdd-space", mib(float64(d.disk)*(0.1+r.Float64()/2)), "total-hdd-space", mib(float64(d.disk)),
		"write-sect-since-reboot", fmt.Sprint(int(s.Uptime().Minutes())/3+17), "write-sect-total", fmt.Sprint(20000+r.IntN(90000)+int(s.Uptime().Minutes())/3),
		"bad-blocks", "0%", "architecture-name", d.arch, "board-name", d.name, "platform", "MikroTik")
}
