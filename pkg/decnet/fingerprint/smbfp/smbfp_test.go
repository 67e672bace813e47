package smbfp_test

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/fingerprinttest"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/smbfp"
)

// recorded is a message that a program of Debian 12 was seen to send: smbclient 4.17 (with SMB1
// allowed: nt1, with everything allowed: core), impacket 0.10, nmap 7.93 (smb-protocols), hydra 9.4,
// medusa 2.2, ncrack 0.7.
var recorded = fingerprinttest.Recorded

func TestNegotiate(t *testing.T) {
	for name, want := range map[string][2]string{
		"smbclient":      {"smb2_5_311_1285_4fea1bac9569", "Samba"},
		"smbclient-nt1":  {"smb1_04_c2a0f7171532", "Samba"},
		"smbclient-core": {"smb1_12_615c865c2661", "Samba"},
		"impacket":       {"smb1_03_7f8ee9fbe79d", "impacket"},
		"impacket-nt1":   {"smb1_01_985badca1d1d", "impacket"},
		"impacket-311":   {"smb2_1_311_12_e6e48251b6fc", "impacket"},
		"nmap":           {"smb2_5_311_21_15ff5a00debe", "nmap"},
		"nmap-nt1":       {"smb1_02_629640e7d030", "nmap"},
		"hydra":          {"smb1_10_de0f9acc0358", "hydra"},
		"medusa":         {"smb1_08_7ad42fec5d0c", "Medusa"},
		"ncrack":         {"smb1_02_b787b3ded703", "ncrack"},
		"ncrack-smb2":    {"smb2_1_202_0_e7f3f4e555eb", "ncrack"},
	} {
		m := recorded(t, name+".negotiate")
		one, err1 := smbfp.ParseNegotiate1(m)
		two, err2 := smbfp.ParseNegotiate2(m)
		var have [2]string
		switch {
		case err1 == nil && errors.Is(err2, smbfp.ErrNotSMB):
			have = [2]string{one.Fingerprint(), one.Program()}
		case err2 == nil && errors.Is(err1, smbfp.ErrNotSMB):
			have = [2]string{two.Fingerprint(), two.Program()}
		default:
			t.Errorf("%s: %v, %v", name, err1, err2)
		}
		if have != want {
			t.Errorf("%s is %q, want %q", name, have, want)
		}
	}
}

func TestDetailsOfNegotiate(t *testing.T) {
	n, err := smbfp.ParseNegotiate2(recorded(t, "smbclient.negotiate"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "[202 210 300 302 311] 1 7f 31\n1 [1] 32 0\n2 [2 1 4 3] 0 0\n8 [2 1 0] 0 0\n5 [] 0 0"; n.Text() != want {
		t.Errorf("have %s", n.Text())
	}
	if n.ServerName() != "127.0.0.1" || n.GUID() != "dde5011ca72f65489cc451f3d99eea3a" {
		t.Errorf("it talks to %q as %s", n.ServerName(), n.GUID())
	}
	one, err := smbfp.ParseNegotiate1(recorded(t, "smbclient-nt1.negotiate"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "18 c843\nNT LANMAN 1.0\nNT LM 0.12\nSMB 2.002\nSMB 2.???"; one.Text() != want || one.ProcessID != 0xfffe {
		t.Errorf("have %q, %+v", one.Text(), one)
	}
}

// What cannot be recorded here is written down as it is known.
func TestKnownDialects(t *testing.T) {
	windows := []string{"PC NETWORK PROGRAM 1.0", "LANMAN1.0", "Windows for Workgroups 3.1a", "LM1.2X002", "LANMAN2.1", "NT LM 0.12"}
	for want, n := range map[string]smbfp.Negotiate1{
		"Windows XP, or EternalBlue":                  {Dialects: windows},
		"Windows Vista to 8.1":                        {Dialects: append(windows, "SMB 2.002", "SMB 2.???")},
		"Windows 10 or later":                         {Flags2: 0xc853, Dialects: []string{"NT LM 0.12", "SMB 2.002", "SMB 2.???"}},
		"Metasploit, or another scanner for MS17-010": {Dialects: []string{"LANMAN1.0", "LM1.2X002", "NT LANMAN 1.0", "NT LM 0.12"}},
		"": {Dialects: []string{"SMB 2.002"}},
	} {
		if have := n.Program(); have != want {
			t.Errorf("%q is %q, want %q", n.Dialects, have, want)
		}
	}
	if n := (&smbfp.Negotiate2{Contexts: []smbfp.Context{{Type: 1}, {Type: 3}}}); n.Program() != "Windows 10 or later" {
		t.Error(n.Program())
	}
}

func TestNTLM(t *testing.T) {
	for name, want := range map[string]struct {
		fingerprint, program, domain, user, workstation string
	}{
		"smbclient.ntlm1":     {"ntlm1_62088215_6.1.0", "Samba", "", "", ""},
		"smbclient.ntlm3":     {"ntlm3_62080205_6.1.0", "Samba", "CORP", "alice", "VM"},
		"smbclient-nt1.ntlm1": {"ntlm1_62088215_6.1.0", "Samba", "", "", ""},
		"smbclient-nt1.ntlm3": {"ntlm3_62080205_6.1.0", "Samba", "WORKGROUP", "alice", "VM"},
		"impacket-311.ntlm1":  {"ntlm1_a0880205_0", "impacket", "", "", ""},
		"impacket-311.ntlm3":  {"ntlm3_a0880205_0", "", "CORP", "alice", ""},
		"ncrack-smb2.ntlm1":   {"ntlm1_a0080207_0", "", "", "", ""},
	} {
		n, err := smbfp.FindNTLM(recorded(t, name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if n.Fingerprint() != want.fingerprint || n.Program() != want.program || n.Domain != want.domain || n.User != want.user || n.Workstation != want.workstation {
			t.Errorf("%s is %s of %q: %+v", name, n.Fingerprint(), n.Program(), n)
		}
	}
	// Windows says which it is; a NEGOTIATE has its names in ASCII.
	b := append([]byte("NTLMSSP\x00\x01\x00\x00\x00\x97\x82\x08\xe2"), 4, 0, 4, 0, 40, 0, 0, 0, 3, 0, 3, 0, 44, 0, 0, 0, 10, 0, 0x61, 0x4a, 0, 0, 0, 15)
	n, err := smbfp.ParseNTLM(append(b, "CORPWKS"...))
	if err != nil || n.Program() != "Windows 10.0.19041" || n.Domain != "CORP" || n.Workstation != "WKS" || n.Fingerprint() != "ntlm1_e2088297_10.0.19041" {
		t.Errorf("%+v, %v", n, err)
	}
}

func TestParsersRefuse(t *testing.T) {
	one, two, ntlm := recorded(t, "medusa.negotiate"), recorded(t, "smbclient.negotiate"), recorded(t, "smbclient.ntlm3")
	for name, m := range map[string][]byte{
		"nothing": nil, "half of SMB1": one[:34], "half of SMB 2": two[:99], "a login": ntlm, "a login with half an NTLM": ntlm[:150], "text": []byte("GET / HTTP/1.1\r\n\r\n"),
	} {
		_, err1 := smbfp.ParseNegotiate1(m)
		_, err2 := smbfp.ParseNegotiate2(m)
		if !errors.Is(err1, smbfp.ErrNotSMB) || !errors.Is(err2, smbfp.ErrNotSMB) {
			t.Errorf("%s: %v, %v", name, err1, err2)
		}
	}
	for name, m := range map[string][]byte{"nothing": nil, "a negotiate": two, "half": ntlm[:120], "half an NTLM": []byte("NTLMSSP\x00\x03\x00\x00\x00\x00\x00\x00\x00")} {
		if n, err := smbfp.FindNTLM(m); !errors.Is(err, smbfp.ErrNotSMB) {
			t.Errorf("%s: %+v, %v", name, n, err)
		}
		if n, err := smbfp.ParseNTLM(m); !errors.Is(err, smbfp.ErrNotSMB) {
			t.Errorf("%s: %+v, %v", name, n, err)
		}
	}
}

func TestUnwrap(t *testing.T) {
	m, rest, err := smbfp.Unwrap([]byte("\x00\x00\x00\x02abc"))
	if string(m) != "ab" || string(rest) != "c" || err != nil {
		t.Errorf("%q, %q, %v", m, rest, err)
	}
	for stream, want := range map[string]error{
		"": smbfp.ErrIncomplete, "\x00\x00": smbfp.ErrIncomplete, "\x00\x00\x00\x02a": smbfp.ErrIncomplete, "\x00\x02\x00\x00": smbfp.ErrNotSMB, "\x81\x00\x00\x44": smbfp.ErrNotSMB,
	} {
		if _, _, err := smbfp.Unwrap([]byte(stream)); !errors.Is(err, want) {
			t.Errorf("%q: %v", stream, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*.hex")
	if err != nil || len(files) < 10 {
		f.Fatal(files, err)
	}
	for _, file := range files {
		f.Add(recorded(f, strings.TrimSuffix(filepath.Base(file), ".hex")))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if n, err := smbfp.ParseNegotiate1(b); err == nil {
			if len(n.Dialects) > 32 || n.Fingerprint() == "" {
				t.Errorf("%d dialects", len(n.Dialects))
			}
			n.Program()
		}
		if n, err := smbfp.ParseNegotiate2(b); err == nil {
			if len(n.Dialects) > 64 || len(n.Contexts) > 16 || n.Fingerprint() == "" {
				t.Errorf("%d dialects, %d contexts", len(n.Dialects), len(n.Contexts))
			}
			n.Program()
			n.ServerName()
		}
		if n, err := smbfp.FindNTLM(b); err == nil {
			if len(n.User) > 3072 || n.Fingerprint() == "" {
				t.Errorf("a name of %d bytes", len(n.User))
			}
			n.Program()
		}
		_, _, _ = smbfp.Unwrap(b)
	})
}
