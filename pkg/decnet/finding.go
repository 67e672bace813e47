package decnet

import "slices"

// BountyType is what kind of knowledge a bounty is.
type BountyType string

// The types of bounties.
const (
	BountyFingerprint BountyType = "fingerprint" // what tells one client, stack or tool from another
	BountyIPLeak      BountyType = "ip_leak"     // an address of the attacker's that is not the one it came from
	BountyArtifact    BountyType = "artifact"    // something it brought or wanted to bring
	BountyProbeRelay  BountyType = "probe_relay" // an attempt to find out whether a relay relays
)

// BountyTypes lists every type.
func BountyTypes() []BountyType {
	return []BountyType{BountyFingerprint, BountyIPLeak, BountyArtifact, BountyProbeRelay}
}

// Finding names what the value of a field is worth keeping as. A FieldSpec refers
// to it.
type Finding string

// The findings that are more than the value of a field.
const (
	// FindSpoofedSource, FindIPLeak and FindHTTPQuirks are found in TypeHeaders.
	FindSpoofedSource Finding = "spoofed_source"
	FindIPLeak        Finding = "ip_leak"
	FindHTTPQuirks    Finding = "http_quirks"
)

// The findings that are the value of a field as it is.
const (
	FindUserAgent     Finding = "http_useragent"
	FindHTTP2Settings Finding = "http2_settings"
	FindHTTP3Settings Finding = "http3_settings"
	FindSSHClient     Finding = "ssh_client_version"
	FindVNCClient     Finding = "vnc_client_version"
	FindHASSH         Finding = "hassh"
	FindHASSHServer   Finding = "hassh_server"
	FindJA3           Finding = "ja3"
	FindJA3S          Finding = "ja3s"
	FindJA4           Finding = "ja4"
	FindJA4QUIC       Finding = "ja4_quic"
	FindJARM          Finding = "jarm"
	FindTLSSNI        Finding = "tls_sni"
	FindTLSALPN       Finding = "tls_alpn"
	FindTLSResumption Finding = "tls_resumption"
	FindTLSCert       Finding = "tls_certificate"
	FindTCPFP         Finding = "tcpfp"
	FindICMPError     Finding = "icmp_error"
	FindICMP6Error    Finding = "icmp6_error"
	FindLinkLocal     Finding = "ipv6_link_local"
	FindFile          Finding = "file"
	FindMail          Finding = "mail"
	FindURL           Finding = "url"
	FindSMTPRelay     Finding = "smtp_relay"
)

// FindingSpec declares a finding.
type FindingSpec struct {
	Name Finding    `json:"name"`
	Type BountyType `json:"type"`
	Doc  string     `json:"doc"`
}

// findings has a line for every finding. Of the JA4 family it has what may be used
// freely, JA4 itself; a further one is a line here and a field that refers to it.
var findings = []FindingSpec{
	{FindUserAgent, BountyFingerprint, "The User-Agent of a request."},
	{FindSpoofedSource, BountyFingerprint, "A header by which a request claims to have been forwarded for somebody, as name: value."},
	{FindHTTPQuirks, BountyFingerprint, "The names of a request's headers in their order and spelling."},
	{FindHTTP2Settings, BountyFingerprint, "The settings an HTTP/2 client begins with."},
	{FindHTTP3Settings, BountyFingerprint, "The settings an HTTP/3 client begins with."},
	{FindSSHClient, BountyFingerprint, "The identification line of an SSH client."},
	{FindVNCClient, BountyFingerprint, "The protocol version of a VNC client."},
	{FindHASSH, BountyFingerprint, "HASSH: MD5 of an SSH client's algorithms."},
	{FindHASSHServer, BountyFingerprint, "HASSHServer: MD5 of the algorithms of the attacker's own SSH server."},
	{FindJA3, BountyFingerprint, "JA3: MD5 of a TLS client hello."},
	{FindJA3S, BountyFingerprint, "JA3S: MD5 of the server hello that answered it."},
	{FindJA4, BountyFingerprint, "JA4 of a TLS client hello."},
	{FindJA4QUIC, BountyFingerprint, "JA4 of a client hello in QUIC."},
	{FindJARM, BountyFingerprint, "JARM of the attacker's own TLS server."},
	{FindTLSSNI, BountyFingerprint, "The server name that a TLS client asked for."},
	{FindTLSALPN, BountyFingerprint, "The protocols that a TLS client offered."},
	{FindTLSResumption, BountyFingerprint, "How a TLS client resumed a session."},
	{FindTLSCert, BountyFingerprint, "SHA-256 of a certificate that the attacker showed."},
	{FindTCPFP, BountyFingerprint, "Fingerprint of a TCP SYN."},
	{FindICMPError, BountyFingerprint, "How the attacker's host answers what cannot be delivered."},
	{FindICMP6Error, BountyFingerprint, "The same with IPv6."},
	{FindIPLeak, BountyIPLeak, "An address in a forwarding header that is not the source's; its name is the header's."},
	{FindLinkLocal, BountyIPLeak, "A link-local IPv6 address of the attacker's host."},
	{FindFile, BountyArtifact, "SHA-256 of a file that was sent."},
	{FindMail, BountyArtifact, "SHA-256 of a mail that was sent."},
	{FindURL, BountyArtifact, "What a command tried to fetch."},
	{FindSMTPRelay, BountyProbeRelay, "The recipient of a mail that tries a relay."},
}

// Findings lists every finding.
func Findings() []FindingSpec { return slices.Clone(findings) }

// InHeaders reports whether it is found within a value of TypeHeaders; any other
// finding is a whole value.
func (f Finding) InHeaders() bool {
	return f == FindSpoofedSource || f == FindIPLeak || f == FindHTTPQuirks
}

// Spec returns the declaration of the finding; ok is false if there is none.
func (f Finding) Spec() (spec FindingSpec, ok bool) {
	i := slices.IndexFunc(findings, func(s FindingSpec) bool { return s.Name == f })
	if i < 0 {
		return FindingSpec{}, false
	}
	return findings[i], true
}
