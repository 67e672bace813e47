package catalog

import "slices"

// Archetype is what a machine is for: the services such machines run and the
// operating systems they run on.
type Archetype struct {
	Slug        string   `json:"slug"`
	Name        string   `json:"name"`
	Description string   `json:"description"`
	Services    []string `json:"services"`
	// OSes are preferred in this order, so that a fleet has all of them. They
	// are of one family, which is the archetype's nmap_os.
	OSes []string `json:"oses"`
}

// Archetypes lists every archetype.
func Archetypes() []Archetype { return slices.Clone(archetypes) }

// FindArchetype returns the archetype called slug.
func FindArchetype(slug string) (Archetype, error) {
	return find("archetype", archetypes, func(a *Archetype) string { return a.Slug }, slug)
}

var archetypes = []Archetype{
	{"deaddeck", "Dead deck", "A forgotten machine with nothing but a login.", []string{"ssh"}, []string{"debian", "ubuntu22"}},
	{"windows-workstation", "Windows workstation", "An office PC with file sharing and remote desktop.", []string{"smb", "rdp"}, []string{"windows10", "windows11"}},
	{"windows-server", "Windows server", "A member server of a Windows domain.", []string{"smb", "rdp", "ldap"}, []string{"winserver2019", "winserver2022", "winserver2016"}},
	{"domain-controller", "Domain controller", "The directory of a Windows domain.", []string{"ldap", "smb", "rdp", "llmnr"}, []string{"winserver2019", "winserver2022"}},
	{"mac-workstation", "Mac", "A designer's Mac with screen sharing on.", []string{"vnc"}, []string{"macos1015"}},
	{"linux-server", "Linux server", "A general server with a login and a web page.", []string{"ssh", "http"}, []string{"debian", "ubuntu22", "rocky9", "fedora"}},
	{"web-server", "Web server", "A web server whose pages come by FTP.", []string{"http", "ftp"}, []string{"debian", "ubuntu22", "ubuntu20"}},
	{"database-server", "Database server", "Databases that should not be reachable.", []string{"mysql", "postgres", "redis"}, []string{"debian", "ubuntu22"}},
	{"mail-server", "Mail server", "Mail coming in and being read.", []string{"smtp", "pop3", "imap"}, []string{"debian", "ubuntu22"}},
	// Without SSH, unlike its model: scanners take SMB and SSH on one host for a honeypot.
	{"file-server", "File server", "Shares and FTP for an office.", []string{"smb", "ftp"}, []string{"debian", "ubuntu22", "rocky9"}},
	{"printer", "Network printer", "A laser printer with its management open.", []string{"snmp", "ftp"}, []string{"jetdirect"}},
	{"iot-device", "IoT device", "A gateway for sensors, with a factory password.", []string{"mqtt", "snmp", "telnet"}, []string{"openwrt"}},
	{"cisco-router", "Cisco router", "A branch office's router, managed by Telnet.", []string{"telnet"}, []string{"ios15"}},
	{"mikrotik-router", "MikroTik router", "A router whose management faces the network.", []string{"telnet"}, []string{"routeros6"}},
	{"openwrt-router", "OpenWrt router", "A wireless router with firmware of its own.", []string{"telnet"}, []string{"openwrt"}},
	// Conpot brings its own SNMP, so a second one has no port to listen on.
	{"industrial-control", "Industrial controller", "A programmable controller on a plant's network.", []string{"conpot"}, []string{"simatic"}},
	{"voip-server", "VoIP server", "A telephone exchange.", []string{"sip"}, []string{"debian", "ubuntu22"}},
	{"monitoring-node", "Monitoring node", "Something that watches and is watched.", []string{"snmp", "ssh"}, []string{"debian", "rocky9"}},
	{"devops-host", "DevOps host", "A container host with its interfaces open.", []string{"docker_api", "ssh", "k8s"}, []string{"ubuntu22", "debian"}},
}
