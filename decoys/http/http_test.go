package http_test

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/http"
	"github.com/decnet/decnet/pkg/decnet"
)

func TestServiceMeetsTheContract(t *testing.T) {
	decoytest.CheckService(t, http.Service(), []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
}

// ask sends raw requests and returns everything that comes back.
func ask(t *testing.T, d *decoytest.Decoy, raw string) string {
	t.Helper()
	c := d.Dial()
	defer func() { _ = c.Close() }()
	if _, err := io.WriteString(c, raw); err != nil {
		t.Fatal(err)
	}
	_ = c.CloseWrite()
	reply, err := io.ReadAll(c)
	if err != nil {
		t.Fatalf("%v after %q", err, reply)
	}
	return string(reply)
}

func TestCredentialsAreCapturedAndNeverAccepted(t *testing.T) {
	form := func(mime, body string) string {
		return fmt.Sprintf("POST /login HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s", mime, len(body), body)
	}
	header := func(value string) string {
		return "GET /admin HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: " + value + "\r\n\r\n"
	}
	digest := `Digest username="a,b", realm="r", nonce="n", uri="/", response="0123"`
	tests := []struct {
		name, request, via, principal, secret string
		kind                                  decnet.SecretKind
		status                                string
	}{
		{"a form", form("application/x-www-form-urlencoded", "user=ro%6ft&passwd=p%26s+s"), "form", "root", "p&s s", decnet.SecretPlaintext, "200"},
		{"a form with odd names", form("x", "user_name=a&pass_word=b"), "form", "a", "b", decnet.SecretPlaintext, "200"},
		{"JSON", form("application/json", `{"email":"a@b","password":"x\u0000y"}`), "json", "a@b", "x\x00y", decnet.SecretPlaintext, "200"},
		{"a query", "GET /?login=a&pw=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "query", "a", "b", decnet.SecretPlaintext, "200"},
		{"Basic", header("Basic " + base64.StdEncoding.EncodeToString([]byte("admin:a:b"))), "basic", "admin", "a:b", decnet.SecretPlaintext, "401"},
		{"Bearer", header("Bearer abc.def"), "bearer", "", "abc.def", decnet.SecretBearer, "401"},
		{"Digest", header(digest), "digest", "a,b", `method="GET", ` + digest[7:], decnet.SecretDigestMD5, "401"},
	}
	for _, name := range []string{"nginx", "apache"} {
		d := start(t, name, decoytest.Options{})
		for i, test := range tests {
			t.Run(name+" "+test.name, func(t *testing.T) {
				if reply := ask(t, d, test.request); !strings.HasPrefix(reply, "HTTP/1.1 "+test.status) {
					t.Errorf("have %.200q", reply)
				}
				e := d.WaitFor(decnet.KindAuthAttempt, i+1)[i]
				c, ok := decnet.CredentialOf(&e)
				raw, err := base64.StdEncoding.DecodeString(c.SecretB64)
				if !ok || err != nil || c.Principal != test.principal || string(raw) != test.secret || c.Kind != test.kind || c.Accepted {
					t.Errorf("have %+v", c)
				}
				if e.Fields["via"] != test.via {
					t.Errorf("have via %q", e.Fields["via"])
				}
			})
		}
	}
}

func TestRequestEventSaysWhatWasAsked(t *testing.T) {
	d := start(t, "nginx", decoytest.Options{})
	body := strings.Repeat("A", 20<<10) + "\x00"
	ask(t, d, "POST /a/../b%20c?x=1&y HTTP/1.1\r\nHost: example.com\r\nUser-Agent: probe/1\r\nX-One: 1\r\nx-one: 2\r\n"+
		fmt.Sprintf("Content-Length: %d\r\nConnection: close\r\n\r\n%s", len(body), body))
	e := d.WaitFor(decnet.KindRequest, 1)[0]
	for name, want := range map[string]string{
		"method": "POST", "path": "/a/../b%20c", "query": "x=1&y", "version": "HTTP/1.1", "host": "example.com", "user_agent": "probe/1",
		"status": "404", "body_bytes": "20481", "line": "",
	} {
		if e.Fields[name] != want {
			t.Errorf("%s is %q, want %q", name, e.Fields[name], want)
		}
	}
	var headers [][2]string
	if err := json.Unmarshal([]byte(e.Fields["headers"]), &headers); err != nil || len(headers) != 6 || headers[3] != [2]string{"x-one", "2"} {
		t.Errorf("headers are %q: %v", e.Fields["headers"], err)
	}
	have := []byte(e.Fields["body"])
	for _, part := range d.WaitFor("request_body", 3) {
		raw, err := base64.StdEncoding.DecodeString(part.Fields["body_b64"])
		if err != nil || part.Fields["offset"] != fmt.Sprint(len(have)) || part.Session != e.Session {
			t.Errorf("have part %v: %v", part.Fields, err)
		}
		have = append(have, raw...)
	}
	if string(have) != body {
		t.Errorf("the captured body has %d bytes, want %d", len(have), len(body))
	}
}

func TestMalformedRequestIsKept(t *testing.T) {
	d := start(t, "apache", decoytest.Options{})
	ask(t, d, "GET / HTTP/1337\r\n\r\n")
	if e := d.WaitFor(decnet.KindRequest, 1)[0]; e.Fields["line"] != "GET / HTTP/1337" || e.Fields["status"] != "400" {
		t.Errorf("have %v", e.Fields)
	}
}

func TestPipelinedRequestsAreAnsweredInOrder(t *testing.T) {
	for _, name := range []string{"nginx", "apache"} {
		d := start(t, name, decoytest.Options{})
		reply := ask(t, d, "GET /1 HTTP/1.1\r\nHost: x\r\n\r\nPOST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"+
			"4;x=y\r\nuser\r\n9\r\n=a&pass=b\r\n0\r\nTrailer: t\r\n\r\nHEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		codes := regexp.MustCompile(`HTTP/1\.1 (\d+)`).FindAllString(reply, -1)
		if want := []string{"HTTP/1.1 404", "HTTP/1.1 200", "HTTP/1.1 200"}; !slices.Equal(codes, want) {
			t.Errorf("%s: have %v", name, codes)
		}
		if c, _ := decnet.CredentialOf(&d.WaitFor(decnet.KindAuthAttempt, 1)[0]); c.Principal != "a" || c.Secret != "b" {
			t.Errorf("%s: have %+v", name, c)
		}
	}
}

func TestPageIsStableAndUnlikeAnother(t *testing.T) {
	page := func(seed string) (etag, body string) {
		d := decoytest.Start(t, http.Service(), decoytest.Options{Seed: seed})
		head, body, _ := strings.Cut(ask(t, d, "GET / HTTP/1.0\r\n\r\n"), "\r\n\r\n")
		for line := range strings.SplitSeq(head, "\r\n") {
			if v, ok := strings.CutPrefix(line, "ETag: "); ok {
				etag = v
			}
		}
		return etag, body
	}
	seen := map[string]string{}
	for i := range 12 {
		seed := fmt.Sprintf("%064x", i)
		etag, body := page(seed)
		again, bodyAgain := page(seed)
		// A decky is made a little later the second time, so its times differ
		// by that; what matters is the page.
		if body != bodyAgain || etag == "" || again == "" {
			t.Errorf("one machine serves two pages: %s and %s", etag, again)
		}
		if other, ok := seen[body]; ok {
			t.Errorf("machines %s and %s serve the same page", other, seed)
		}
		seen[body] = seed
		if !strings.Contains(body, `type="password"`) {
			t.Errorf("no login: %s", body)
		}
	}
}

func TestNothingBehindTheLogin(t *testing.T) {
	d := start(t, "nginx", decoytest.Options{})
	for _, path := range []string{
		"/../../etc/passwd", "/cgi-bin/test.cgi", "/index.php?x=updatexml(1,md5(1),1)", "/.env", "/.git/config", "/wp-login.php", "/login.php?f=../../../../etc/passwd",
	} {
		reply := ask(t, d, "GET "+path+" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
		if !strings.HasPrefix(reply, "HTTP/1.1 4") || strings.Contains(reply, "root:") {
			t.Errorf("%s: have %.200q", path, reply)
		}
	}
}

func TestCurl(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("curl is not installed")
	}
	for _, name := range []string{"nginx", "apache"} {
		d := start(t, name, decoytest.Options{})
		url := "http://" + d.Addr
		for _, args := range [][]string{
			{"-sS", url + "/"},
			{"-sS", "--compressed", url + "/", url + "/login"},
			{"-sSI", url + "/"},
			{"-sS", "-d", "username=a&password=b", url + "/login"},
			{"-sS", "-T", os.Args[0], "-o", os.DevNull, url + "/up"},
			{"-sS", "-u", "a:b", url + "/admin"},
			{"-sS", "-H", "Transfer-Encoding: chunked", "-d", "a=b", url + "/login"},
			{"-sS", "--http1.0", url + "/login"},
		} {
			out, err := exec.CommandContext(t.Context(), curl, args...).CombinedOutput()
			// Uploading this program is refused while it is under way, which
			// curl may see as an error.
			if err != nil && args[1] != "-T" {
				t.Errorf("%s: curl %v: %v: %s", name, args, err, out)
			}
		}
		if n := len(d.Kind(decnet.KindAuthAttempt)); n != 2 {
			t.Errorf("%s: have %d credentials, want 2", name, n)
		}
	}
}

func TestBodyThatNeverComes(t *testing.T) {
	d := start(t, "apache", decoytest.Options{Limits: decoy.Limits{Idle: 300 * time.Millisecond}})
	c := d.Dial()
	_, _ = io.WriteString(c, "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nuser=a&pass=b")
	if _, err := bufio.NewReader(c).ReadByte(); err != io.EOF {
		t.Errorf("have %v, want the connection closed", err)
	}
	if e := d.WaitFor(decnet.KindRequest, 1)[0]; e.Fields["status"] != "0" || e.Fields["body"] != "user=a&pass=b" {
		t.Errorf("have %v", e.Fields)
	}
	d.WaitFor(decnet.KindAuthAttempt, 1)
}

func FuzzServe(f *testing.F) {
	for _, seed := range []string{
		"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\n\r\nuser=a&pass=b",
		"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;a\r\nabc\r\n0\r\n\r\n", "GET /%2e%2e/a?b#c HTTP/1.0\r\n\r\n",
		"GET http://a/b HTTP/1.1\r\nHost: [::1]:80\r\nRange: bytes=1-2\r\nAuthorization: Digest a=\"b\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: x\r\n folded\r\nAccept-Encoding: gzip;q=0\r\nIf-None-Match: *\r\n\r\n", "GET /\r\n",
	} {
		f.Add([]byte(seed), true)
		f.Add([]byte(seed), false)
	}
	f.Fuzz(func(t *testing.T, data []byte, apache bool) {
		for _, reply := range http.Converse(apache, data) {
			if len(reply) > 0 && !bytes.HasPrefix(reply, []byte("HTTP/1.1 ")) && !bytes.HasPrefix(reply, []byte("<!DOCTYPE")) &&
				!bytes.HasPrefix(reply, []byte("<html>")) {
				t.Errorf("have %.100q", reply)
			}
		}
	})
}
