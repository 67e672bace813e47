package registry_test

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	xssh "golang.org/x/crypto/ssh"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/handover"
	"github.com/decnet/decnet/decoys/host"
	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/decnet"
)

// nowhere is where the events of this test go.
type nowhere struct{ io.Writer }

func (nowhere) Close() error { return nil }

// What somebody left by SSH is there by Telnet, and the password is the same.
func TestOneWorldBehindAllServices(t *testing.T) {
	w := decoy.NewEventWriter()
	if err := w.Swap(nowhere{io.Discard}); err != nil {
		t.Fatal(err)
	}
	h := host.New(registry.All(), w)
	t.Cleanup(func() { _ = h.Close() })
	d := decoytest.NewDecky(decoytest.Options{OS: "alpine"}, "ssh")
	d.Services = append(d.Services, decnet.ServiceRequest{Slug: "telnet"})
	sshFile, sshAddr := decoytest.Listen(t)
	telnetFile, telnetAddr := decoytest.Listen(t)
	err := h.Start(d, []handover.Listener{
		{Service: "ssh", Transport: decnet.TCP, File: sshFile}, {Service: "telnet", Transport: decnet.TCP, File: telnetFile},
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := xssh.Dial("tcp", sshAddr, &xssh.ClientConfig{
		User: "root", Auth: []xssh.AuthMethod{xssh.Password("s3cret")}, Timeout: 20 * time.Second,
		HostKeyCallback: func(string, net.Addr, xssh.PublicKey) error { return nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := s.CombinedOutput("echo left-behind > /dev/shm/.x"); err != nil {
		t.Fatalf("%s: %v", out, err)
	}

	conn, err := net.Dial("tcp", telnetAddr)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
	in := bufio.NewReader(conn)
	shown := ""
	until := func(text string) {
		for !strings.HasSuffix(shown, text) {
			b, err := in.ReadByte()
			if err != nil {
				t.Fatalf("no %q in %q: %v", text, shown, err)
			}
			shown += string(rune(b))
		}
		shown = ""
	}
	for _, step := range [][2]string{{"login: ", "root"}, {"Password: ", "s3cret"}, {"# ", "cat /dev/shm/.x"}, {"left-behind\r\n", "exit"}} {
		until(step[0])
		if _, err := io.WriteString(conn, step[1]+"\r\n"); err != nil {
			t.Fatal(err)
		}
	}
}
