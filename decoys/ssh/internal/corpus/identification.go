package corpus

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/decnet/decnet/decoys/decoytest/twin"
)

// Dialogues is the whole corpus.
func Dialogues() []twin.Dialogue {
	return slices.Concat(identifications(), firstPackets(), messageTypes(), kexInits(), kexOrders(), kexValues(), handshakes(), services(), auths(), encrypted(), sessions(), channels())
}

// talk sends one thing after the banner and hears what comes of it.
func talk(name string, segments ...[]byte) twin.Dialogue {
	return twin.Dialogue{Name: name, Steps: []twin.Step{twin.Await(), twin.Send(segments...)}}
}

// lines are identification lines, each sent after the banner.
var lines = map[string]string{
	"openssh": "SSH-2.0-OpenSSH_9.2p1\r\n", "lf only": "SSH-2.0-OpenSSH_9.2p1\n", "cr only": "SSH-2.0-OpenSSH_9.2p1\r", "two cr": "SSH-2.0-x\r\r\n",
	"cr inside": "SSH-2.0-a\rb\r\n", "comment": "SSH-2.0-OpenSSH_9.2p1 a comment\r\n", "no software": "SSH-2.0-\r\n", "no last dash": "SSH-2.0\r\n",
	"no version": "SSH-\r\n", "only ssh": "SSH\r\n", "empty": "\r\n", "lf": "\n", "lower case": "ssh-2.0-x\r\n", "leading space": " SSH-2.0-x\r\n",
	"trailing space": "SSH-2.0-x \r\n", "tab": "SSH-2.0-a\tb\r\n", "ssh 1.0": "SSH-1.0-x\r\n", "ssh 1.3": "SSH-1.3-x\r\n", "ssh 1.5": "SSH-1.5-OpenSSH_3.4\r\n",
	"ssh 1.99": "SSH-1.99-OpenSSH_3.4\r\n", "ssh 1.100": "SSH-1.100-x\r\n", "ssh 2.1": "SSH-2.1-x\r\n", "ssh 2.99": "SSH-2.99-x\r\n", "ssh 3.0": "SSH-3.0-x\r\n",
	"ssh 0.0": "SSH-0.0-x\r\n", "ssh 1337": "SSH-1337-OpenSSH_9.0\r\n", "ssh -2": "SSH--2.0-x\r\n", "ssh +2": "SSH-+2.0-x\r\n", "ssh 2.-1": "SSH-2.-1-x\r\n",
	"ssh 02.00": "SSH-02.00-x\r\n", "ssh 2.0.1": "SSH-2.0.1-x\r\n", "ssh huge": "SSH-99999999999.0-x\r\n", "ssh wraps to two": "SSH-4294967298.0-x\r\n",
	"ssh two spaces": "SSH- 2. 0-x\r\n", "ssh letters": "SSH-a.b-x\r\n", "nul first": "\x00SSH-2.0-x\r\n", "nul inside": "SSH-2.0-a\x00b\r\n", "nul last": "SSH-2.0-x\x00\r\n",
	"high bytes": "SSH-2.0-\xff\xfe\xfd\r\n", "utf8": "SSH-2.0-é\r\n", "control bytes": "SSH-2.0-\x01\x02\x1b[31m\r\n", "percent": "SSH-2.0-%s%n%x\r\n",
	"banner of another": "220 ftp ready\r\n", "http get": "GET / HTTP/1.0\r\n\r\n", "http 1.1": "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "http options": "OPTIONS / HTTP/1.0\r\n\r\n",
	"smtp": "EHLO x\r\n", "rdp cookie": "\x03\x00\x00\x2a\x26\xe0\x00\x00\x00\x00\x00Cookie: mstshash=user\r\n\x01\x00\x08\x00\x03\x00\x00\x00",
	"tls hello": "\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03" + strings.Repeat("\x5a", 150) + "\r\n", "socks5": "\x05\x01\x00", "smb": "\x00\x00\x00\x54\xffSMB\x72\x00\x00\x00\x00",
	"redis": "*1\r\n$4\r\nPING\r\n", "help": "help\r\n", "rtsp": "OPTIONS / RTSP/1.0\r\n\r\n", "sip": "OPTIONS sip:nm SIP/2.0\r\n\r\n", "java rmi": "JRMI\x00\x02K", "telnet": "\xff\xfb\x1f\xff\xfd\x18root\r\n",
	"putty": "SSH-2.0-PuTTY_Release_0.70\r\n", "old putty": "SSH-2.0-PuTTY_Local:_Feb__1_2004\r\n", "libssh": "SSH-2.0-libssh_0.9.6\r\n", "go": "SSH-2.0-Go\r\n", "paramiko": "SSH-2.0-paramiko_3.0.0\r\n",
	"probe of openssh": "SSH-2.0-OpenSSH_Probe_1\r\n", "old openssh": "SSH-2.0-OpenSSH_2.3.0\r\n", "scanner": "SSH-2.0-SSH_Version_Mapper\r\n", "scanner openssh": "SSH-1.0-SSH_Version_Mapper\r\n",
	"dropbear": "SSH-2.0-dropbear_2022.83\r\n", "winscp": "SSH-2.0-WinSCP_release_5.17.8\r\n", "cisco": "SSH-2.0-Cisco-1.25\r\n", "sshlib": "SSH-2.0-SSHLIB 1.2\r\n", "3.0 client": "SSH-2.0-3.0 SecureCRT\r\n",
}

func identifications() []twin.Dialogue {
	var all []twin.Dialogue
	for _, name := range sortedKeys(lines) {
		all = append(all, talk("identification/"+name, []byte(lines[name])))
	}
	for _, n := range []int{252, 253, 254, 255, 256, 257, 1024, 8182, 8183, 8184, 8185, 8190, 8191, 8192, 8193, 16384} {
		all = append(all, talk(fmt.Sprintf("identification/ssh line of %d", n), append(append([]byte("SSH-2.0-"), repeat("A", n-10)...), "\r\n"...)))
	}
	for _, n := range []int{300, 8191, 8192, 8193, 20000} {
		all = append(all, talk(fmt.Sprintf("identification/other line of %d", n), append(repeat("A", n-2), "\r\n"...)))
		all = append(all, talk(fmt.Sprintf("identification/%d bytes without end", n), repeat("A", n)))
	}
	for _, n := range []int{1, 2, 10, 100, 1023, 1024, 1025, 2000} {
		all = append(all, talk(fmt.Sprintf("identification/after %d lines", n), append(repeat("hello\r\n", n), ident...)))
	}
	whole := []byte(ident)
	all = append(all,
		talk("identification/byte by byte", bytewise(whole)...),
		talk("identification/in two segments", whole[:9], whole[9:]),
		talk("identification/cr and lf apart", whole[:len(whole)-1], whole[len(whole)-1:]),
		talk("identification/with kexinit", append([]byte(ident), packet(usual().payload())...)),
		talk("identification/with half a kexinit", append([]byte(ident), packet(usual().payload())[:40]...)),
		talk("identification/with kexinit and more", append(append([]byte(ident), packet(usual().payload())...), packet(message(msgIgnore, "x"))...)),
		talk("identification/refused with more", append([]byte("SSH-1.5-x\r\n"), repeat("x", 2000)...)),
		talk("identification/invalid with more", append([]byte("HELLO\r\n"), repeat("x", 2000)...)),
		talk("identification/twice", []byte(ident+ident)),
		twin.Dialogue{Name: "identification/client first", Steps: []twin.Step{twin.Send(whole)}},
		twin.Dialogue{Name: "identification/client first with kexinit", Steps: []twin.Step{twin.Send(append(whole, packet(usual().payload())...))}},
		twin.Dialogue{Name: "identification/silence", Steps: []twin.Step{twin.Await()}, Runs: 15},
		twin.Dialogue{Name: "identification/half close", Steps: []twin.Step{twin.Await(), twin.HalfClose()}},
		twin.Dialogue{Name: "identification/half a line and half close", Steps: []twin.Step{twin.Await(), twin.Send([]byte("SSH-2.0-x")), twin.HalfClose()}},
		twin.Dialogue{Name: "identification/line and half close", Steps: []twin.Step{twin.Await(), twin.Send(whole), twin.Await(), twin.HalfClose()}},
		twin.Dialogue{Name: "identification/invalid and half close", Steps: []twin.Step{twin.Await(), twin.Send([]byte("x\r\n")), twin.HalfClose()}},
		twin.Dialogue{Name: "identification/half a line and a pause", Steps: []twin.Step{twin.Await(), twin.Send(whole[:5]), twin.Pause(200 * time.Millisecond), twin.Send(whole[5:])}},
	)
	return all
}

func bytewise(b []byte) [][]byte {
	var out [][]byte
	for i := range b {
		out = append(out, b[i:i+1])
	}
	return out
}
