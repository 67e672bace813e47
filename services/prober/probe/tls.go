package probe

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/jarm"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/tlsfp"
)

// jarm asks ten times. A server that does not answer once is not asked again.
func (r *run) jarm(ctx context.Context, f *Finding) {
	var answers [10]string
	for i, hello := range jarm.Probes(name(r.addr)) {
		c, err := r.connect(ctx, f, jarm.MaxAnswer)
		if err != nil && (i == 0 || f.Outcome != Closed) {
			if i > 0 && f.Outcome == Skipped {
				f.Outcome, f.Reason = Silent, "ended before the last hello" // it was begun
			}
			return
		}
		f.Outcome = Nothing
		if err != nil {
			continue // refusing the next one is an answer
		}
		answer, silent := firstRecord(c, hello)
		_ = c.Close()
		if silent {
			f.Reason = "no answer to hello " + strconv.Itoa(i+1)
			return
		}
		answers[i] = jarm.Answer(answer)
	}
	hash := jarm.Hash(answers)
	if strings.Trim(hash, "0") == "" {
		f.Reason = "no TLS"
		return
	}
	f.found(hash, map[string]string{"jarm": hash})
}

// firstRecord sends a hello and reads the answer as far as its first record goes, with what
// comes together with it. Silent says that nothing came, and the connection did not end.
func firstRecord(c *conn, hello []byte) (answer []byte, silent bool) {
	if _, err := c.Write(hello); err != nil {
		return nil, isTimeout(err)
	}
	b, n := make([]byte, jarm.MaxAnswer), 0
	for n < len(b) {
		more, err := c.Read(b[n:])
		n += more
		if err != nil {
			return b[:n], n == 0 && isTimeout(err)
		}
		if n >= 5 && n >= 5+int(b[3])<<8+int(b[4]) || n > 0 && b[0] != 22 {
			break
		}
	}
	return b[:n], false
}

const typeServerHelloDone = 14

// certificate sends the first hello of JARM, which offers TLS 1.2 at most, and reads until
// the certificate is there.
func (r *run) certificate(ctx context.Context, f *Finding) {
	c, err := r.connect(ctx, f, tlsfp.MaxStream)
	if err != nil {
		return
	}
	defer func() { _ = c.Close() }()
	f.Reason = "no certificate of TLS 1.2"
	if _, err := c.Write(jarm.Probes(name(r.addr))[0]); err != nil {
		return
	}
	var s tlsfp.Stream
	b := make([]byte, 4<<10)
	for {
		n, err := c.Read(b)
		msg, state := s.Add(b[:n])
		for ; state == tlsfp.Message; msg, state = s.Add(nil) {
			switch msg[0] {
			case tlsfp.TypeCertificate:
				if der, err := tlsfp.Leaf(msg); err == nil && len(der) > 0 {
					sum, fields := describe(der)
					f.found(sum, fields)
				}
				return
			case typeServerHelloDone:
				return
			}
		}
		if err != nil || state != tlsfp.More {
			return
		}
	}
}

// maxNames bounds the names of a certificate that are kept.
const maxNames = 20

// describe returns a certificate's SHA-256, and fields of what it says of itself.
func describe(der []byte) (sum string, fields map[string]string) {
	digest := sha256.Sum256(der)
	sum = hex.EncodeToString(digest[:])
	fields = map[string]string{"sha256": sum}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		fields["problem"] = clean(err.Error(), maxText)
		return sum, fields
	}
	names := cert.DNSNames[:min(len(cert.DNSNames), maxNames)]
	all := strings.Join(names, ",")
	for _, ip := range cert.IPAddresses[:min(len(cert.IPAddresses), maxNames)] {
		all += "," + ip.String()
	}
	fields["cn"] = clean(cert.Subject.CommonName, maxText)
	fields["names"] = clean(strings.TrimPrefix(all, ","), 4*maxText)
	fields["issuer"] = clean(cert.Issuer.String(), maxText)
	fields["not_before"] = cert.NotBefore.UTC().Format(time.RFC3339)
	fields["not_after"] = cert.NotAfter.UTC().Format(time.RFC3339)
	// By its names: to verify the signature of any key could take long.
	fields["self_signed"] = strconv.FormatBool(string(cert.RawIssuer) == string(cert.RawSubject))
	return sum, fields
}
