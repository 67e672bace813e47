package sshfp_test

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/sshfp"
)

// cyberduck is the client of the example in HASSH's README, whose fingerprint is published there.
var cyberduck = sshfp.KexInit{
	Kex: "curve25519-sha256@libssh.org,diffie-hellman-group-exchange-sha256,ecdh-sha2-nistp521,ecdh-sha2-nistp384,ecdh-sha2-nistp256," +
		"diffie-hellman-group-exchange-sha1,diffie-hellman-group1-sha1,diffie-hellman-group14-sha1,diffie-hellman-group14-sha256," +
		"diffie-hellman-group15-sha512,diffie-hellman-group16-sha512,diffie-hellman-group17-sha512,diffie-hellman-group18-sha512," +
		"diffie-hellman-group14-sha256@ssh.com,diffie-hellman-group15-sha256,diffie-hellman-group15-sha256@ssh.com," +
		"diffie-hellman-group15-sha384@ssh.com,diffie-hellman-group16-sha256,diffie-hellman-group16-sha384@ssh.com," +
		"diffie-hellman-group16-sha512@ssh.com,diffie-hellman-group18-sha512@ssh.com",
	CiphersToServer: "aes128-cbc,aes128-ctr,aes192-cbc,aes192-ctr,aes256-cbc,aes256-ctr,blowfish-cbc,blowfish-ctr,cast128-cbc,cast128-ctr," +
		"idea-cbc,idea-ctr,serpent128-cbc,serpent128-ctr,serpent192-cbc,serpent192-ctr,serpent256-cbc,serpent256-ctr,3des-cbc,3des-ctr," +
		"twofish128-cbc,twofish128-ctr,twofish192-cbc,twofish192-ctr,twofish256-cbc,twofish256-ctr,twofish-cbc,arcfour,arcfour128,arcfour256",
	MACsToServer:     "hmac-sha1,hmac-sha1-96,hmac-md5,hmac-md5-96,hmac-sha2-256,hmac-sha2-512",
	CompressToServer: "zlib@openssh.com,zlib,none",
}

const cyberduckHASSH = "8a8ae540028bf433cd68356c1b9e8d5b"

// payload is a KEXINIT as it is sent.
func payload(k *sshfp.KexInit) []byte {
	b := append([]byte{20}, k.Cookie[:]...)
	for _, list := range []string{
		k.Kex, k.HostKeys, k.CiphersToServer, k.CiphersToClient, k.MACsToServer, k.MACsToClient,
		k.CompressToServer, k.CompressToClient, k.LanguagesToServer, k.LanguagesToClient,
	} {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(list))), list...)
	}
	follows := byte(0)
	if k.FirstKexFollows {
		follows = 1
	}
	return append(b, follows, 0, 0, 0, 0)
}

// packet is a payload before encryption.
func packet(payload []byte) []byte {
	padding := 8 - (len(payload)+5)%8 + 4
	b := binary.BigEndian.AppendUint32(nil, uint32(1+len(payload)+padding))
	b = append(append(b, byte(padding)), payload...)
	return append(b, make([]byte, padding)...)
}

func TestHASSH(t *testing.T) {
	sent := cyberduck
	sent.Cookie = [16]byte{1, 2, 3}
	// The other direction differs, so that a test sees which is taken.
	sent.CiphersToClient, sent.MACsToClient, sent.CompressToClient = "a", "b", "c"
	sent.FirstKexFollows = true
	k, err := sshfp.ParseKexInit(payload(&sent))
	if err != nil {
		t.Fatal(err)
	}
	if *k != sent {
		t.Errorf("have %+v, want %+v", *k, sent)
	}
	hash, text := k.HASSH()
	if hash != cyberduckHASSH || !strings.HasSuffix(text, ";hmac-sha1,hmac-sha1-96,hmac-md5,hmac-md5-96,hmac-sha2-256,hmac-sha2-512;zlib@openssh.com,zlib,none") {
		t.Errorf("the client is %s of %q", hash, text)
	}
	if hash, text := k.HASSHServer(); hash == cyberduckHASSH || text != sent.Kex+";a;b;c" {
		t.Errorf("the server is %s of %q", hash, text)
	}
}

func TestParseKexInitRefuses(t *testing.T) {
	good := payload(&cyberduck)
	for name, b := range map[string][]byte{
		"nothing":       nil,
		"another type":  append([]byte{21}, good[1:]...),
		"cut off":       good[:len(good)-1],
		"cut in a list": good[:100],
		"too much":      append(slices.Clone(good), 0),
		"a long list":   append(slices.Clone(good[:17]), 0xff, 0xff, 0xff, 0xff, 0, 0),
		"long":          append(slices.Clone(good), make([]byte, sshfp.MaxPayload)...),
	} {
		if k, err := sshfp.ParseKexInit(b); !errors.Is(err, sshfp.ErrKexInit) || k != nil {
			t.Errorf("%s: %v, %v", name, k, err)
		}
	}
}

func TestIdentification(t *testing.T) {
	tests := []struct {
		line string
		want sshfp.Identification
		ok   bool
	}{
		{"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n", sshfp.Identification{Protocol: "2.0", Software: "OpenSSH_9.2p1", Comment: "Debian-2+deb12u3"}, true},
		{"SSH-1.99-Cisco-1.25\n", sshfp.Identification{Protocol: "1.99", Software: "Cisco-1.25", Comment: ""}, true},
		{"SSH-2.0-ZGrab ZGrab SSH Survey", sshfp.Identification{Protocol: "2.0", Software: "ZGrab", Comment: "ZGrab SSH Survey"}, true},
		{"SSH-2.0-", sshfp.Identification{Protocol: "2.0", Software: "", Comment: ""}, true},
		{"SSH-2.0", sshfp.Identification{}, false},
		{"SSH-x.0-y", sshfp.Identification{}, false},
		{"SSH-20-y", sshfp.Identification{}, false},
		{"ssh-2.0-y", sshfp.Identification{}, false},
		{"SSH-2.0-" + strings.Repeat("x", sshfp.MaxLine), sshfp.Identification{}, false},
	}
	for _, test := range tests {
		got, err := sshfp.ParseIdentification(test.line)
		if got != test.want || (err == nil) != test.ok {
			t.Errorf("%q is %+v, %v", test.line, got, err)
		}
	}
}

func TestClient(t *testing.T) {
	for line, want := range map[string][2]string{
		"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3":                {"OpenSSH", "9.2p1"},
		"SSH-2.0-OpenSSH_for_Windows_8.1":                       {"OpenSSH for Windows", "8.1"},
		"SSH-2.0-PuTTY_Release_0.78":                            {"PuTTY", "0.78"},
		"SSH-2.0-PuTTY_KiTTY":                                   {"KiTTY", ""},
		"SSH-2.0-WinSCP_release_5.17.10":                        {"WinSCP", "5.17.10"},
		"SSH-2.0-libssh_0.9.6":                                  {"libssh", "0.9.6"},
		"SSH-2.0-libssh-0.6.3":                                  {"libssh", "0.6.3"},
		"SSH-2.0-libssh2_1.10.0":                                {"libssh2", "1.10.0"},
		"SSH-2.0-paramiko_2.12.0":                               {"paramiko", "2.12.0"},
		"SSH-2.0-Go":                                            {"Go", ""},
		"SSH-2.0-GoAnywhere7.0":                                 {"", ""},
		"SSH-2.0-JSCH-0.1.54":                                   {"JSch", "0.1.54"},
		"SSH-2.0-JSCH_0.2.9":                                    {"JSch", "0.2.9"},
		"SSH-2.0-AsyncSSH_2.13.1":                               {"AsyncSSH", "2.13.1"},
		"SSH-2.0-dropbear_2020.81":                              {"Dropbear", "2020.81"},
		"SSH-2.0-Nmap-SSH2-Hostkey":                             {"Nmap", "SSH2-Hostkey"},
		"SSH-2.0-ZGrab ZGrab SSH Survey":                        {"ZGrab", ""},
		"SSH-2.0-Ruby/Net::SSH_5.0.2 x86_64-linux":              {"Net::SSH", "5.0.2"},
		"SSH-2.0-Renci.SshNet.SshClient.0.0.1":                  {"SSH.NET", "0.0.1"},
		"SSH-2.0-russh_0.37.1":                                  {"russh", "0.37.1"},
		"SSH-2.0-1.36 FlowSsh: Bitvise SSH Client (Tunnelier)":  {"Bitvise", "1.36"},
		"SSH-2.0-Cyberduck/6.7.1.28683 (Mac OS X/10.13.6) (x86": {"Cyberduck", "6.7.1.28683"},
		"SSH-2.0-wolfSSHv1.4.12":                                {"wolfSSH", "1.4.12"},
		"SSH-2.0-unheard_of":                                    {"", ""},
		"GET / HTTP/1.1":                                        {"", ""},
	} {
		if family, version := sshfp.Client(line); family != want[0] || version != want[1] {
			t.Errorf("%s is %q %q, want %q", line, family, version, want)
		}
	}
}
