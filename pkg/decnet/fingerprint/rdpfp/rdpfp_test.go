package rdpfp_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/fingerprinttest"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/rdpfp"
)

// recorded is what a program of Debian 12 was seen to send: freerdp2-x11 2.11.7, rdesktop 1.9.0
// (with -4 for the old protocol), hydra 9.4, ncrack 0.7.
var recorded = fingerprinttest.Recorded

var programs = []struct {
	name, request, requested, connect, connected string
	settings                                     rdpfp.Settings
}{
	{"freerdp", "rdp1_3_0_c_0", "", "rdp1c_8000c_18363_4_067a193f120d", "FreeRDP", rdpfp.Settings{
		Version: 0x8000c, Width: 1024, Height: 768, ColorDepth: 32, KeyboardLayout: 0x409, Build: 18363, ClientName: "vm", KeyboardType: 4,
		EarlyCapabilities: 0x5e3, SupportedDepths: 15, ConnectionType: 7, CoreLength: 230, Encryption: 27, ClusterInfo: 13,
		Channels: []string{"rdpdr", "rdpsnd", "cliprdr", "drdynvc"}, Blocks: []uint16{0xc001, 0xc004, 0xc002, 0xc003, 0xc006, 0xc00a},
	}},
	{"hydra", "rdp1_3_0_c_0", "", "rdp1c_8000c_18363_0_f9e676bb9377", "hydra", rdpfp.Settings{
		Version: 0x8000c, Width: 1024, Height: 768, ColorDepth: 16, Build: 18363, ClientName: "vm", KeyboardType: 4,
		EarlyCapabilities: 0x4a1, SupportedDepths: 7, ConnectionType: 6, CoreLength: 230, Encryption: 27, ClusterInfo: 13,
		Blocks: []uint16{0xc001, 0xc004, 0xc002, 0xc006, 0xc00a},
	}},
	{"ncrack", "rdp1_0_0_c_0", "ncrack", "rdp1c_80004_2600_0_a7704c6ea7cf", "ncrack", rdpfp.Settings{
		Version: 0x80004, Width: 800, Height: 600, ColorDepth: 8, KeyboardLayout: 0x409, Build: 2600, ClientName: "NCRACK", KeyboardType: 4,
		EarlyCapabilities: 1, SupportedDepths: 7, CoreLength: 212, Encryption: 3, ClusterInfo: 9, Blocks: []uint16{0xc001, 0xc004, 0xc002},
	}},
	{"rdesktop", "rdp1_3_0_c_0", "", "rdp1c_80004_2600_5_f8c1842a24de", "rdesktop", rdpfp.Settings{
		Version: 0x80004, Width: 1024, Height: 768, ColorDepth: 24, KeyboardLayout: 0x409, Build: 2600, ClientName: "wks7", KeyboardType: 4,
		EarlyCapabilities: 1, SupportedDepths: 11, CoreLength: 212, Encryption: 3, ClusterInfo: 13,
		Channels: []string{"cliprdr", "rdpsnd", "snddbg", "rdpdr", "drdynvc"}, Blocks: []uint16{0xc001, 0xc004, 0xc002, 0xc003},
	}},
	{"rdesktop-4", "rdp1_-_0_c_0", "", "rdp1c_80001_2600_0_4aa05c437954", "rdesktop", rdpfp.Settings{
		Version: 0x80001, Width: 1024, Height: 768, ColorDepth: 24, KeyboardLayout: 0x409, Build: 2600, ClientName: "vm", KeyboardType: 4,
		EarlyCapabilities: 1, SupportedDepths: 11, CoreLength: 212, Encryption: 3, ClusterInfo: 13, Blocks: []uint16{0xc001, 0xc004, 0xc002},
	}},
}

func TestPrograms(t *testing.T) {
	for _, p := range programs {
		r, err := rdpfp.ParseRequest(recorded(t, p.name+".request"))
		if err != nil {
			t.Fatal(err)
		}
		if r.Fingerprint() != p.request || r.Program() != p.requested {
			t.Errorf("%s asks as %s, %q: %+v", p.name, r.Fingerprint(), r.Program(), r)
		}
		s, err := rdpfp.ParseConnect(recorded(t, p.name+".connect"))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(*s, p.settings) {
			t.Errorf("%s has settings %+v\nwant %+v", p.name, *s, p.settings)
		}
		if s.Fingerprint() != p.connect || s.Program() != p.connected {
			t.Errorf("%s connects as %s, %q: %s", p.name, s.Fingerprint(), s.Program(), s.Text())
		}
	}
}

// The user, the screen and what is plugged in do not make another client.
func TestFingerprintIsNotOfTheUser(t *testing.T) {
	s := programs[0].settings
	was := s.Text()
	s.ClientName, s.Width, s.Height, s.ColorDepth, s.KeyboardLayout, s.Channels = "other", 800, 600, 16, 0x407, nil
	if s.Text() != was {
		t.Errorf("%s became %s", was, s.Text())
	}
	s.ProductID = "55274-640-2673064-23950"
	if s.Text() == was || s.Program() != "mstsc" {
		t.Errorf("a product id makes no difference: %s, %s", s.Text(), s.Program())
	}
}

func TestRequests(t *testing.T) {
	const head = "\x03\x00\x00\x2a\x25\xe0\x00\x00\x00\x00\x00"
	long := func(rest string) string { return "\x03\x00\x00" + string(rune(11+len(rest))) + head[4:] + rest }
	for name, test := range map[string]struct {
		bytes, fingerprint, program string
		want                        rdpfp.Request
	}{
		"nmap": {
			head + "Cookie: mstshash=nmap\r\n\x01\x00\x08\x00\x03\x00\x00\x00", "rdp1_3_0_c_0", "nmap",
			rdpfp.Request{Cookie: "nmap", Negotiates: true, Protocols: rdpfp.TLS | rdpfp.CredSSP},
		},
		"nothing": {"\x03\x00\x00\x0b\x06\xe0\x00\x00\x12\x34\x00", "rdp1_-_0_0_0", "a scanner", rdpfp.Request{Source: 0x1234}},
		"no cookie": {
			long("\x01\x01\x08\x00\x0b\x00\x00\x00"), "rdp1_b_1_0_0", "",
			rdpfp.Request{Negotiates: true, Flags: 1, Protocols: rdpfp.TLS | rdpfp.CredSSP | rdpfp.CredSSP2},
		},
		"a token": {long("tsv://x\r\n"), "rdp1_-_0_t_0", "", rdpfp.Request{Token: "tsv://x"}},
		"correlated": {
			long("\x01\x08\x08\x00\x0b\x00\x00\x00\x06\x00\x24\x00" + strings.Repeat("i", 32)), "rdp1_b_8_0_1", "mstsc",
			rdpfp.Request{Negotiates: true, Flags: 8, Protocols: rdpfp.TLS | rdpfp.CredSSP | rdpfp.CredSSP2, Correlation: true},
		},
	} {
		r, err := rdpfp.ParseRequest([]byte(test.bytes))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if *r != test.want || r.Fingerprint() != test.fingerprint || r.Program() != test.program {
			t.Errorf("%s: %+v, %s, %q", name, r, r.Fingerprint(), r.Program())
		}
	}
}

func TestParsersSayWhatIsWrong(t *testing.T) {
	request, connect := recorded(t, "freerdp.request"), recorded(t, "freerdp.connect")
	for name, test := range map[string]struct {
		bytes             []byte
		request, connects error
	}{
		"nothing":         {nil, rdpfp.ErrIncomplete, rdpfp.ErrIncomplete},
		"three bytes":     {request[:3], rdpfp.ErrIncomplete, rdpfp.ErrIncomplete},
		"half a request":  {request[:20], rdpfp.ErrIncomplete, rdpfp.ErrIncomplete},
		"a request":       {request, nil, rdpfp.ErrNotRDP},
		"half a connect":  {connect[:200], rdpfp.ErrIncomplete, rdpfp.ErrIncomplete},
		"a connect":       {connect, rdpfp.ErrNotRDP, nil},
		"HTTP":            {[]byte("G"), rdpfp.ErrNotRDP, rdpfp.ErrNotRDP},
		"too long":        {[]byte{3, 0, 0xff, 0xff}, rdpfp.ErrNotRDP, rdpfp.ErrNotRDP},
		"too short":       {[]byte{3, 0, 0, 6, 0, 0}, rdpfp.ErrNotRDP, rdpfp.ErrNotRDP},
		"nothing in it":   {[]byte{3, 0, 0, 7, 2, 0xf0, 0x80}, rdpfp.ErrNotRDP, rdpfp.ErrNotRDP},
		"MCS without GCC": {[]byte{3, 0, 0, 12, 2, 0xf0, 0x80, 0x7f, 0x65, 0, 0, 0}, rdpfp.ErrNotRDP, rdpfp.ErrNotRDP},
	} {
		if _, err := rdpfp.ParseRequest(test.bytes); !errors.Is(err, test.request) {
			t.Errorf("%s as a request: %v", name, err)
		}
		if _, err := rdpfp.ParseConnect(test.bytes); !errors.Is(err, test.connects) {
			t.Errorf("%s as a connect: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, p := range programs {
		f.Add(recorded(f, p.name+".request"))
		f.Add(recorded(f, p.name+".connect"))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if r, err := rdpfp.ParseRequest(b); err == nil {
			if len(r.Cookie)+len(r.Token) > 512 {
				t.Errorf("%d bytes of a cookie", len(r.Cookie)+len(r.Token))
			}
			r.Program()
			r.Fingerprint()
		}
		if s, err := rdpfp.ParseConnect(b); err == nil {
			if len(s.Channels) > 31 || len(s.Blocks) > 32 {
				t.Errorf("%d channels, %d blocks", len(s.Channels), len(s.Blocks))
			}
			s.Program()
			s.Fingerprint()
		}
	})
}
