package catalog

import (
	"fmt"
	"math/rand/v2"
	"net"
	"strings"
)

// Style is how the machines of an operating system are named.
type Style string

// The styles.
const (
	StyleGeneric       Style = "generic" // web-prod-03, srv-atlas-42
	StyleRHEL          Style = "rhel"    // atlas42.localdomain
	StyleMinimal       Style = "minimal" // atlas-42
	StyleRolling       Style = "rolling" // amber-falcon
	StyleDesktop       Style = "desktop" // DESKTOP-7F3K2QX
	StyleWindowsServer Style = "windows_server"
	StyleMac           Style = "mac"        // Annas-MacBook-Pro.local
	StylePrinter       Style = "printer"    // NPI3F09A2, from the MAC address
	StyleDevice        Style = "device"     // sensor-3f09a2
	StyleController    Style = "controller" // plc-line2-07
	StyleNetwork       Style = "network"    // sw-hq-02
)

var (
	roles = []string{
		"web", "app", "db", "files", "build", "proxy", "mail", "git", "monitor", "backup", "intranet", "erp",
		"ldap", "print", "stage", "wiki", "crm", "queue", "cache", "log", "vpn", "ntp", "docs", "report",
	}
	sites = []string{
		"hq", "lab", "prod", "stg", "dc1", "dc2", "core", "dmz", "east", "west", "ber", "lon", "nyc", "par", "test", "int",
	}
	words = []string{
		"alpha", "atlas", "apollo", "argon", "aspen", "birch", "bravo", "cedar", "cobalt", "comet", "delta", "echo", "ember",
		"falcon", "gamma", "granite", "helios", "heron", "indigo", "iris", "jasper", "juno", "kestrel", "krypton", "lima",
		"lynx", "magnet", "maple", "mercury", "neon", "nova", "onyx", "orion", "osprey", "pluto", "quartz", "raven", "rigel",
		"saturn", "sierra", "sigma", "tango", "titan", "topaz", "umbra", "vega", "victor", "willow", "xenon", "yukon", "zephyr",
	}
	given      = []string{"Anna", "Ben", "Carla", "David", "Elena", "Felix", "Grace", "Hugo", "Ines", "Jonas", "Kate", "Leo", "Mia", "Noah", "Olga", "Paul"}
	adjectives = []string{
		"amber", "brisk", "calm", "crimson", "dusty", "eager", "faint", "gentle", "hollow", "ivory", "jolly", "keen", "lucid",
		"mellow", "noble", "olive", "pale", "quiet", "rapid", "silent", "tidy", "upper", "vivid", "wild", "young",
	}
)

// Hostname names a machine in style, as its owner or its maker would; mac is its
// hardware address. The name is at most 15 bytes on Windows, and has a domain
// only where the style's systems put one into their host name.
func Hostname(r *rand.Rand, style Style, mac net.HardwareAddr) string {
	number := func() string { return fmt.Sprintf([]string{"%d", "%02d", "-%02d"}[r.IntN(3)], 1+r.IntN(60)) }
	switch style {
	case StyleGeneric:
		return generic(r, number)
	case StyleRHEL:
		return fmt.Sprintf("%s%02d.localdomain", one(r, append(words, roles...)), 1+r.IntN(99))
	case StyleMinimal:
		return fmt.Sprintf("%s-%d", one(r, append(words, roles...)), 1+r.IntN(99))
	case StyleRolling:
		return one(r, adjectives) + "-" + one(r, words)
	case StyleDesktop: // what the installer of Windows 10 and 11 makes up, or an office's own scheme
		if r.IntN(4) > 0 {
			return "DESKTOP-" + letters(r, 7)
		}
		return strings.ToUpper(fmt.Sprintf("%s-PC%03d", one(r, sites), 1+r.IntN(400)))
	case StyleWindowsServer:
		if r.IntN(4) == 0 {
			return "WIN-" + letters(r, 11)
		}
		return strings.ToUpper(fmt.Sprintf("%s-%s%02d", one(r, sites), shorten(one(r, roles), 8), 1+r.IntN(40)))
	case StyleMac: // what the installer makes up
		return fmt.Sprintf("%ss-%s.local", one(r, given), one(r, []string{"iMac", "MacBook-Air", "MacBook-Pro", "Mac-mini"}))
	case StylePrinter: // as HP's network cards name themselves
		return fmt.Sprintf("NPI%X", []byte(mac[3:]))
	case StyleDevice:
		return fmt.Sprintf("%s-%x", one(r, []string{"sensor", "gateway", "cam", "meter", "node", "ap"}), []byte(mac[3:]))
	case StyleController:
		return fmt.Sprintf("plc-%s%d-%02d", one(r, []string{"line", "cell", "unit", "pump", "hall", "tank"}), 1+r.IntN(9), 1+r.IntN(40))
	case StyleNetwork:
		return fmt.Sprintf("%s-%s-%02d", one(r, []string{"sw", "rtr", "core", "acc", "edge"}), one(r, sites), 1+r.IntN(40))
	}
	return generic(r, number)
}

// generic names a server the way small companies do: what it is for or whatever
// came to mind, where it stands, and a number that is not always padded alike.
func generic(r *rand.Rand, number func() string) string {
	switch r.IntN(5) {
	case 0:
		return one(r, roles) + number()
	case 1:
		return fmt.Sprintf("srv-%s-%02d", one(r, words), 10+r.IntN(90))
	case 2:
		return one(r, words) + number()
	case 3:
		return one(r, roles) + "-" + one(r, sites) + number()
	}
	return one(r, sites) + "-" + one(r, roles) + number()
}

// letters are n of those that Windows takes for a random computer name.
func letters(r *rand.Rand, n int) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[r.IntN(len(alphabet))]
	}
	return string(b)
}

func shorten(s string, n int) string { return s[:min(n, len(s))] }

func one(r *rand.Rand, choices []string) string { return choices[r.IntN(len(choices))] }
