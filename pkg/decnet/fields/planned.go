package fields

import "github.com/decnet/decnet/pkg/decnet"

// Planned lists the events with findings of sources that are still to be built.
// Whoever builds one declares these fields there and takes it away here; a test of
// decoys/registry sees to that.
func Planned() []Service {
	return []Service{
		{"https", []decnet.EventSpec{
			event(decnet.KindRequest,
				field("user_agent", decnet.TypeString, decnet.FindUserAgent),
				field("headers", decnet.TypeHeaders, decnet.FindSpoofedSource, decnet.FindIPLeak, decnet.FindHTTPQuirks),
				field("body_sha256", decnet.TypeSHA256, decnet.FindFile)),
			event("http2_settings", field("settings", decnet.TypeString, decnet.FindHTTP2Settings)),
			event("http3_settings", field("settings", decnet.TypeString, decnet.FindHTTP3Settings)),
		}},
		{"smtp", []decnet.EventSpec{mail}},
		{"smtp_relay", []decnet.EventSpec{
			mail, event("relay_probe", field("rcpt_to", decnet.TypeString, decnet.FindSMTPRelay)),
		}},
		{"ftp", []decnet.EventSpec{file}},
		{"smb", []decnet.EventSpec{file}},
		{"tftp", []decnet.EventSpec{file}},
		{"vnc", []decnet.EventSpec{event("client", field("version", decnet.TypeString, decnet.FindVNCClient))}},
		{"sniffer", []decnet.EventSpec{
			event("tls_client_hello",
				field("ja3", decnet.TypeHex, decnet.FindJA3), field("ja4", decnet.TypeString, decnet.FindJA4),
				field("sni", decnet.TypeString, decnet.FindTLSSNI), field("alpn", decnet.TypeString, decnet.FindTLSALPN)),
			event("tls_session",
				field("ja3s", decnet.TypeHex, decnet.FindJA3S), field("resumption", decnet.TypeString, decnet.FindTLSResumption)),
			certificate,
			event("quic_client_hello", field("ja4", decnet.TypeString, decnet.FindJA4QUIC)),
			event("ssh_client_banner",
				field("version", decnet.TypeString, decnet.FindSSHClient), field("hassh", decnet.TypeHex, decnet.FindHASSH)),
			event("tcp_syn_fingerprint", field("fingerprint", decnet.TypeString, decnet.FindTCPFP)),
			linkLocal,
		}},
		{"prober", prober},
	}
}

var (
	mail        = event("message_stored", field("sha256", decnet.TypeSHA256, decnet.FindMail))
	file        = event("file_stored", field("sha256", decnet.TypeSHA256, decnet.FindFile))
	certificate = event("tls_certificate", field("sha256", decnet.TypeSHA256, decnet.FindTLSCert))
	linkLocal   = event("ipv6_link_local_leak", field("address", decnet.TypeAddress, decnet.FindLinkLocal))
)

func event(kind string, fields ...decnet.FieldSpec) decnet.EventSpec {
	return decnet.EventSpec{Kind: kind, Fields: fields}
}

func field(name string, t decnet.FieldType, findings ...decnet.Finding) decnet.FieldSpec {
	return decnet.FieldSpec{Name: name, Type: t, Findings: findings}
}
