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
	}
}

var (
	mail = event("message_stored", field("sha256", decnet.TypeSHA256, decnet.FindMail))
	file = event("file_stored", field("sha256", decnet.TypeSHA256, decnet.FindFile))
)

func event(kind string, fields ...decnet.FieldSpec) decnet.EventSpec {
	return decnet.EventSpec{Kind: kind, Fields: fields}
}

func field(name string, t decnet.FieldType, findings ...decnet.Finding) decnet.FieldSpec {
	return decnet.FieldSpec{Name: name, Type: t, Findings: findings}
}
