package catalog

import (
	"slices"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
)

// Services are the services that a fleet can name: built, whose decoys exist,
// and those that are planned, in the order of their slugs.
func Services(built []decnet.ServiceSpec) []decnet.ServiceSpec {
	all := slices.Clone(built)
	for i := range all {
		all[i].Built = true
	}
	for _, p := range planned {
		if !slices.ContainsFunc(built, func(b decnet.ServiceSpec) bool { return b.Slug == p.slug }) {
			all = append(all, p.spec())
		}
	}
	slices.SortFunc(all, func(a, b decnet.ServiceSpec) int { return strings.Compare(a.Slug, b.Slug) })
	return all
}

// Planned lists the slugs of services whose decoys are still to be built. Whoever
// builds one takes its line away here; a test of the registry sees to that.
func Planned() []string {
	out := make([]string, len(planned))
	for i, p := range planned {
		out[i] = p.slug
	}
	return out
}

type plan struct {
	slug, title string
	tcp, udp    []uint16
	runsOn      []string
}

func (p *plan) spec() decnet.ServiceSpec {
	s := decnet.ServiceSpec{Slug: p.slug, Title: p.title, Summary: "Not built yet.", RunsOn: p.runsOn, Settings: []decnet.SettingSpec{}, Events: []decnet.EventSpec{}}
	for _, port := range p.tcp {
		s.Ports = append(s.Ports, decnet.PortSpec{Port: port, Transport: decnet.TCP})
	}
	for _, port := range p.udp {
		s.Ports = append(s.Ports, decnet.PortSpec{Port: port, Transport: decnet.UDP})
	}
	return s
}

// Families and systems that services run on.
var (
	onLinux      = []string{"linux"}
	onUnix       = []string{"linux", "bsd"}
	onServers    = []string{"linux", "bsd", "windows_server"}
	onWindows    = []string{"windows", "windows_server"}
	onFileShares = []string{"linux", "windows", "windows_server"}
)

var planned = []plan{
	{"conpot", "Industrial controller", []uint16{80, 502}, []uint16{161}, []string{"simatic"}},
	{"dns", "DNS server", []uint16{53}, []uint16{53}, onServers},
	{"docker_api", "Docker Engine API", []uint16{2375}, nil, onLinux},
	{"elasticsearch", "Elasticsearch", []uint16{9200}, nil, onLinux},
	{"ftp", "FTP server", []uint16{21}, nil, []string{"linux", "bsd", "windows_server", "jetdirect"}},
	{"https", "HTTPS server", []uint16{443}, nil, onServers},
	{"imap", "IMAP server", []uint16{143}, nil, onUnix},
	{"k8s", "Kubernetes API", []uint16{6443}, nil, onLinux},
	{"ldap", "LDAP directory", []uint16{389}, nil, []string{"linux", "windows_server"}},
	{"llmnr", "LLMNR and mDNS", nil, []uint16{5353, 5355}, onWindows},
	{"mongodb", "MongoDB", []uint16{27017}, nil, onLinux},
	{"mqtt", "MQTT broker", []uint16{1883}, nil, []string{"linux", "openwrt"}},
	{"mssql", "Microsoft SQL Server", []uint16{1433}, nil, []string{"windows_server"}},
	{"mysql", "MySQL", []uint16{3306}, nil, onServers},
	{"pop3", "POP3 server", []uint16{110}, nil, onUnix},
	{"postgres", "PostgreSQL", []uint16{5432}, nil, onUnix},
	{"rdp", "Remote Desktop", []uint16{3389}, nil, onWindows},
	{"redis", "Redis", []uint16{6379}, nil, onUnix},
	{"sip", "SIP server", []uint16{5060}, []uint16{5060}, onLinux},
	{"smb", "SMB file server", []uint16{445}, nil, onFileShares},
	{"smtp", "SMTP server", []uint16{25}, nil, onUnix},
	{"smtp_relay", "Open SMTP relay", []uint16{25}, nil, onUnix},
	{"snmp", "SNMP agent", nil, []uint16{161}, []string{"linux", "bsd", "windows_server", "jetdirect", "openwrt", "cisco"}},
	{"tftp", "TFTP server", nil, []uint16{69}, []string{"linux", "cisco"}},
	{"vnc", "VNC server", []uint16{5900}, nil, []string{"linux", "windows", "macos"}},
}
