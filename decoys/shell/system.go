package shell

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/decnet/decnet/pkg/decnet/persona"
)

// OSes are the operating systems that the shell passes for, as package catalog
// names them.
func OSes() []string { return []string{"debian", "ubuntu22", "ubuntu20"} }

// A System is what one decky's shells have in common: the machine as commands
// describe it. It does not change, so all sessions share it.
type System struct {
	persona  *persona.Persona
	address  netip.Addr
	hardware hardware
	kernel   kernel
	commands

	plant sync.Once
	base  *node // the files as they were installed; see FS
}

// NewSystem derives the machine of p, whose own address is addr.
func NewSystem(p *persona.Persona, addr netip.Addr) *System {
	return &System{persona: p, address: addr, hardware: newHardware(p), kernel: kernelOf(p), commands: newCommands()}
}

// kernel is what uname knows beside the release.
type kernel struct {
	// version is what uname -v prints; compiler is how /proc/version goes on
	// after the release.
	version, compiler string
}

// builds are the builds of the releases that personas claim, as the packages'
// changelogs date them.
var builds = map[string]string{
	"6.1.0-18-amd64": "6.1.76-1 (2024-02-01)", "6.1.0-21-amd64": "6.1.90-1 (2024-05-03)",
	"6.1.0-26-amd64": "6.1.112-1 (2024-09-30)", "6.1.0-31-amd64": "6.1.128-1 (2025-02-07)",
	"5.15.0-91-generic": "#101-Ubuntu SMP Tue Nov 14 13:30:08 UTC 2023", "5.15.0-105-generic": "#115-Ubuntu SMP Mon Apr 15 09:52:04 UTC 2024",
	"5.15.0-113-generic": "#123-Ubuntu SMP Mon Jun 10 08:16:17 UTC 2024", "5.15.0-122-generic": "#132-Ubuntu SMP Thu Aug 29 13:45:52 UTC 2024",
	"5.4.0-167-generic": "#184-Ubuntu SMP Tue Oct 31 09:21:49 UTC 2023", "5.4.0-176-generic": "#196-Ubuntu SMP Fri Mar 22 16:46:39 UTC 2024",
	"5.4.0-187-generic": "#207-Ubuntu SMP Mon Jun 10 08:16:10 UTC 2024", "5.4.0-196-generic": "#216-Ubuntu SMP Thu Aug 29 13:26:53 UTC 2024",
}

func kernelOf(p *persona.Persona) kernel {
	build := builds[p.Kernel]
	switch p.OS.Slug {
	case "ubuntu22":
		return kernel{build, "(buildd@lcy02-amd64-%03d) (gcc (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0, GNU ld (GNU Binutils for Ubuntu) 2.38)"}
	case "ubuntu20":
		return kernel{build, "(buildd@lcy02-amd64-%03d) (gcc version 9.4.0 (Ubuntu 9.4.0-1ubuntu1~20.04.2))"}
	}
	return kernel{
		p.OS.KernelBuild + " " + build,
		"(debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40)",
	}
}

// procVersion is the content of /proc/version.
func (s *System) procVersion() string {
	compiler := s.kernel.compiler
	if strings.Contains(compiler, "%03d") { // which of the distribution's builders made it
		sum := 0
		for _, c := range s.persona.Kernel {
			sum = (sum*31 + int(c)) % 120
		}
		compiler = fmt.Sprintf(compiler, sum+1)
	}
	return fmt.Sprintf("Linux version %s %s %s\n", s.persona.Kernel, compiler, s.kernel.version)
}

// oldBash reports bash before 5.1, which says some things differently and does
// not turn bracketed paste on.
func (s *System) oldBash() bool { return s.persona.OS.Slug == "ubuntu20" }

func (s *System) uptime(now time.Time) time.Duration { return now.Sub(s.persona.Boot) }

// Motd is what a login shows before the first prompt.
func (s *System) Motd() string {
	p := s.persona
	if p.OS.ID == "ubuntu" {
		return fmt.Sprintf("Welcome to %s (GNU/Linux %s x86_64)\n\n * Documentation:  https://help.ubuntu.com\n"+
			" * Management:     https://landscape.canonical.com\n * Support:        https://ubuntu.com/pro\n\n", p.OS.Name, p.Kernel)
	}
	return fmt.Sprintf("Linux %s %s %s x86_64\n\n"+
		"The programs included with the Debian GNU/Linux system are free software;\n"+
		"the exact distribution terms for each program are described in the\n"+
		"individual files in /usr/share/doc/*/copyright.\n\n"+
		"Debian GNU/Linux comes with ABSOLUTELY NO WARRANTY, to the extent\n"+
		"permitted by applicable law.\n", p.Hostname, p.Kernel, s.kernel.version)
}

// shell is the login shell of an account.
func (s *System) shell() string { return "/bin/bash" }

// LastLogin is when somebody logged in as user before the machine was a decky, and
// from where: an address of its own network. ok is false for a user name that
// nobody had then.
func (s *System) LastLogin(user string) (at time.Time, from netip.Addr, ok bool) {
	p := s.persona
	if user != "root" && user != p.User {
		return at, from, false
	}
	r := p.Rand("last login " + user)
	at, from = p.Boot.Add(time.Duration(r.Int64N(int64(12*time.Hour)))), s.address
	if a := from.Unmap(); a.Is4() {
		b := a.As4()
		b[3] = 20 + p.Key("last login from "+user, 1)[0]%200
		from = netip.AddrFrom4(b)
	}
	return at, from, true
}
