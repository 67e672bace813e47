package smbfp

import (
	"bytes"
	"slices"
	"strings"
)

// Lists of dialects that programs offer in SMB1, with "|" between the names.
const (
	lanmans   = "PC NETWORK PROGRAM 1.0|MICROSOFT NETWORKS 1.03|MICROSOFT NETWORKS 3.0|LANMAN1.0|LM1.2X002|"
	samba     = "NT LANMAN 1.0|NT LM 0.12"
	sambaCore = lanmans + "DOS LANMAN2.1|LANMAN2.1|Samba|" + samba
	windows   = "PC NETWORK PROGRAM 1.0|LANMAN1.0|Windows for Workgroups 3.1a|LM1.2X002|LANMAN2.1|NT LM 0.12"
	smb2      = "|SMB 2.002|SMB 2.???"
)

// programs1 are the programs of SMB1. Where two offer the same dialects their headers differ; the
// first that fits is taken.
var programs1 = []struct {
	dialects string
	fits     func(*Negotiate1) bool
	name     string
}{
	{sambaCore, func(n *Negotiate1) bool { return n.Flags == 0x08 }, "hydra"},
	{sambaCore, nil, "Samba"},
	{sambaCore + smb2, nil, "Samba"},
	{samba, nil, "Samba"},
	{samba + smb2, nil, "Samba"},
	{lanmans + "Samba|" + samba, func(n *Negotiate1) bool { return n.ProcessID == 0x0640 }, "nmap -sV"},
	{lanmans + "Samba|" + samba, func(n *Negotiate1) bool { return n.Flags2 == 0x4001 }, "Medusa"},
	{"NT LM 0.12", func(n *Negotiate1) bool { return n.TreeID == 0xffff && n.Flags2&^0x8000 == 0x4801 }, "impacket"},
	{"NT LM 0.12" + smb2, func(n *Negotiate1) bool { return n.Flags2 == 0xc801 }, "impacket"},
	{"NT LM 0.12" + smb2, func(n *Negotiate1) bool { return n.Flags2 == 0xc853 }, "Windows 10 or later"},
	{"NT LM 0.12|", func(n *Negotiate1) bool { return n.Flags2 == 0x6041 }, "ncrack"},
	{"NT LM 0.12|", nil, "nmap"}, // its library of scripts
	{windows + smb2, nil, "Windows Vista to 8.1"},
	// EternalBlue as WannaCry has it opens with the list of Windows XP.
	{windows, nil, "Windows XP, or EternalBlue"},
	{"LANMAN1.0|LM1.2X002|" + samba, nil, "Metasploit, or another scanner for MS17-010"},
}

// Program is whom the message looks like, "" if that is not known.
func (n *Negotiate1) Program() string {
	list := strings.Join(n.Dialects, "|")
	for _, p := range programs1 {
		if list == p.dialects && (p.fits == nil || p.fits(n)) {
			return p.name
		}
	}
	return ""
}

// Constant GUIDs of clients: nmap's library, and what rand of the GNU C library draws without a seed.
var (
	guidNmap   = []byte("1234567890123456")
	guidNcrack = []byte("\x67\xc6\x69\x73\x51\xff\x4a\xec\x29\xcd\xba\xab\xf2\xfb\xe3\x46")
)

// contextPOSIX is the extension of Linux and Samba for POSIX.
const contextPOSIX = 0x100

// Program is whom the message looks like, "" if that is not known.
func (n *Negotiate2) Program() string {
	has := func(kind uint16) bool {
		return slices.ContainsFunc(n.Contexts, func(c Context) bool { return c.Type == kind })
	}
	switch {
	case bytes.Equal(n.ClientGUID[:], guidNmap):
		return "nmap"
	case bytes.Equal(n.ClientGUID[:], guidNcrack):
		return "ncrack"
	case isLetters(n.ClientGUID[:]):
		return "impacket"
	case has(contextCompression):
		return "Windows 10 or later"
	case has(contextPOSIX):
		return "Linux"
	case n.Credits == 31 && n.Capabilities == 0x7f:
		return "Samba"
	}
	return ""
}

// isLetters reports whether b is ASCII letters, of which no GUID is made that is drawn as one is.
func isLetters(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c|0x20 < 'a' || c|0x20 > 'z' })
}

// Program is whom a message of NTLM looks like, "" if that is not known. Windows says which
// release it is; libraries say nothing, or the same release always.
func (n *NTLM) Program() string {
	switch {
	case n.Major == 6 && n.Minor == 1 && n.Build == 0 && n.Revision == 15:
		return "Samba"
	case n.Major != 0 && n.Build >= 2600:
		return "Windows " + n.Version()
	case n.Type == 1 && n.Flags == 0xa0880205:
		return "impacket"
	}
	return ""
}
