package httpfp_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/fingerprinttest"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/httpfp"
)

// tool runs a program that is to be there. In CI it is.
func tool(t *testing.T, name string, args ...string) {
	t.Helper()
	path := fingerprinttest.Tool(t, name)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if out, err := exec.CommandContext(ctx, path, args...).CombinedOutput(); err != nil {
		t.Logf("%s: %v: %s", name, err, out)
	}
}

// listen writes down what clients send first and answers with a page. It returns its address and
// a function that ends it and returns what came.
func listen(t *testing.T) (address string, heads func() [][]byte) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var all [][]byte
	var conns sync.WaitGroup
	conns.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns.Go(func() {
				defer func() { _ = c.Close() }()
				_ = c.SetDeadline(time.Now().Add(20 * time.Second))
				var b []byte
				for buf := make([]byte, 4096); len(b) < 1<<16; {
					n, err := c.Read(buf)
					b = append(b, buf[:n]...)
					_, err2 := httpfp.ParseHTTP2(b)
					if err != nil || err2 == nil || errors.Is(err2, httpfp.ErrNotHTTP2) && bytes.Contains(b, []byte("\r\n\r\n")) {
						break
					}
				}
				mu.Lock()
				all = append(all, b)
				mu.Unlock()
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 20\r\nConnection: close\r\n\r\n<img src=/image.png>")
			})
		}
	})
	return l.Addr().String(), func() [][]byte {
		_ = l.Close()
		conns.Wait()
		return all
	}
}

// Programs are told apart, and each is itself whatever it asks for.
func TestClients(t *testing.T) {
	get := func(url string) {
		client := http.Client{Transport: &http.Transport{}}
		for range 2 {
			if r, err := client.Get(url); err == nil {
				_ = r.Body.Close()
			}
		}
		client.CloseIdleConnections()
	}
	clients := map[string]func(url string){
		"Go": get,
		"curl": func(url string) {
			tool(t, "curl", "-s", url)
			tool(t, "curl", "-s", "-d", "a=b", "-b", "c=d", url+"?x")
		},
		"urllib": func(url string) {
			tool(t, "/usr/bin/python3", "-c", "import urllib.request as u, sys; [u.urlopen(sys.argv[1] + p).read() for p in ('', 'y')]", url)
		},
		"requests": func(url string) {
			tool(t, "/usr/bin/python3", "-c", "import requests as r, sys; r.get(sys.argv[1]); r.post(sys.argv[1] + 'z', data='a=b')", url)
		},
		"nmap": func(url string) {
			_, port, _ := strings.Cut(strings.TrimSuffix(url[len("http://"):], "/"), ":")
			tool(t, "nmap", "-Pn", "-n", "-sT", "-p", port, "--script", "+http-title,+http-robots.txt", "127.0.0.1")
		},
		"Chromium": func(url string) {
			tool(t, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+t.TempDir(), "--dump-dom", url)
		},
	}
	whose := map[string]string{}
	for name, use := range clients {
		address, heads := listen(t)
		use("http://" + address + "/")
		var seen []string
		for _, head := range heads() {
			r, err := httpfp.ParseRequest(head)
			if err != nil {
				continue // nmap looks whether a port is open, Chromium opens one ahead
			}
			if f := r.Fingerprint(); !slices.Contains(seen, f) {
				seen = append(seen, f)
				t.Logf("%s is %s: %q", name, f, r.Text())
			}
		}
		if len(seen) != 1 {
			t.Errorf("%s has %d fingerprints", name, len(seen))
		}
		for _, f := range seen {
			if other, ok := whose[f]; ok {
				t.Errorf("%s and %s are both %s", name, other, f)
			}
			whose[f] = name
		}
	}
}

func TestClientsOfHTTP2(t *testing.T) {
	for name, test := range map[string]struct {
		use  func(url string)
		want string
	}{
		"curl": {
			func(url string) { tool(t, "curl", "-s", "-m", "5", "--http2-prior-knowledge", url) },
			"3:100;4:33554432;2:0|33488897|0|m,p,s,a",
		},
		"Go": {
			func(url string) {
				var protocols http.Protocols
				protocols.SetUnencryptedHTTP2(true)
				client := http.Client{Transport: &http.Transport{Protocols: &protocols}, Timeout: 5 * time.Second}
				if r, err := client.Get(url); err == nil {
					_ = r.Body.Close()
				}
				client.CloseIdleConnections()
			},
			"2:0;4:4194304;5:16384;6:10485760|1073741824|0|a,m,p,s",
		},
	} {
		address, heads := listen(t)
		test.use("http://" + address + "/")
		all := heads()
		if len(all) == 0 {
			t.Errorf("%s did not come", name)
			continue
		}
		if h, err := httpfp.ParseHTTP2(all[0]); err != nil || h.String() != test.want {
			t.Errorf("%s is %v, %v, want %s", name, h, err, test.want)
		}
	}
}
