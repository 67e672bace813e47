package docker

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

// Spec is what a container is to be. It has no mounts but tmpfs, no published ports
// and no terminal, and sees no devices: there are no fields for them.
type Spec struct {
	// Name is unique on the engine.
	Name string
	// Image is its name or id; it must be there, see EnsureImage.
	Image string
	// Entrypoint and Command replace those of the image where they are not nil.
	Entrypoint []string `json:",omitempty"`
	Command    []string `json:",omitempty"`
	// Hostname is not for a container that joins another: it has that one's.
	Hostname string `json:",omitempty"`
	// Labels are for finding it.
	Labels map[string]string `json:",omitempty"`
	Env    map[string]string `json:",omitempty"`
	// Network is where it is attached, or JoinContainer the name or id of the
	// container whose network namespace it shares. With neither it has a loopback
	// and nothing else.
	Network       *Attachment `json:",omitempty"`
	JoinContainer string      `json:",omitempty"`
	// Sysctls are settings of its namespaces by their full names, such as
	// "net.ipv4.ip_default_ttl".
	Sysctls map[string]string `json:",omitempty"`
	// CapAdd are capabilities such as "NET_ADMIN"; CapDropAll leaves it no others.
	CapAdd     []string `json:",omitempty"`
	CapDropAll bool     `json:",omitempty"`
	// NoNewPrivileges takes the effect from setuid programs.
	NoNewPrivileges bool `json:",omitempty"`
	// User is a name or number, and a group after a colon; empty is the image's.
	User string `json:",omitempty"`
	// ReadOnly makes its root file system so. Tmpfs are file systems in memory, by
	// where they are, with their options, such as "size=16m,mode=1777".
	ReadOnly bool              `json:",omitempty"`
	Tmpfs    map[string]string `json:",omitempty"`
	// Pids is how many processes and threads it may have, Memory how many bytes,
	// swap included; 0 means as many as the host has.
	Pids   int64 `json:",omitempty"`
	Memory int64 `json:",omitempty"`
	// Restart is when the engine starts it again by itself: "no" (or empty),
	// "on-failure", "unless-stopped" or "always".
	Restart string `json:",omitempty"`
	// LogMaxSize, such as "10m", is how long its log may get before a new file is
	// begun, and LogMaxFile how many files there may be. Empty and 0 mean 10 MB and 5.
	LogMaxSize string `json:",omitempty"`
	LogMaxFile int    `json:",omitempty"`

	// Settle is how long it must have run before a start counts as one; 0 means
	// a quarter of a second; a negative time hardly looks.
	Settle time.Duration `json:"-"`
}

// Attachment is a container's place on a network of EnsureNetwork.
type Attachment struct {
	// Network is its name.
	Network string
	// IPv4 is the container's address there, and IPv6 another one if the network
	// has IPv6.
	IPv4 netip.Addr
	IPv6 netip.Addr
	// MAC is nil for the engine's choice, and on an ipvlan, where there is none.
	MAC net.HardwareAddr
}

// What Hardened allows.
const (
	hardPids   = 256
	hardMemory = 256 << 20
)

// Hardened takes from a spec what a service that strangers talk to has no need of:
// all capabilities but those it names, new privileges, writing anywhere but to
// small /tmp and /run in memory, more than 256 processes and more than 256 MiB.
// Limits and file systems that are set stay as they are.
func Hardened(s *Spec) {
	s.CapDropAll, s.NoNewPrivileges, s.ReadOnly = true, true, true
	if s.Tmpfs == nil {
		s.Tmpfs = make(map[string]string)
	}
	for _, dir := range []string{"/tmp", "/run"} {
		if _, ok := s.Tmpfs[dir]; !ok {
			s.Tmpfs[dir] = "rw,noexec,nosuid,nodev,size=16m,mode=1777"
		}
	}
	if s.Pids == 0 {
		s.Pids = hardPids
	}
	if s.Memory == 0 {
		s.Memory = hardMemory
	}
}

// check finds what no container can be like.
func (s *Spec) check() error {
	switch {
	case s.Name == "" || s.Image == "":
		return errors.New("it needs a name and an image")
	case s.Network != nil && s.JoinContainer != "":
		return errors.New("it cannot both have a network and join another container")
	case s.JoinContainer != "" && s.Hostname != "":
		return fmt.Errorf("it has the hostname of %s, which it joins: leave its own out", s.JoinContainer)
	case s.Pids < 0 || s.Memory < 0 || s.LogMaxFile < 0:
		return errors.New("a limit is below zero")
	}
	switch s.Restart {
	case "", "no", "always", "unless-stopped", "on-failure":
	default:
		return fmt.Errorf("restart %q: want no, on-failure, unless-stopped or always", s.Restart)
	}
	if s.Network != nil {
		return s.Network.check()
	}
	return nil
}

func (a *Attachment) check() error {
	switch {
	case a.Network == "":
		return errors.New("its network has no name")
	case a.Network == "host" || a.Network == "bridge" || a.Network == "none" || a.Network == "default" || strings.Contains(a.Network, ":"):
		return fmt.Errorf("network %s is the engine's own: deckies are on one of EnsureNetwork", a.Network)
	case !a.IPv4.Is4():
		return fmt.Errorf("its address %s is no IPv4 address", a.IPv4)
	case a.IPv6.IsValid() && (!a.IPv6.Is6() || a.IPv6.Is4In6() || a.IPv6.Zone() != ""):
		return fmt.Errorf("its address %s is no IPv6 address", a.IPv6)
	case len(a.MAC) > 0 && (len(a.MAC) != 6 || a.MAC[0]&1 != 0):
		return fmt.Errorf("its MAC address %s is none that an interface can have: take six bytes, the first of them even", a.MAC)
	}
	return nil
}

// LogLimits are LogMaxSize and LogMaxFile with what empty and 0 stand for.
func (s *Spec) LogLimits() (size string, files int) {
	size, files = s.LogMaxSize, s.LogMaxFile
	if size == "" {
		size = "10m"
	}
	if files == 0 {
		files = 5
	}
	return size, files
}

// logOptions are those of the json-file driver, the one that Follow can read.
func (s *Spec) logOptions() map[string]string {
	size, files := s.LogLimits()
	return map[string]string{"max-size": size, "max-file": strconv.Itoa(files)}
}

func (s *Spec) env() []string {
	var env []string
	for k, v := range s.Env {
		env = append(env, k+"="+v)
	}
	return env
}

// imageName is the image for people, without a digest's many digits.
func (s *Spec) imageName() string {
	name, _, _ := strings.Cut(s.Image, "@")
	return name
}
