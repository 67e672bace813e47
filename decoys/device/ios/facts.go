package ios

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
)

// A model is a router that is sold, with the image that runs on it.
type model struct {
	name, pid, image, family, flash string
	memory, iomem, nvram            int // in KB
	ports                           int // GigabitEthernet0/n
}

var models = []model{
	{"CISCO1941/K9", "CISCO1941/K9", "C1900-UNIVERSALK9-M", "C1900", "flash0", 487424, 36864, 255, 2},
	{"CISCO2901/K9", "CISCO2901/K9", "C2900-UNIVERSALK9-M", "C2900", "flash0", 483328, 40960, 255, 2},
	{"CISCO2911/K9", "CISCO2911/K9", "C2900-UNIVERSALK9-M", "C2900", "flash0", 483328, 40960, 255, 3},
	{"CISCO2921/K9", "CISCO2921/K9", "C2900-UNIVERSALK9-M", "C2900", "flash0", 483328, 40960, 255, 3},
}

// A release is one of IOS 15.2(4)M, as show version tells of it.
type release struct{ version, build, compiled, year string }

var releases = []release{
	{"15.2(4)M3", "fc2", "Tue 26-Feb-13 02:11", "2013"},
	{"15.2(4)M5", "fc2", "Fri 13-Sep-13 16:44", "2013"},
	{"15.2(4)M6", "fc2", "Wed 19-Mar-14 19:23", "2014"},
}

func (s *session) model() model {
	return models[s.Persona.Rand("router model").IntN(len(models))]
}

func (s *session) release() release {
	return releases[s.Persona.Rand("router release").IntN(len(releases))]
}

// serial is the router's: place and week of manufacture, then a number.
func (s *session) serial() string {
	return s.Serial("router", "FTX1"+s.Serial("week", "9")+"2"+"9A9HA")
}

func (s *session) image() string {
	v := s.release().version
	file := strings.NewReplacer("(", "-", ")", ".", ".", "").Replace(v)
	return fmt.Sprintf("%s-universalk9-mz.SPA.%s.bin", strings.ToLower(s.model().family), file)
}

// mac is a MAC address as IOS writes it: of the port with the given number.
func (s *session) mac(port int) string {
	m := s.Persona.MAC
	return fmt.Sprintf("%02x%02x.%02x%02x.%02x%02x", m[0], m[1], m[2], m[3], m[4], m[5]&^3+byte(port)) //nolint:gosec // a few ports
}

// A port is an interface.
type port struct {
	name  string
	addr  netip.Addr
	up    bool
	index int
}

// ports are the router's: one to the network that the decky is in, one to a network behind it.
func (s *session) ports() []port {
	inside := s.Persona.Rand("router inside")
	lan := netip.AddrFrom4([4]byte{10, byte(10 + inside.IntN(200)), byte(inside.IntN(250)), 1}) //nolint:gosec // within a byte
	all := []port{{"Embedded-Service-Engine0/0", netip.Addr{}, false, 9}, {"GigabitEthernet0/0", s.Address.Unmap(), true, 0}, {"GigabitEthernet0/1", lan, true, 1}}
	for i := 2; i < s.model().ports; i++ {
		all = append(all, port{fmt.Sprintf("GigabitEthernet0/%d", i), netip.Addr{}, false, i})
	}
	return all
}

// ago is a time as show version writes it.
func ago(d time.Duration) string {
	minutes := int(d.Minutes())
	var parts []string
	for _, unit := range []struct {
		name    string
		minutes int
	}{{"year", 365 * 24 * 60}, {"week", 7 * 24 * 60}, {"day", 24 * 60}, {"hour", 60}, {"minute", 1}} {
		n := minutes / unit.minutes
		minutes %= unit.minutes
		if n == 0 && unit.name != "minute" {
			continue
		}
		plural := "s"
		if n == 1 {
			plural = ""
		}
		parts = append(parts, fmt.Sprintf("%d %s%s", n, unit.name, plural))
	}
	return strings.Join(parts, ", ")
}

func clock(t time.Time) string {
	return t.UTC().Format("15:04:05") + " UTC " + t.UTC().Format("Mon Jan 2 2006")
}
