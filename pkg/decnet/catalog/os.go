package catalog

import (
	"slices"

	"github.com/decnet/decnet/pkg/decnet"
)

// OS is one operating system release and what its packages look like from
// outside. Versions are those that its repositories have carried, so any choice
// of them is a machine that exists.
type OS struct {
	Slug string `json:"slug"`
	// Name is what the system calls itself: PRETTY_NAME of os-release on Linux.
	Name   string        `json:"name"`
	Family decnet.Family `json:"family"`
	// Stack is its TCP/IP stack: see StackOf.
	Stack string `json:"stack"`
	// Style is how its machines are named.
	Style Style `json:"hostname_style"`
	// Image and BuildBase are the container images that the docker driver uses
	// for the base container and for building service images.
	Image     string `json:"image"`
	BuildBase string `json:"build_base"`
	// Makers are whose network cards such machines have; see MAC.
	Makers []string `json:"makers"`

	// ID and VersionID are the fields of os-release; empty where there is none.
	ID        string `json:"-"`
	VersionID string `json:"-"`
	// Kernels are releases as uname -r prints them, KernelBuild what uname -v
	// prints for these, without the date.
	Kernels     []string `json:"-"`
	KernelBuild string   `json:"-"`
	// SSHVersions are software versions of the SSH banner.
	SSHVersions []string    `json:"-"`
	WebServers  []WebServer `json:"-"`
	// Users are logins of people who look after such a machine.
	Users []string `json:"-"`
}

// WebServer is an HTTP server at a version.
type WebServer struct {
	// Name is "nginx", "apache" or "iis".
	Name string
	// Header is the value of its Server header.
	Header string
}

// OSes lists every operating system: the Linux distros first, then the others.
func OSes() []OS { return slices.Clone(oses) }

var oses = slices.Concat(distros, others)

// Distros lists the Linux distros.
func Distros() []OS { return slices.Clone(distros) }

// FindOS returns the operating system called slug.
func FindOS(slug string) (OS, error) {
	return find("operating system", oses, func(o *OS) string { return o.Slug }, slug)
}

// FindDistro returns the Linux distro called slug.
func FindDistro(slug string) (OS, error) {
	return find("distro", distros, func(o *OS) string { return o.Slug }, slug)
}

// Makers of servers, real and virtual, of office machines and of boards.
var (
	servers = []string{"vmware", "vmware", "kvm", "kvm", "dell", "hpe", "supermicro", "xen"}
	offices = []string{"dell", "hp", "lenovo", "intel", "asus"}
)

const bookworm = "debian:bookworm-slim"

var distros = []OS{
	{
		Slug: "debian", Name: "Debian GNU/Linux 12 (bookworm)", Family: decnet.FamilyLinux, Stack: "linux", Style: StyleGeneric,
		Image: bookworm, BuildBase: bookworm, Makers: servers, ID: "debian", VersionID: "12",
		Kernels:     []string{"6.1.0-18-amd64", "6.1.0-21-amd64", "6.1.0-26-amd64", "6.1.0-31-amd64"},
		KernelBuild: "#1 SMP PREEMPT_DYNAMIC Debian",
		SSHVersions: []string{"OpenSSH_9.2p1 Debian-2+deb12u2", "OpenSSH_9.2p1 Debian-2+deb12u3", "OpenSSH_9.2p1 Debian-2+deb12u5", "OpenSSH_9.2p1 Debian-2+deb12u7", "OpenSSH_9.2p1 Debian-2+deb12u10"},
		WebServers:  []WebServer{{"nginx", "nginx/1.22.1"}, {"apache", "Apache/2.4.57 (Debian)"}, {"apache", "Apache/2.4.62 (Debian)"}},
		Users:       []string{"debian", "admin", "deploy", "ops", "backup-op"},
	},
	{
		Slug: "ubuntu22", Name: "Ubuntu 22.04.4 LTS", Family: decnet.FamilyLinux, Stack: "linux", Style: StyleGeneric,
		Image: "ubuntu:22.04", BuildBase: "ubuntu:22.04", Makers: servers, ID: "ubuntu", VersionID: "22.04",
		Kernels:     []string{"5.15.0-91-generic", "5.15.0-105-generic", "5.15.0-113-generic", "5.15.0-122-generic"},
		KernelBuild: "-Ubuntu SMP",
		SSHVersions: []string{"OpenSSH_8.9p1 Ubuntu-3ubuntu0.6", "OpenSSH_8.9p1 Ubuntu-3ubuntu0.7", "OpenSSH_8.9p1 Ubuntu-3ubuntu0.10"},
		WebServers:  []WebServer{{"nginx", "nginx/1.18.0 (Ubuntu)"}, {"apache", "Apache/2.4.52 (Ubuntu)"}},
		Users:       []string{"ubuntu", "deploy", "svc-web", "devops"},
	},
	{
		Slug: "ubuntu20", Name: "Ubuntu 20.04.6 LTS", Family: decnet.FamilyLinux, Stack: "linux", Style: StyleGeneric,
		Image: "ubuntu:20.04", BuildBase: "ubuntu:20.04", Makers: servers, ID: "ubuntu", VersionID: "20.04",
		Kernels:     []string{"5.4.0-167-generic", "5.4.0-176-generic", "5.4.0-187-generic", "5.4.0-196-generic"},
		KernelBuild: "-Ubuntu SMP",
		SSHVersions: []string{"OpenSSH_8.2p1 Ubuntu-4ubuntu0.9", "OpenSSH_8.2p1 Ubuntu-4ubuntu0.11"},
		WebServers:  []WebServer{{"nginx", "nginx/1.18.0 (Ubuntu)"}, {"apache", "Apache/2.4.41 (Ubuntu)"}},
		Users:       []string{"ubuntu", "sysadmin", "svc-app", "release"},
	},
	{
		Slug: "rocky9", Name: "Rocky Linux 9.4 (Blue Onyx)", Family: decnet.FamilyLinux, Stack: "linux", Style: StyleRHEL,
		Image: "rockylinux:9-minimal", BuildBase: bookworm, Makers: servers, ID: "rocky", VersionID: "9.4",
		Kernels: []string{
			"5.14.0-427.13.1.el9_4.x86_64", "5.14.0-427.20.1.el9_4.x86_64",
			"5.14.0-427.28.1.el9_4.x86_64", "5.14.0-427.37.1.el9_4.x86_64",
		},
		KernelBuild: "#1 SMP PREEMPT_DYNAMIC",
		SSHVersions: []string{"OpenSSH_8.7"},
		WebServers:  []WebServer{{"nginx", "nginx/1.20.1"}, {"apache", "Apache/2.4.57 (Rocky Linux)"}},
		Users:       []string{"rocky", "admin", "deploy", "ansible"},
	},
	{
		Slug: "centos7", Name: "CentOS Linux 7 (Core)", Family: decnet.FamilyLinux, Stack: "linux3", Style: StyleRHEL,
		Image: "centos:7", BuildBase: bookworm, Makers: servers, ID: "centos", VersionID: "7",
		Kernels: []string{
			"3.10.0-1160.el7.x86_64", "3.10.0-1160.71.1.el7.x86_64",
			"3.10.0-1160.90.1.el7.x86_64", "3.10.0-1160.119.1.el7.x86_64",
		},
		KernelBuild: "#1 SMP",
		SSHVersions: []string{"OpenSSH_7.4"},
		WebServers:  []WebServer{{"nginx", "nginx/1.20.1"}, {"apache", "Apache/2.4.6 (CentOS)"}},
		Users:       []string{"centos", "admin", "oracle", "jboss"},
	},
	{
		Slug: "alpine", Name: "Alpine Linux v3.19", Family: decnet.FamilyLinux, Stack: "linux", Style: StyleMinimal,
		Image: "alpine:3.19", BuildBase: bookworm, Makers: []string{"vmware", "kvm", "kvm", "raspberry"}, ID: "alpine", VersionID: "3.19.1",
		Kernels:     []string{"6.6.14-0-lts", "6.6.23-0-lts", "6.6.32-0-lts", "6.6.41-0-lts"},
		KernelBuild: "#1-Alpine SMP PREEMPT_DYNAMIC",
		SSHVersions: []string{"OpenSSH_9.6"},
		WebServers:  []WebServer{{"nginx", "nginx"}, {"apache", "Apache/2.4.58 (Unix)"}},
		Users:       []string{"alpine", "app", "ci"},
	},
	{
		Slug: "fedora", Name: "Fedora Linux 39 (Server Edition)", Family: decnet.FamilyLinux, Stack: "linux", Style: StyleRHEL,
		Image: "fedora:39", BuildBase: bookworm, Makers: servers, ID: "fedora", VersionID: "39",
		Kernels:     []string{"6.6.9-200.fc39.x86_64", "6.7.9-200.fc39.x86_64", "6.8.9-200.fc39.x86_64", "6.8.11-200.fc39.x86_64"},
		KernelBuild: "#1 SMP PREEMPT_DYNAMIC",
		SSHVersions: []string{"OpenSSH_9.3"},
		WebServers:  []WebServer{{"nginx", "nginx/1.24.0"}, {"apache", "Apache/2.4.58 (Fedora Linux)"}},
		Users:       []string{"fedora", "admin", "build"},
	},
	{
		Slug: "kali", Name: "Kali GNU/Linux Rolling", Family: decnet.FamilyLinux, Stack: "linux", Style: StyleRolling,
		Image: "kalilinux/kali-rolling", BuildBase: "kalilinux/kali-rolling", Makers: []string{"vmware", "lenovo", "intel"}, ID: "kali", VersionID: "2024.2",
		Kernels:     []string{"6.6.15-amd64", "6.8.11-amd64"},
		KernelBuild: "#1 SMP PREEMPT_DYNAMIC Kali",
		SSHVersions: []string{"OpenSSH_9.6p1 Debian-4", "OpenSSH_9.7p1 Debian-5"},
		WebServers:  []WebServer{{"apache", "Apache/2.4.58 (Debian)"}, {"apache", "Apache/2.4.59 (Debian)"}},
		Users:       []string{"kali", "pentest"},
	},
	{
		Slug: "arch", Name: "Arch Linux", Family: decnet.FamilyLinux, Stack: "linux", Style: StyleRolling,
		Image: "archlinux:latest", BuildBase: bookworm, Makers: offices, ID: "arch",
		Kernels:     []string{"6.9.7-arch1-1", "6.10.3-arch1-2", "6.10.6-arch1-1"},
		KernelBuild: "#1 SMP PREEMPT_DYNAMIC",
		SSHVersions: []string{"OpenSSH_9.8"},
		WebServers:  []WebServer{{"nginx", "nginx/1.26.1"}, {"apache", "Apache/2.4.62 (Unix)"}},
		Users:       []string{"arch", "dev", "build"},
	},
}

// others are not Linux distros. Their containers are Debian's all the same: only
// what the network sees of them is what they claim.
var others = []OS{
	{
		Slug: "windows10", Name: "Windows 10 Pro 22H2", Family: decnet.FamilyWindows, Stack: "windows10", Style: StyleDesktop, VersionID: "10.0.19045",
		Image: bookworm, BuildBase: bookworm, Makers: offices, Users: []string{"Administrator", "user", "office"},
	},
	{
		Slug: "windows11", Name: "Windows 11 Pro 23H2", Family: decnet.FamilyWindows, Stack: "windows10", Style: StyleDesktop, VersionID: "10.0.22631",
		Image: bookworm, BuildBase: bookworm, Makers: offices, Users: []string{"Administrator", "user", "office"},
	},
	{
		Slug: "winserver2016", Name: "Windows Server 2016 Standard", Family: decnet.FamilyWindowsServer, Stack: "winserver2016", Style: StyleWindowsServer, VersionID: "10.0.14393",
		Image: bookworm, BuildBase: bookworm, Makers: winServers, WebServers: []WebServer{{"iis", "Microsoft-IIS/10.0"}}, Users: []string{"Administrator"},
	},
	{
		Slug: "winserver2019", Name: "Windows Server 2019 Standard", Family: decnet.FamilyWindowsServer, Stack: "winserver2016", Style: StyleWindowsServer, VersionID: "10.0.17763",
		Image: bookworm, BuildBase: bookworm, Makers: winServers, WebServers: []WebServer{{"iis", "Microsoft-IIS/10.0"}}, Users: []string{"Administrator"},
	},
	{
		Slug: "winserver2022", Name: "Windows Server 2022 Standard", Family: decnet.FamilyWindowsServer, Stack: "winserver2016", Style: StyleWindowsServer, VersionID: "10.0.20348",
		Image: bookworm, BuildBase: bookworm, Makers: winServers, WebServers: []WebServer{{"iis", "Microsoft-IIS/10.0"}}, Users: []string{"Administrator"},
	},
	{
		Slug: "freebsd13", Name: "FreeBSD 13.2-RELEASE", Family: decnet.FamilyBSD, Stack: "freebsd", Style: StyleMinimal, ID: "freebsd", VersionID: "13.2",
		Image: bookworm, BuildBase: bookworm, Makers: servers, Kernels: []string{"13.2-RELEASE-p4", "13.2-RELEASE-p9", "13.2-RELEASE-p11"},
		SSHVersions: []string{"OpenSSH_9.3 FreeBSD-20230719"}, WebServers: []WebServer{{"nginx", "nginx/1.24.0"}}, Users: []string{"admin", "ops"},
	},
	{
		Slug: "macos1015", Name: "macOS 10.15 Catalina", Family: decnet.FamilyMacOS, Stack: "macos", Style: StyleMac, VersionID: "10.15.7",
		Image: bookworm, BuildBase: bookworm, Makers: []string{"apple"}, Users: []string{"admin", "office"},
	},
	{
		Slug: "jetdirect", Name: "HP LaserJet firmware", Family: decnet.FamilyEmbedded, Stack: "jetdirect", Style: StylePrinter,
		Image: "alpine:3.19", BuildBase: bookworm, Makers: []string{"hp"}, Users: []string{"admin"},
	},
	{
		Slug: "openwrt", Name: "OpenWrt 22.03", Family: decnet.FamilyEmbedded, Stack: "openwrt", Style: StyleDevice, ID: "openwrt", VersionID: "22.03.5",
		Image: "alpine:3.19", BuildBase: bookworm, Makers: []string{"tp-link"}, Users: []string{"root"},
		Kernels: []string{"5.10.176"}, KernelBuild: "#0",
	},
	{
		Slug: "routeros6", Name: "MikroTik RouterOS 6", Family: decnet.FamilyEmbedded, Stack: "routeros", Style: StyleNetwork, VersionID: "6",
		Image: "alpine:3.19", BuildBase: bookworm, Makers: []string{"mikrotik"}, Users: []string{"admin"},
	},
	{
		Slug: "simatic", Name: "Siemens SIMATIC S7-1200 firmware", Family: decnet.FamilyEmbedded, Stack: "simatic", Style: StyleController,
		Image: bookworm, BuildBase: bookworm, Makers: []string{"siemens"}, Users: []string{"admin"},
	},
	{
		Slug: "ios15", Name: "Cisco IOS 15.2", Family: decnet.FamilyCisco, Stack: "ios15", Style: StyleNetwork, VersionID: "15.2",
		Image: bookworm, BuildBase: bookworm, Makers: []string{"cisco"}, Users: []string{"admin", "cisco"},
	},
}

var winServers = []string{"microsoft", "vmware", "vmware", "dell", "hpe"}
