package ssh_test

import (
	"encoding/binary"
	"testing"

	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/ssh"
)

// The client of the example in HASSH's README is on record with the value that is published there.
func TestHASSHIsThePublishedOne(t *testing.T) {
	const (
		kex = "curve25519-sha256@libssh.org,diffie-hellman-group-exchange-sha256,ecdh-sha2-nistp521,ecdh-sha2-nistp384,ecdh-sha2-nistp256," +
			"diffie-hellman-group-exchange-sha1,diffie-hellman-group1-sha1,diffie-hellman-group14-sha1,diffie-hellman-group14-sha256," +
			"diffie-hellman-group15-sha512,diffie-hellman-group16-sha512,diffie-hellman-group17-sha512,diffie-hellman-group18-sha512," +
			"diffie-hellman-group14-sha256@ssh.com,diffie-hellman-group15-sha256,diffie-hellman-group15-sha256@ssh.com," +
			"diffie-hellman-group15-sha384@ssh.com,diffie-hellman-group16-sha256,diffie-hellman-group16-sha384@ssh.com," +
			"diffie-hellman-group16-sha512@ssh.com,diffie-hellman-group18-sha512@ssh.com"
		ciphers = "aes128-cbc,aes128-ctr,aes192-cbc,aes192-ctr,aes256-cbc,aes256-ctr,blowfish-cbc,blowfish-ctr,cast128-cbc,cast128-ctr," +
			"idea-cbc,idea-ctr,serpent128-cbc,serpent128-ctr,serpent192-cbc,serpent192-ctr,serpent256-cbc,serpent256-ctr,3des-cbc,3des-ctr," +
			"twofish128-cbc,twofish128-ctr,twofish192-cbc,twofish192-ctr,twofish256-cbc,twofish256-ctr,twofish-cbc,arcfour,arcfour128,arcfour256"
		macs, compressions = "hmac-sha1,hmac-sha1-96,hmac-md5,hmac-md5-96,hmac-sha2-256,hmac-sha2-512", "zlib@openssh.com,zlib,none"
	)
	payload := append([]byte{20}, make([]byte, 16)...)
	for _, list := range []string{kex, "ssh-rsa", ciphers, "aes128-ctr", macs, "hmac-sha1", compressions, "none", "", ""} {
		payload = append(binary.BigEndian.AppendUint32(payload, uint32(len(list))), list...)
	}
	payload = append(payload, 0, 0, 0, 0, 0)
	padding := 16 - (5+len(payload))%8
	packet := binary.BigEndian.AppendUint32([]byte("SSH-2.0-Cyberduck/6.7.1.28683 (Mac OS X/10.13.6) (x86_64)\r\n"), uint32(1+len(payload)+padding))
	packet = append(append(append(packet, byte(padding)), payload...), make([]byte, padding)...)

	d := decoytest.Start(t, ssh.Service(), decoytest.Options{})
	conn := d.Dial()
	if _, err := conn.Write(packet); err != nil {
		t.Fatal(err)
	}
	if e := d.WaitFor("key_exchange", 1)[0]; e.Fields["hassh"] != "8a8ae540028bf433cd68356c1b9e8d5b" || e.Fields["ciphers"] != ciphers {
		t.Errorf("have %v", e.Fields)
	}
}
