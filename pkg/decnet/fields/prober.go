package fields

import "github.com/decnet/decnet/pkg/decnet"

// prober are the events of the prober: services/prober/probe makes their fields, and
// decnet.Probe.Event the rest.
var prober = []decnet.EventSpec{
	probed("hassh_fingerprint",
		field("hassh_server", decnet.TypeHex, decnet.FindHASSHServer), field("version", decnet.TypeString), field("algorithms", decnet.TypeString)),
	probed("tls_certificate",
		field("sha256", decnet.TypeSHA256, decnet.FindTLSCert), field("cn", decnet.TypeString), field("names", decnet.TypeString),
		field("issuer", decnet.TypeString), field("not_before", decnet.TypeString), field("not_after", decnet.TypeString),
		field("self_signed", decnet.TypeBool), field("problem", decnet.TypeString)),
	probed("jarm_fingerprint", field("jarm", decnet.TypeHex, decnet.FindJARM)),
	probed("http_server",
		field("status", decnet.TypeInt), field("status_line", decnet.TypeString), field("server", decnet.TypeString), field("header_order", decnet.TypeString)),
	probed("service_banner", field("banner", decnet.TypeString)),
	probed("tcpfp_fingerprint",
		field("fingerprint", decnet.TypeString, decnet.FindTCPFP), field("raw", decnet.TypeString), field("os", decnet.TypeString),
		field("os_class", decnet.TypeString), field("distance", decnet.TypeInt)),
	// Not asked for yet.
	event("icmp_error_leak", field("fingerprint", decnet.TypeString, decnet.FindICMPError)),
	event("icmp6_error_leak", field("fingerprint", decnet.TypeString, decnet.FindICMP6Error)),
	linkLocal,
}

func probed(kind string, fields ...decnet.FieldSpec) decnet.EventSpec {
	return event(kind, append(fields,
		field(decnet.FieldPort, decnet.TypeInt), field(decnet.FieldChanged, decnet.TypeBool), field(decnet.FieldPrevious, decnet.TypeString))...)
}
