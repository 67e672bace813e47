package ssh

import (
	"bytes"
	"strings"
	"testing"
)

// exchange is a client that says data and hears what is written.
type exchange struct {
	in  *bytes.Reader
	out bytes.Buffer
}

func (e *exchange) Read(p []byte) (int, error)  { return e.in.Read(p) }
func (e *exchange) Write(p []byte) (int, error) { return e.out.Write(p) }

func FuzzIdentification(f *testing.F) {
	for _, seed := range []string{
		"SSH-2.0-OpenSSH_9.6\r\n", "SSH-1.99-x\n", "SSH-1337-x\r\n", "SSH-+2. 0-x y\n", "SSH--2.0-x\n", "SSH-2.0-\x00", "SSH-2.0-a\rb\n", "\n", "SSH-99999999999.0-x\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e := &exchange{in: bytes.NewReader(data)}
		line, refusal, err := exchangeIdentification(e, "SSH-2.0-x")
		said := strings.TrimPrefix(e.out.String(), "SSH-2.0-x\r\n")
		if err == nil && (said != "") != (refusal != "") || len(line) > maxIdentification || strings.ContainsAny(line, "\n\x00") {
			t.Errorf("line %.100q, refusal %q, said %q, %v", line, refusal, said, err)
		}
		if err == nil && refusal == "" && !strings.HasPrefix(line, "SSH-") {
			t.Errorf("accepted %q", line)
		}
	})
}

func TestDerivedRSAKeyIsOneForASeed(t *testing.T) {
	a, err := deriveRSA(bytes.Repeat([]byte{1}, 32), 1024)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := deriveRSA(bytes.Repeat([]byte{1}, 32), 1024)
	c, _ := deriveRSA(bytes.Repeat([]byte{2}, 32), 1024)
	if !a.Equal(b) || a.Equal(c) || a.N.BitLen() != 1024 {
		t.Errorf("have %d bits", a.N.BitLen())
	}
}
