package fields

import (
	"slices"

	"github.com/decnet/decnet/pkg/decnet"
)

// sniffer are the events of the sniffer: services/sniffer/wire makes them.
var sniffer = []decnet.EventSpec{
	event("tls_client_hello", append(slices.Clone(hello),
		field("ja3", decnet.TypeHex, decnet.FindJA3), field("ja4", decnet.TypeString, decnet.FindJA4),
		field("sni", decnet.TypeString, decnet.FindTLSSNI), field("alpn", decnet.TypeString, decnet.FindTLSALPN))...),
	event("tls_session",
		field("ja3s", decnet.TypeHex, decnet.FindJA3S), field("resumption", decnet.TypeString, decnet.FindTLSResumption),
		field("version", decnet.TypeHex), field("cipher", decnet.TypeHex), field("alpn", decnet.TypeString)),
	certificate,
	event("quic_client_hello", append(slices.Clone(hello),
		field("ja3", decnet.TypeHex), field("ja4", decnet.TypeString, decnet.FindJA4QUIC),
		field("sni", decnet.TypeString, decnet.FindTLSSNI), field("alpn", decnet.TypeString, decnet.FindTLSALPN))...),
	event("dtls_client_hello", append(slices.Clone(hello),
		field("ja3", decnet.TypeHex), field("ja4", decnet.TypeString, decnet.FindJA4),
		field("sni", decnet.TypeString, decnet.FindTLSSNI), field("alpn", decnet.TypeString, decnet.FindTLSALPN))...),
	event("ssh_client_banner",
		field("version", decnet.TypeString, decnet.FindSSHClient), field("hassh", decnet.TypeHex, decnet.FindHASSH), field("program", decnet.TypeString)),
	event("tcp_syn_fingerprint",
		field("fingerprint", decnet.TypeString, decnet.FindTCPFP), field("raw", decnet.TypeString),
		field("os", decnet.TypeString), field("os_class", decnet.TypeString), field("distance", decnet.TypeInt),
		field("fuzzy", decnet.TypeBool), field("generic", decnet.TypeBool)),
	event("tcp_sequence", field("isn", decnet.TypeString), field("ip_id", decnet.TypeString)),
	event("http_client",
		field("version", decnet.TypeString), field("method", decnet.TypeString), field("fingerprint", decnet.TypeString),
		field("user_agent", decnet.TypeString, decnet.FindUserAgent), field("http2_settings", decnet.TypeString, decnet.FindHTTP2Settings)),
	event("rdp_client", field("fingerprint", decnet.TypeString), field("cookie", decnet.TypeString), field("program", decnet.TypeString)),
	event("rdp_settings",
		field("fingerprint", decnet.TypeString), field("client_name", decnet.TypeString), field("build", decnet.TypeInt),
		field("keyboard_layout", decnet.TypeHex), field("desktop", decnet.TypeString)),
	event("smb_client",
		field("fingerprint", decnet.TypeString), field("dialects", decnet.TypeString), field("program", decnet.TypeString),
		field("guid", decnet.TypeHex), field("server_name", decnet.TypeString)),
	event("ntlm_client",
		field("fingerprint", decnet.TypeString), field("version", decnet.TypeString), field("domain", decnet.TypeString),
		field("user", decnet.TypeString), field("workstation", decnet.TypeString)),
	event("scan", scan...),
	event("scan_end", scan...),
	event("flow",
		field("duration_ms", decnet.TypeMillis), field("end", decnet.TypeString),
		field("client_rtt_us", decnet.TypeInt), field("server_rtt_us", decnet.TypeInt),
		field("client_packets", decnet.TypeInt), field("client_bytes", decnet.TypeInt), field("client_retransmissions", decnet.TypeInt),
		field("server_packets", decnet.TypeInt), field("server_bytes", decnet.TypeInt), field("server_retransmissions", decnet.TypeInt)),
	event("lan_host", field("mac", decnet.TypeString), field("vendor", decnet.TypeString), field("locally_administered", decnet.TypeBool)),
	linkLocal,
	event("dhcp",
		field("mac", decnet.TypeString), field("hostname", decnet.TypeString), field("vendor_class", decnet.TypeString),
		field("fingerprint", decnet.TypeString), field("client_id", decnet.TypeHex)),
	event("lan_name", field("protocol", decnet.TypeString), field("name", decnet.TypeString), field("role", decnet.TypeString), field("mac", decnet.TypeString)),
}

var hello = []decnet.FieldSpec{field("resumption", decnet.TypeString)}

var scan = []decnet.FieldSpec{
	field("type", decnet.TypeString), field("shape", decnet.TypeString), field("contacts", decnet.TypeInt),
	field("addresses", decnet.TypeInt), field("first_address", decnet.TypeAddress), field("last_address", decnet.TypeAddress),
	field("ports", decnet.TypeString), field("port_count", decnet.TypeInt), field("rate", decnet.TypeString),
	field("duration_ms", decnet.TypeMillis), field("mac", decnet.TypeString),
}
