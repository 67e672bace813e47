package corpus

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"regexp"
	"strings"

	"github.com/decnet/decnet/decoys/decoytest/twin"
)

// Message numbers (RFC 4250 section 4.1.2, RFC 4419, RFC 5656).
const (
	msgDisconnect     = 1
	msgIgnore         = 2
	msgUnimplemented  = 3
	msgDebug          = 4
	msgServiceRequest = 5
	msgServiceAccept  = 6
	msgExtInfo        = 7
	msgKexInit        = 20
	msgNewKeys        = 21
	msgKexDHInit      = 30
	msgKexDHReply     = 31
	msgGexGroup       = 31
	msgGexInit        = 32
	msgGexReply       = 33
	msgGexRequest     = 34
	msgUserauth       = 50
	msgUserauthFail   = 51
	msgUserauthOK     = 52
	msgUserauthPKOK   = 60
	msgGlobal         = 80
	msgRequestFailure = 82
	msgChannelOpen    = 90
	msgOpenConfirm    = 91
	msgOpenFailure    = 92
	msgWindowAdjust   = 93
	msgChannelData    = 94
	msgExtendedData   = 95
	msgChannelEOF     = 96
	msgChannelClose   = 97
	msgChannelRequest = 98
)

// masks are laid over everything that is written down.
func masks() []twin.Mask {
	release := regexp.MustCompile(`^(SSH-2\.0-OpenSSH_9\.2p1 Debian-2\+deb12)u\d+`)
	motd := regexp.MustCompile(`Linux \S+ .* x86_64\\n`)
	return []twin.Mask{
		{Why: "The kernel and the host name in the message of the day are the machine's.", Apply: func(s string) string { return motd.ReplaceAllString(s, `Linux * x86_64\n`) }},
		{Why: "Debian's revision in the banner is the persona's.", Apply: func(s string) string { return release.ReplaceAllString(s, "${1}u*") }},
		{Why: "The groups of one size in the moduli file have the generator 2 or 5, and one is chosen at random.", Apply: same},
		{Why: "Of what is encrypted with keys that nobody knows only the length is seen.", Apply: same},
		{Why: "The cookie of a KEXINIT is random; that there are 16 bytes is checked.", Apply: same},
		{Why: "Host keys, public values of a key exchange and signatures are random; their types, lengths and validity are not masked.", Apply: same},
	}
}

func same(s string) string { return s } // what Describe does itself

// Describe writes down what a server says before anything is encrypted: lines of
// text and packets (RFC 4253 section 6).
func Describe(data []byte) []string {
	var lines []string
	for len(data) > 0 {
		i := bytes.IndexByte(data, '\n') + 1
		if text := data[:i]; i > 0 && !bytes.ContainsFunc(text, func(r rune) bool { return r > '~' || r < ' ' && r != '\r' && r != '\n' }) {
			lines = append(lines, twin.Quote(data[:i])...)
			data = data[i:]
			continue
		}
		if len(data) < 5 || int(binary.BigEndian.Uint32(data)) > len(data)-4 || int(data[4])+2 > int(binary.BigEndian.Uint32(data)) {
			if text := twin.Quote(data); len(text) == 1 && !strings.Contains(text[0], `\x`) {
				return append(lines, text...)
			}
			return append(lines, fmt.Sprintf("%d encrypted bytes", len(data)))
		}
		n := int(binary.BigEndian.Uint32(data))
		pad := int(data[4])
		padding := "zero"
		if bytes.Count(data[4+n-pad:4+n], []byte{0}) != pad {
			padding = "random"
		}
		lines = append(lines, describePacket(n, pad, padding+" ", data[5:4+n-pad])...)
		data = data[4+n:]
	}
	return lines
}

// describePacket is a packet with its sizes, unless these are random: numbers and
// signatures of a key exchange are now and then shorter.
func describePacket(n, pad int, padding string, payload []byte) []string {
	sizes := fmt.Sprintf("packet of %d bytes, %d of them %spadding", n, pad, padding)
	if payload[0] == msgKexDHReply || payload[0] == msgGexReply {
		sizes = "packet with " + padding + "padding"
	}
	return append([]string{sizes}, describePayload(payload)...)
}

// nameLists are the lists of a KEXINIT in order.
var nameLists = []string{
	"kex_algorithms", "server_host_key_algorithms", "encryption_client_to_server", "encryption_server_to_client", "mac_client_to_server",
	"mac_server_to_client", "compression_client_to_server", "compression_server_to_client", "languages_client_to_server", "languages_server_to_client",
}

func describePayload(p []byte) []string {
	r := reader{data: p[1:]}
	var lines []string
	switch p[0] {
	case msgDisconnect:
		lines = []string{fmt.Sprintf("DISCONNECT reason %d %q language %q", r.number(), r.text(), r.text())}
	case msgUnimplemented:
		lines = []string{fmt.Sprintf("UNIMPLEMENTED sequence %d", r.number())}
	case msgIgnore:
		lines = []string{fmt.Sprintf("IGNORE %q", r.text())}
	case msgDebug:
		lines = []string{fmt.Sprintf("DEBUG display %d %q language %q", r.byte(), r.text(), r.text())}
	case msgServiceAccept:
		lines = []string{fmt.Sprintf("SERVICE_ACCEPT %q", r.text())}
	case msgExtInfo:
		lines = []string{"EXT_INFO"}
		for range min(r.number(), 32) {
			lines = append(lines, fmt.Sprintf("  %s=%q", r.text(), r.text()))
		}
	case msgKexInit:
		lines = []string{fmt.Sprintf("KEXINIT cookie of %d bytes", len(r.bytes(16)))}
		for _, l := range nameLists {
			lines = append(lines, "  "+l+"="+r.text())
		}
		lines = append(lines, fmt.Sprintf("  first_kex_packet_follows=%d reserved=%d", r.byte(), r.number()))
	case msgKexDHReply, msgGexReply:
		lines = describeReply(&r)
	case msgNewKeys:
		lines = []string{"NEWKEYS"}
	case msgUserauthFail:
		lines = []string{fmt.Sprintf("USERAUTH_FAILURE continue with %q partial %d", r.text(), r.byte())}
	case msgUserauthOK:
		lines = []string{"USERAUTH_SUCCESS"}
	case msgGlobal:
		lines = describeGlobal(&r)
	default:
		lines = describeChannel(p[0], &r)
	}
	if r.bad {
		lines = append(lines, "cut short")
	}
	if len(r.data) > 0 {
		lines = append(lines, "and then "+strings.Join(twin.Quote(r.data), ""))
	}
	return lines
}

// describeReply is the server's half of a key exchange, or the group that it
// proposes, which has the same number.
func describeReply(r *reader) []string {
	first := r.text()
	key := reader{data: []byte(first)}
	kind := key.text()
	if key.bad || len(kind) > 64 {
		if g := r.text(); g != "\x02" && g != "\x05" {
			return []string{fmt.Sprintf("GEX_GROUP with generator %q", g)}
		}
		return []string{fmt.Sprintf("GEX_GROUP of %d bits, generator 2 or 5", 8*len(strings.TrimLeft(first, "\x00")))}
	}
	value, signature := len(r.text()), reader{data: []byte(r.text())}
	if value > 200 && value <= 1025 { // a number
		value = (value + 2) / 8 * 8
	}
	return []string{fmt.Sprintf("KEX_REPLY host key %s, value of %d bytes, signature %s", kind, value, signature.text())}
}

// describeGlobal hides the host keys, whose types count.
func describeGlobal(r *reader) []string {
	name := r.text()
	lines := []string{fmt.Sprintf("GLOBAL_REQUEST %q want reply %d", name, r.byte())}
	for name == "hostkeys-00@openssh.com" && len(r.data) > 0 && !r.bad {
		key := reader{data: []byte(r.text())}
		lines = append(lines, "  host key "+key.text())
	}
	return lines
}

func describeChannel(kind byte, r *reader) []string {
	switch kind {
	case msgOpenConfirm:
		return []string{fmt.Sprintf("CHANNEL_OPEN_CONFIRMATION to %d from %d window %d packet %d", r.number(), r.number(), r.number(), r.number())}
	case msgOpenFailure:
		return []string{fmt.Sprintf("CHANNEL_OPEN_FAILURE to %d reason %d %q language %q", r.number(), r.number(), r.text(), r.text())}
	case msgWindowAdjust:
		return []string{fmt.Sprintf("CHANNEL_WINDOW_ADJUST to %d by %d", r.number(), r.number())}
	case msgChannelData:
		return []string{fmt.Sprintf("CHANNEL_DATA to %d %q", r.number(), r.text())}
	case msgExtendedData:
		return []string{fmt.Sprintf("CHANNEL_EXTENDED_DATA to %d type %d %q", r.number(), r.number(), r.text())}
	case msgChannelEOF:
		return []string{fmt.Sprintf("CHANNEL_EOF to %d", r.number())}
	case msgChannelClose:
		return []string{fmt.Sprintf("CHANNEL_CLOSE to %d", r.number())}
	case msgChannelRequest:
		return []string{fmt.Sprintf("CHANNEL_REQUEST to %d %q want reply %d", r.number(), r.text(), r.byte())}
	case 99:
		return []string{fmt.Sprintf("CHANNEL_SUCCESS to %d", r.number())}
	case 100:
		return []string{fmt.Sprintf("CHANNEL_FAILURE to %d", r.number())}
	}
	return []string{fmt.Sprintf("message %d", kind)}
}
