package fields

import (
	"slices"

	"github.com/decnet/decnet/pkg/decnet"
)

// Workers lists the events of workers that are no decoys, but tell of attackers.
func Workers() []Service {
	seen := make([]decnet.EventSpec, len(sniffer))
	for i, e := range sniffer {
		// Whom it was shown to, which services/sniffer adds to every finding.
		e.Fields = append(slices.Clone(e.Fields), field(decnet.FieldDestination, decnet.TypeAddress), field(decnet.FieldDestinationPort, decnet.TypeInt))
		seen[i] = e
	}
	return []Service{{decnet.ServiceSniffer, seen}, {decnet.ServiceProber, prober}}
}

// What both of them tell of.
var (
	certificate = event("tls_certificate",
		field("sha256", decnet.TypeSHA256, decnet.FindTLSCert),
		field("subject", decnet.TypeString), field("issuer", decnet.TypeString), field("not_after", decnet.TypeString))
	linkLocal = event("ipv6_link_local_leak",
		field("address", decnet.TypeAddress, decnet.FindLinkLocal),
		field("mac", decnet.TypeString), field("eui64", decnet.TypeBool), field("eui64_mac", decnet.TypeString))
)
