package http_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/http"
)

// A probe is a request, mostly a broken one, with what nginx 1.22.1-9+deb12u11
// and Apache 2.4.71-1~deb12u1 of Debian, with their default sites, answered to it
// when the file was recorded.
type probe struct {
	Name, Request string
	Nginx, Apache reaction
}

type reaction struct {
	// End is how the connection was one second later: eof or timeout.
	End string
	// Bare answers have no header, as in HTTP/0.9.
	Bare    bool
	Answers []answer
}

type answer struct {
	Line    string
	Headers []string
	Body    string
}

func probes(t *testing.T) []probe {
	t.Helper()
	raw, err := os.ReadFile("testdata/genuine.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []probe
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	repeated := regexp.MustCompile(`\{\{(.)\*(\d+)\}\}`)
	for i := range all {
		all[i].Request = repeated.ReplaceAllStringFunc(all[i].Request, func(m string) string {
			parts := repeated.FindStringSubmatch(m)
			n, _ := strconv.Atoi(parts[2])
			return strings.Repeat(parts[1], n)
		})
	}
	return all
}

// start serves the web server of the given name on a Debian 12 machine.
func start(t *testing.T, name string, o decoytest.Options) *decoytest.Decoy {
	t.Helper()
	for seed := range 100 {
		o.Seed = fmt.Sprintf("%064x", seed)
		d := decoytest.Start(t, http.Service(), o)
		if d.Persona.WebServer.Name == name {
			return d
		}
		d.Stop()
	}
	t.Fatalf("no machine runs %s", name)
	return nil
}

func TestAnswersAsTheGenuineServers(t *testing.T) {
	for _, name := range []string{"nginx", "apache"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := start(t, name, decoytest.Options{})
			for _, p := range probes(t) {
				want := p.Nginx
				if name == "apache" {
					want = p.Apache
				}
				t.Run(p.Name, func(t *testing.T) {
					t.Parallel()
					if diff := cmp.Diff(want, react(t, d, p.Request), cmpopts.EquateEmpty()); diff != "" {
						t.Errorf("%.200q (-genuine +ours):\n%s", p.Request, diff)
					}
				})
			}
		})
	}
}

// react sends a request and notes what comes within a second.
func react(t *testing.T, d *decoytest.Decoy, request string) reaction {
	t.Helper()
	c := d.Dial()
	defer func() { _ = c.Close() }()
	raw := make([]byte, 0, len(request))
	for _, r := range request { // the file holds bytes as Latin-1
		raw = append(raw, byte(r))
	}
	if _, err := c.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := c.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	out := reaction{End: "timeout"}
	if _, err := io.Copy(&got, c); err == nil {
		out.End = "eof"
	}
	rest := got.String()
	out.Bare = rest != "" && !strings.HasPrefix(rest, "HTTP/")
	for strings.HasPrefix(rest, "HTTP/") {
		var a answer
		a, rest = cutAnswer(rest, d.Persona.WebServer.Header)
		out.Answers = append(out.Answers, a)
	}
	return out
}

func cutAnswer(s, token string) (answer, string) {
	head, rest, _ := strings.Cut(s, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	a := answer{Line: lines[0]}
	length, encoded := -1, false
	for _, h := range lines[1:] {
		name, value, _ := strings.Cut(h, ": ")
		switch name {
		case "Content-Length":
			length, _ = strconv.Atoi(value)
			value = "*"
		case "Date", "ETag", "Last-Modified", "Content-Range":
			value = "*"
		case "Content-Encoding", "Transfer-Encoding":
			encoded = true
		}
		a.Headers = append(a.Headers, name+": "+strings.ReplaceAll(value, token, "TOKEN"))
	}
	if strings.Contains(a.Line, " 100 ") {
		return a, rest
	}
	body := rest
	if rest = ""; length >= 0 && length <= len(body) {
		body, rest = body[:length], body[length:]
	}
	if a.Line[9] >= '4' && !encoded {
		a.Body = strings.ReplaceAll(body, token, "TOKEN")
	}
	return a, rest
}
