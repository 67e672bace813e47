package forwarder_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/forwarder"
)

func TestSettingsThatCannotWorkAreToldInOneLine(t *testing.T) {
	ca := newAuthority(t)
	cert, key := ca.issue("forwarder.test")
	_, other := ca.issue("other")
	gone := filepath.Join(t.TempDir(), "gone.pem")
	tests := []struct {
		name   string
		change func(*forwarder.Config)
		want   string // beginning
	}{
		{"the default", func(*forwarder.Config) {}, ""},
		{"all of it", func(c *forwarder.Config) { c.CA, c.Cert, c.Key, c.ServerName = ca.file, cert, key, "siem" }, ""},
		{"no authority there", func(c *forwarder.Config) { c.CA = gone }, "forwarder.ca " + gone + ": no such file"},
		{"an authority that is none", func(c *forwarder.Config) { c.CA = key }, "forwarder.ca " + key + ": want certificates in PEM"},
		{"a certificate alone", func(c *forwarder.Config) { c.Cert = cert }, "forwarder.key is empty: want the key of forwarder.cert"},
		{"a key alone", func(c *forwarder.Config) { c.Key = key }, "forwarder.cert is empty: want the certificate of forwarder.key"},
		{"no certificate there", func(c *forwarder.Config) { c.Cert, c.Key = gone, key }, "forwarder.cert " + gone + ": no such file"},
		{"no key there", func(c *forwarder.Config) { c.Cert, c.Key = cert, gone }, "forwarder.key " + gone + ": no such file"},
		{"no pair", func(c *forwarder.Config) { c.Cert, c.Key = cert, other }, "forwarder.cert " + cert + ": no pair with forwarder.key " + other},
		{"lines too short", func(c *forwarder.Config) { c.MaxLine = 479 }, "forwarder.max_line 479: want 480 to 65536"},
		{"lines too long", func(c *forwarder.Config) { c.MaxLine = 65537 }, "forwarder.max_line 65537: want 480 to 65536"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := forwarder.Default()
			test.change(&c)
			err := c.Validate()
			if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "\n")) {
				t.Errorf("have %v, want %q", err, test.want)
			}
		})
	}
}

func TestProbeShakesHands(t *testing.T) {
	ca := newAuthority(t)
	s := newSink(t, ca.server())
	c := forwarder.Default()
	c.CA = ca.file
	if err := forwarder.Probe(t.Context(), c, s.target()); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("nobody there: have %v", err)
	}
	s.come()
	if err := forwarder.Probe(t.Context(), c, s.target()); err == nil || !strings.Contains(err.Error(), "may want a client certificate") {
		t.Errorf("no certificate: have %v", err)
	}
	c.Cert, c.Key = ca.issue("forwarder.test")
	if err := forwarder.Probe(t.Context(), c, s.target()); err != nil {
		t.Error(err)
	}
	c.ServerName = "another.test"
	if err := forwarder.Probe(t.Context(), c, s.target()); err == nil || !strings.Contains(err.Error(), "another.test") {
		t.Errorf("another name: have %v", err)
	}
	if err := forwarder.Probe(t.Context(), c, decnet.LogTarget("udp://127.0.0.1:1")); err != nil {
		t.Errorf("UDP cannot be looked at: have %v", err)
	}
}
