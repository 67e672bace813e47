package shell

import (
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/decnet/decnet/pkg/decnet/persona"
)

// A System is what one decky's shells have in common: the machine as commands
// describe it. It does not change, so all sessions share it.
type System struct {
	persona  *persona.Persona
	address  netip.Addr
	hardware hardware
	kernel   kernel
	distro   distro
	key      []byte // of own
	commands

	services []string
	provided []provided
	plant    sync.Once
	base     *node // the files as they were installed; see FS
}

// NewSystem derives the machine of p, whose own address is addr. Of services it has those of the given
// slugs that a shell can tell of, or without any ssh and http.
func NewSystem(p *persona.Persona, addr netip.Addr, services ...string) *System {
	if len(services) == 0 {
		services = []string{"ssh", "http"}
	}
	s := &System{services: services, persona: p, address: addr, hardware: newHardware(p), commands: newCommands(), distro: distros[p.OS.Slug], key: p.Key("shell own", 16)}
	s.kernel = s.kernelOf(p)
	return s
}

// A provided file is one that a service has on the machine.
type provided struct {
	path    string
	perm    uint16
	content func() string
}

// Provide puts a file of a service on the machine, such as a host key: root's, with content made when
// it is read. Services do so when they are prepared, before anybody is there.
func (s *System) Provide(path string, perm uint16, content func() string) {
	s.provided = append(s.provided, provided{path, perm, content})
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
	"6.6.15-amd64": "6.6.15-2kali1 (2024-05-17)", "6.8.11-amd64": "6.8.11-1kali2 (2024-05-30)",
	"5.14.0-427.13.1.el9_4.x86_64": "Wed May 1 19:11:28 UTC 2024", "5.14.0-427.20.1.el9_4.x86_64": "Fri Jun 7 14:51:39 UTC 2024",
	"5.14.0-427.28.1.el9_4.x86_64": "Fri Aug 2 03:44:10 UTC 2024", "5.14.0-427.37.1.el9_4.x86_64": "Wed Sep 25 11:51:41 UTC 2024",
	"3.10.0-1160.el7.x86_64": "Mon Oct 19 16:18:59 UTC 2020", "3.10.0-1160.71.1.el7.x86_64": "Tue Jun 28 15:37:28 UTC 2022",
	"3.10.0-1160.90.1.el7.x86_64": "Thu May 4 15:21:22 UTC 2023", "3.10.0-1160.119.1.el7.x86_64": "Tue Jun 4 14:43:51 UTC 2024",
	"6.6.14-0-lts": "Fri, 26 Jan 2024 09:15:16 +0000", "6.6.23-0-lts": "Wed, 27 Mar 2024 09:28:23 +0000",
	"6.6.32-0-lts": "Mon, 27 May 2024 07:44:12 +0000", "6.6.41-0-lts": "Fri, 19 Jul 2024 08:07:12 +0000",
	"6.6.9-200.fc39.x86_64": "Thu Jan 4 14:57:20 UTC 2024", "6.7.9-200.fc39.x86_64": "Wed Mar 6 19:35:04 UTC 2024",
	"6.8.9-200.fc39.x86_64": "Thu May 2 18:12:09 UTC 2024", "6.8.11-200.fc39.x86_64": "Mon May 27 14:23:42 UTC 2024",
	"6.9.7-arch1-1": "Fri, 28 Jun 2024 04:32:50 +0000", "6.10.3-arch1-2": "Tue, 06 Aug 2024 07:21:19 +0000",
	"5.10.176": "Thu Apr 27 20:28:15 2023", "6.10.6-arch1-1": "Mon, 19 Aug 2024 17:02:39 +0000",
}

func (s *System) kernelOf(p *persona.Persona) kernel {
	version := builds[p.Kernel]
	if p.OS.ID != "ubuntu" {
		version = p.OS.KernelBuild + " " + version
	}
	return kernel{version, s.distro.compiler}
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

func (s *System) uptime(now time.Time) time.Duration { return now.Sub(s.persona.Boot) }

// Motd is what a login shows before the first prompt.
func (s *System) Motd() string {
	p := s.persona
	return strings.NewReplacer("%[1]s", p.Hostname, "%[2]s", p.Kernel, "%[3]s", map[string]string{"debian": "Debian", "kali": "Kali"}[p.OS.ID],
		"%[4]s", p.OS.Name, "%[5]s", s.kernel.version).Replace(s.distro.motd)
}

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
