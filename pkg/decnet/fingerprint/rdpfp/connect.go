package rdpfp

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/internal/digest"
)

// Settings are what a client says of itself in the MCS connect initial. Fields of releases that
// the client is older than are zero.
type Settings struct {
	Version        uint32 // of RDP: 0x80004 for 5 to 8.1, 0x8000b for 10.6 and so on
	Width, Height  uint16 // of the desktop, in pixels
	ColorDepth     uint16 // bits; that of HighColorDepth, if there is one
	KeyboardLayout uint32 // a Windows language, such as 0x409
	Build          uint32 // of the client
	ClientName     string
	KeyboardType   uint32
	ProductID      string // of the installation, in digits and dashes
	// EarlyCapabilities and what follows tell programs apart.
	EarlyCapabilities uint16
	SupportedDepths   uint16
	ConnectionType    uint8
	SelectedProtocol  Protocols
	// CoreLength is how many bytes of core data the client knows.
	CoreLength  int
	Encryption  uint32   // methods of RDP's own encryption
	ClusterInfo uint32   // flags
	Channels    []string // names, in order
	Blocks      []uint16 // types of the blocks, in order
}

// The blocks ([MS-RDPBCGR] section 2.2.1.3).
const (
	blockCore     = 0xc001
	blockSecurity = 0xc002
	blockNet      = 0xc003
	blockCluster  = 0xc004

	maxBlocks   = 32
	maxChannels = 31 // as the specification has it
)

// duca is the key under which GCC carries the client's blocks (T.124).
var duca = []byte("Duca")

// ParseConnect reads an MCS connect initial from its TPKT header on. The errors are ErrIncomplete
// and ErrNotRDP.
func ParseConnect(b []byte) (*Settings, error) {
	p, err := packet(b)
	if err != nil {
		return nil, err
	}
	// X.224 data, then the application tag 101 of MCS (T.125).
	if len(p) < 5 || p[1] != 0xf0 || p[3] != 0x7f || p[4] != 0x65 {
		return nil, ErrNotRDP
	}
	// What is between is BER and PER of fixed shape, which no client has a choice in.
	at := bytes.Index(p, duca)
	if at < 0 {
		return nil, ErrNotRDP
	}
	p = p[at+len(duca):]
	if len(p) < 2 {
		return nil, ErrNotRDP
	}
	if p[0]&0x80 != 0 { // a length of two bytes (X.691)
		p = p[2:]
	} else {
		p = p[1:]
	}
	s := new(Settings)
	for len(p) >= 4 && len(s.Blocks) < maxBlocks {
		kind, n := binary.LittleEndian.Uint16(p), int(binary.LittleEndian.Uint16(p[2:]))
		if n < 4 || n > len(p) {
			break
		}
		s.block(kind, p[4:n])
		p = p[n:]
	}
	if !slices.Contains(s.Blocks, blockCore) {
		return nil, ErrNotRDP
	}
	return s, nil
}

func (s *Settings) block(kind uint16, p []byte) {
	s.Blocks = append(s.Blocks, kind)
	f := fields(p)
	switch kind {
	case blockCore:
		s.core(f)
	case blockSecurity:
		s.Encryption = f.uint32(0)
	case blockCluster:
		s.ClusterInfo = f.uint32(0)
	case blockNet:
		s.Channels = nil
		for i := 0; i < int(min(f.uint32(0), maxChannels)) && len(p) >= 4+12*(i+1); i++ {
			name, _, _ := bytes.Cut(p[4+12*i:][:8], []byte{0})
			s.Channels = append(s.Channels, string(name))
		}
	}
}

// core reads the core data ([MS-RDPBCGR] section 2.2.1.3.2).
func (s *Settings) core(f fields) {
	s.CoreLength = len(f)
	s.Version, s.Width, s.Height = f.uint32(0), f.uint16(4), f.uint16(6)
	s.KeyboardLayout, s.Build, s.ClientName = f.uint32(12), f.uint32(16), f.text(20, 32)
	s.KeyboardType = f.uint32(52)
	s.ColorDepth = depth(f)
	s.SupportedDepths, s.EarlyCapabilities, s.ProductID = f.uint16(138), f.uint16(140), f.text(142, 64)
	s.ConnectionType = f.byte(206)
	s.SelectedProtocol = Protocols(f.uint32(208))
}

// depth is the colour depth by the newest of the four fields that is there.
func depth(f fields) uint16 {
	const wants32 = 0x0002 // RNS_UD_CS_WANT_32BPP_SESSION
	codes := []uint16{4, 8, 15, 16, 24}
	coded := func(at int) uint16 {
		if code := int(f.uint16(at)) - 0xca00; code >= 0 && code < len(codes) {
			return codes[code]
		}
		return 0
	}
	high := f.uint16(136)
	switch {
	case f.uint16(140)&wants32 != 0:
		return 32
	case high > 0 && high <= 32:
		return high
	}
	return max(coded(8), coded(128))
}

// Fingerprint is a name for the program, such as "rdp1c_80004_2600_4_0123456789ab": the version
// and the build that it claims, how many channels it opens, and the first 12 digits of the SHA-256
// of Text.
func (s *Settings) Fingerprint() string {
	return fmt.Sprintf("rdp1c_%x_%d_%d_%s", s.Version, s.Build, len(s.Channels), digest.Short(s.Text()))
}

// Text is what the fingerprint is a hash of. The name, screen, keyboard and channels, which are the
// user's, are not in it.
func (s *Settings) Text() string {
	kind := "none"
	if s.ProductID != "" {
		kind = "own"
		if s.ProductID == exampleProduct {
			kind = "example"
		}
	}
	return fmt.Sprintf("%x %d %d %x %x %d %s %x %x %x", s.Version, s.Build, s.CoreLength, s.SupportedDepths, s.EarlyCapabilities,
		s.ConnectionType, kind, s.Encryption, s.ClusterInfo, s.Blocks)
}

// Program is whom the settings look like, "" if that is not known.
func (s *Settings) Program() string {
	old := s.Build == 2600 && s.CoreLength == 212 && s.ProductID == ""
	switch {
	case s.ProductID == exampleProduct:
		return "a library after the specification"
	case s.ProductID != "":
		return "mstsc"
	case old && s.ClientName == "NCRACK":
		return "ncrack"
	case old:
		return "rdesktop"
	case s.CoreLength == 230 && len(s.Channels) == 0 && s.KeyboardLayout == 0:
		return "hydra" // FreeRDP's library with nothing set
	case s.CoreLength >= 216 && s.Build >= 18363, s.Build == 2600:
		return "FreeRDP"
	}
	return ""
}

// exampleProduct is the product id of the specification's example, which programs took over.
const exampleProduct = "69712-783-0357974-42714"

// fields reads numbers in little-endian order that may not be there.
type fields []byte

func (f fields) byte(at int) uint8 {
	if len(f) < at+1 {
		return 0
	}
	return f[at]
}

func (f fields) uint16(at int) uint16 {
	if len(f) < at+2 {
		return 0
	}
	return binary.LittleEndian.Uint16(f[at:])
}

func (f fields) uint32(at int) uint32 {
	if len(f) < at+4 {
		return 0
	}
	return binary.LittleEndian.Uint32(f[at:])
}

// text is UTF-16 of n bytes, up to its first zero.
func (f fields) text(at, n int) string {
	if len(f) < at+n {
		return ""
	}
	units := make([]uint16, 0, n/2)
	for i := at; i < at+n; i += 2 {
		u := f.uint16(i)
		if u == 0 {
			break
		}
		units = append(units, u)
	}
	return strings.ToValidUTF8(string(utf16.Decode(units)), "?")
}
