package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/httpfp"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/rdpfp"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/smbfp"
)

// maxHead is how long the head of a request may be, in bytes; longer ones are read
// as far as that.
const maxHead = 16 << 10

// http takes the head of a client's first request.
func (m *messages) http(b []byte) (int, bool) {
	h2, err := httpfp.ParseHTTP2(b)
	switch {
	case err == nil:
		m.found("http_client", map[string]string{"version": "2", "http2_settings": h2.String()})
		return 0, false
	case errors.Is(err, httpfp.ErrIncomplete):
		return 0, len(b) < maxHead
	}
	end := bytes.Index(b, []byte("\r\n\r\n"))
	if end < 0 {
		end = bytes.Index(b, []byte("\n\n"))
	}
	// Other protocols begin with words too, and are given up at their first line.
	if line := bytes.IndexByte(b, '\n'); line >= 0 && !bytes.Contains(b[:line], []byte(" HTTP/")) {
		return 0, false
	}
	if end < 0 && len(b) < maxHead {
		return 0, true
	}
	if end < 0 {
		end = maxHead - 4
	}
	r, err := httpfp.ParseRequest(b[:min(end+4, len(b))])
	if err != nil {
		return 0, false
	}
	fields := map[string]string{"version": r.Version, "method": r.Method, "fingerprint": r.Fingerprint()}
	for _, h := range r.Headers {
		if strings.EqualFold(h.Name, "User-Agent") {
			fields["user_agent"] = h.Value
			break
		}
	}
	m.found("http_client", fields)
	return 0, false
}

// rdp takes a client's connection request, and its settings if they follow in
// clear, or its hello if they follow in TLS.
func (m *messages) rdp(b []byte) (int, bool) {
	if b[0] == 22 {
		m.inner = &tlsStream{origin: m.origin, downOver: true}
		return len(b), m.inner.Add(true, b)
	}
	r, err := rdpfp.ParseRequest(b)
	if errors.Is(err, rdpfp.ErrIncomplete) {
		return 0, true
	}
	if err == nil {
		m.found("rdp_client", map[string]string{"fingerprint": r.Fingerprint(), "cookie": r.Cookie, "program": r.Program()})
		return int(binary.BigEndian.Uint16(b[2:])), true
	}
	c, err := rdpfp.ParseConnect(b)
	if errors.Is(err, rdpfp.ErrIncomplete) {
		return 0, true
	}
	if err == nil {
		m.found("rdp_settings", map[string]string{
			"fingerprint": c.Fingerprint(), "client_name": c.ClientName, "build": fmt.Sprint(c.Build),
			"keyboard_layout": fmt.Sprintf("%08x", c.KeyboardLayout), "desktop": fmt.Sprintf("%dx%dx%d", c.Width, c.Height, c.ColorDepth),
		})
	}
	return 0, false
}

// smb takes a client's negotiation and its log-in.
func (m *messages) smb(b []byte) (int, bool) {
	msg, rest, err := smbfp.Unwrap(b)
	if err != nil {
		return 0, errors.Is(err, smbfp.ErrIncomplete) && (len(b) < 8 || b[4]|1 == 0xff)
	}
	n := len(b) - len(rest)
	if one, err := smbfp.ParseNegotiate1(msg); err == nil {
		m.found("smb_client", map[string]string{"fingerprint": one.Fingerprint(), "dialects": strings.Join(one.Dialects, ","), "program": one.Program()})
	} else if two, err := smbfp.ParseNegotiate2(msg); err == nil {
		dialects := make([]string, len(two.Dialects))
		for i, d := range two.Dialects {
			dialects[i] = fmt.Sprintf("%04x", d)
		}
		m.found("smb_client", map[string]string{"fingerprint": two.Fingerprint(), "dialects": strings.Join(dialects, ","), "guid": two.GUID(), "server_name": two.ServerName()})
	} else if ntlm, err := smbfp.FindNTLM(msg); err == nil {
		m.found("ntlm_client", map[string]string{
			"fingerprint": ntlm.Fingerprint(), "version": ntlm.Version(), "domain": ntlm.Domain, "user": ntlm.User, "workstation": ntlm.Workstation,
		})
	}
	return n, true
}
