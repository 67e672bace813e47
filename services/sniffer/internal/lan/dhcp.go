package lan

import (
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	"github.com/decnet/decnet/pkg/capture"
)

// Options of DHCP (RFC 2132) that clients tell of themselves with.
const (
	optionPad         = 0
	optionHostname    = 12
	optionMessageType = 53
	optionParameters  = 55
	optionVendorClass = 60
	optionClientID    = 61
	optionEnd         = 255
)

// dhcpHeader is where options begin: the fields of BOOTP and the magic cookie.
const dhcpHeader = 240

// DHCP takes what a client sends to port 67 (RFC 2131).
func (t *Table) DHCP(b []byte, now time.Time) {
	if len(b) < dhcpHeader || b[0] != 1 || b[1] != 1 || b[2] != 6 || [4]byte(b[236:]) != [4]byte{99, 130, 83, 99} {
		return
	}
	fields := make(map[string]string)
	kind := byte(0)
	for o := b[dhcpHeader:]; len(o) > 0 && o[0] != optionEnd; {
		if o[0] == optionPad {
			o = o[1:]
			continue
		}
		if len(o) < 2 || len(o) < 2+int(o[1]) {
			break
		}
		value := o[2 : 2+int(o[1])]
		switch o[0] {
		case optionHostname:
			fields["hostname"] = string(value)
		case optionVendorClass:
			fields["vendor_class"] = string(value)
		case optionParameters:
			fields["fingerprint"] = numbers(value)
		case optionClientID:
			if len(value) > 0 {
				fields["client_id"] = hex.EncodeToString(value[:min(len(value), maxValue/2)])
			}
		case optionMessageType:
			if len(value) == 1 {
				kind = value[0]
			}
		}
		o = o[2+len(value):]
	}
	const discover, request, inform = 1, 3, 8
	if kind != discover && kind != request && kind != inform || fields["fingerprint"] == "" {
		return
	}
	mac := capture.MAC(b[28:])
	if mac.Group() || mac == (capture.MAC{}) {
		return
	}
	fields["mac"] = mac.String()
	h := t.host(mac)
	t.Note(h, Fact{"dhcp", now, fields}, fields["fingerprint"]+"\x00"+fields["hostname"]+"\x00"+fields["vendor_class"])
}

// numbers are bytes in decimal with commas between them.
func numbers(b []byte) string {
	out := make([]string, len(b))
	for i, x := range b {
		out[i] = strconv.Itoa(int(x))
	}
	return strings.Join(out, ",")
}
