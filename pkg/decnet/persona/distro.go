package persona

import (
	"fmt"
	"math/rand/v2"
)

// Distro is one operating system release and what its packages look like from
// outside. Versions are those that its repositories have carried, so any choice
// of them is a machine that exists.
type Distro struct {
	Slug string
	// Name is PRETTY_NAME of os-release.
	Name string
	// ID and VersionID are the fields of os-release.
	ID, VersionID string
	Kernels       []string
	// KernelBuild is what uname -v prints for these kernels, without the date.
	KernelBuild string
	SSHVersions []string
	WebServers  []WebServer
	Users       []string
	hostname    func(*rand.Rand) string
}

var distros = []Distro{
	{
		Slug: "debian12", Name: "Debian GNU/Linux 12 (bookworm)", ID: "debian", VersionID: "12",
		Kernels:     []string{"6.1.0-18-amd64", "6.1.0-21-amd64", "6.1.0-26-amd64", "6.1.0-31-amd64"},
		KernelBuild: "#1 SMP PREEMPT_DYNAMIC Debian",
		SSHVersions: []string{
			"OpenSSH_9.2p1 Debian-2+deb12u2", "OpenSSH_9.2p1 Debian-2+deb12u3", "OpenSSH_9.2p1 Debian-2+deb12u5",
		},
		WebServers: []WebServer{
			{"nginx", "nginx/1.22.1"}, {"apache", "Apache/2.4.57 (Debian)"}, {"apache", "Apache/2.4.62 (Debian)"},
		},
		Users:    []string{"debian", "admin", "deploy", "ops", "backup-op"},
		hostname: genericHostname,
	},
	{
		Slug: "ubuntu22", Name: "Ubuntu 22.04.4 LTS", ID: "ubuntu", VersionID: "22.04",
		Kernels:     []string{"5.15.0-91-generic", "5.15.0-105-generic", "5.15.0-113-generic", "5.15.0-122-generic"},
		KernelBuild: "-Ubuntu SMP",
		SSHVersions: []string{
			"OpenSSH_8.9p1 Ubuntu-3ubuntu0.6", "OpenSSH_8.9p1 Ubuntu-3ubuntu0.7", "OpenSSH_8.9p1 Ubuntu-3ubuntu0.10",
		},
		WebServers: []WebServer{{"nginx", "nginx/1.18.0 (Ubuntu)"}, {"apache", "Apache/2.4.52 (Ubuntu)"}},
		Users:      []string{"ubuntu", "deploy", "svc-web", "devops"},
		hostname:   genericHostname,
	},
	{
		Slug: "ubuntu20", Name: "Ubuntu 20.04.6 LTS", ID: "ubuntu", VersionID: "20.04",
		Kernels:     []string{"5.4.0-167-generic", "5.4.0-176-generic", "5.4.0-187-generic", "5.4.0-196-generic"},
		KernelBuild: "-Ubuntu SMP",
		SSHVersions: []string{
			"OpenSSH_8.2p1 Ubuntu-4ubuntu0.9", "OpenSSH_8.2p1 Ubuntu-4ubuntu0.11",
		},
		WebServers: []WebServer{{"nginx", "nginx/1.18.0 (Ubuntu)"}, {"apache", "Apache/2.4.41 (Ubuntu)"}},
		Users:      []string{"ubuntu", "sysadmin", "svc-app", "release"},
		hostname:   genericHostname,
	},
}

// genericHostname names a server the way small companies do: what it is for,
// where it stands, and a number that is not always padded alike.
func genericHostname(r *rand.Rand) string {
	roles := []string{"web", "app", "db", "files", "build", "proxy", "mail", "git", "monitor", "backup", "intranet", "erp"}
	sites := []string{"", "", "hq-", "lab-", "prod-", "stg-", "dc1-", "dc2-", "core-"}
	number := fmt.Sprintf([]string{"%d", "%02d", "-%02d"}[r.IntN(3)], 1+r.IntN(24))
	return pick(r, sites) + pick(r, roles) + number
}
