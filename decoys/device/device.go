// Package device is what the command lines of network devices have in common: a terminal
// with an editor of lines and pages, and what a session knows of its machine. In come an
// attacker's keys, out go the prompt, what is typed, and what the device answers; each
// line is reported before it runs. Packages ios and routeros are the devices.
//
// Nothing is looked up and nothing connected to: addresses other than the device's own
// network do not answer.
package device

import (
	"errors"
	"net/netip"
	"strings"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet/persona"
)

// Bounds of one session.
const (
	// MaxLine bounds a line, in bytes.
	MaxLine = 1024
	// MaxHistory bounds the lines that can be had again.
	MaxHistory = 20
	// MaxSettings and MaxSetting bound what a device remembers of a source, in entries and bytes each.
	MaxSettings = 128
	// MaxOutput bounds what one session shows, in bytes: more than anybody reads. The session
	// ends there, so that cheap keys that show much cost no more than that.
	MaxOutput  = 16 << 20
	MaxSetting = 512
)

// Config is one session.
type Config struct {
	Persona *persona.Persona
	// Address is the device's own.
	Address netip.Addr
	User    string
	// Source is where the session comes from.
	Source netip.Addr
	// Login is when it began.
	Login time.Time
	// Rows and Columns are the terminal's size, 24 by 80 if they are not given.
	Rows, Columns int
	// NetworkDelay is how long what goes into the network takes to fail.
	NetworkDelay time.Duration
	// Settings are what the source has configured before, in order; Remember adds one.
	Settings []string
	Remember func(setting string)
	// Command is told each line, as it was entered, before it runs, and how it was typed.
	Command func(line string, typed decoy.Typed)
	// Download is told each attempt to fetch something.
	Download func(tool, url string)
	// Enable reports whether a password is that of the privileged mode.
	Enable func(password []byte) bool
}

// Add remembers a setting, within bounds.
func (c *Config) Add(setting string) {
	if len(c.Settings) >= MaxSettings || len(setting) > MaxSetting {
		return
	}
	c.Settings = append(c.Settings, setting)
	if c.Remember != nil {
		c.Remember(setting)
	}
}

// Lines reads lines and has them run, each reported before, until run says that it was the last or the terminal is
// gone. Interrupted is called when somebody presses Ctrl-C.
func (c *Config) Lines(term *Term, prompt func() string, interrupted func(), run func(line string) bool) {
	for more := true; more; {
		line, err := term.Line(prompt(), false)
		switch {
		case errors.Is(err, ErrInterrupted):
			interrupted()
		case err != nil:
			return
		case strings.TrimSpace(line) != "":
			c.Command(line, term.Typed())
			more = run(line)
		}
	}
}

// Uptime is since when the device runs.
func (c *Config) Uptime() time.Duration { return time.Since(c.Persona.Boot) }

// Gateway is the router of the device's own network, its first address, or the last if that is the device.
func (c *Config) Gateway() netip.Addr {
	a := c.Address.Unmap()
	if !a.Is4() {
		return netip.MustParseAddr("192.168.88.254")
	}
	b := a.As4()
	if b[3] = 1; netip.AddrFrom4(b) == a {
		b[3] = 254
	}
	return netip.AddrFrom4(b)
}

// Network is the device's own, a /24.
func (c *Config) Network() netip.Prefix {
	a := c.Address.Unmap()
	if !a.Is4() {
		a = netip.MustParseAddr("192.168.88.1")
	}
	return netip.PrefixFrom(a, 24).Masked()
}

// Serial is a serial number of the given form: each A is a letter, each 9 a digit, H a hex
// digit, each x one of those that crypt(3) writes, and others stand for themselves.
func (c *Config) Serial(purpose, form string) string {
	r := c.Persona.Rand("serial " + purpose)
	return strings.Map(func(f rune) rune {
		switch f {
		case 'A':
			return rune("ABCDEFGHJKLMNPQRSTUVWXYZ"[r.IntN(24)])
		case '9':
			return rune("0123456789"[r.IntN(10)])
		case 'x':
			return rune(crypt[r.IntN(len(crypt))])
		case 'H':
			return rune("0123456789ABCDEF"[r.IntN(16)])
		}
		return f
	}, form)
}

// crypt are the characters of crypt(3).
const crypt = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// IsName reports whether s is a name for a host: letters, digits and hyphens.
func IsName(s string) bool {
	for _, c := range s {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return s != ""
}
