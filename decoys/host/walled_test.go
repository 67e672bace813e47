package host_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	xssh "golang.org/x/crypto/ssh"

	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/handover"
	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/decnet"
)

// serve starts a decky with one service and returns its address.
func (p *process) serve(t testing.TB, name, service string) string {
	t.Helper()
	d := decoytest.NewDecky(decoytest.Options{}, service)
	d.Name = name
	f, addr := decoytest.Listen(t)
	defer func() { _ = f.Close() }()
	if err := p.Start(t.Context(), d, []handover.Listener{{Service: service, Transport: decnet.TCP, File: f}}); err != nil {
		t.Fatalf("%v; %s", err, p.stderr.String())
	}
	return addr
}

// Of the real decoys none needs a system call that the sandbox refuses; the
// process says so if it does.
func TestDecoysStayInsideTheirWalls(t *testing.T) {
	p := startProcess(t)
	if err := p.Spool(t.Context(), spool(t, t.TempDir(), "1"), ""); err != nil {
		t.Fatalf("%v; %s", err, p.stderr.String())
	}
	use := map[string]func(*testing.T, string){"ssh": useSSH, "http": useHTTP}
	for _, slug := range registry.All().Slugs() {
		addr := p.serve(t, "decky-"+slug, slug)
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				if u := use[slug]; u != nil {
					u(t, addr)
					return
				}
				firstLine(t, addr) // a service that this test does not know yet
			})
		}
		group.Wait()
	}
	if n := p.watcher.Attempts(); n != 0 {
		t.Errorf("%d system calls were refused", n)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if err := p.wait(); err != nil || p.stderr.Len() > 0 {
		t.Errorf("%v; %s", err, p.stderr.String())
	}
}

func useSSH(t *testing.T, addr string) {
	config := &xssh.ClientConfig{
		User: "root", Auth: []xssh.AuthMethod{xssh.Password("toor")}, HostKeyCallback: xssh.InsecureIgnoreHostKey(), Timeout: 30 * time.Second,
	}
	client, err := xssh.Dial("tcp", addr, config)
	if err != nil {
		t.Error(err)
		return
	}
	defer func() { _ = client.Close() }()
	for _, command := range []string{
		"date; uptime; uname -a; id; ps aux; ls -la / /etc /tmp; cat /etc/passwd /proc/cpuinfo /etc/localtime | wc; df -h; free; w; last",
		"cd /tmp && echo x > x && cat x && chmod +x x && ./x; grep -r root /etc; find / -name shadow; base64 /bin/ls | head; sleep 0.1",
		"ifconfig; ip a; netstat -an; ss -l; hostname; env; history; crontab -l; which python3; $(which sh) -c 'for i in 1 2 3; do echo $i; done'",
	} {
		session, err := client.NewSession()
		if err != nil {
			t.Error(err)
			return
		}
		out, _ := session.CombinedOutput(command) // some of these fail as they should
		if len(out) == 0 {
			t.Errorf("%s: no output", command)
		}
		_ = session.Close()
	}
}

func useHTTP(t *testing.T, addr string) {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 30 * time.Second}
	for _, path := range []string{"/", "/index.html", "/robots.txt", "/admin", "/.env", "/a/../b", "/%00"} {
		if err := get(&client, "http://"+addr+path); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
	res, err := client.Post("http://"+addr+"/login", "application/x-www-form-urlencoded", strings.NewReader("user=a&password="+strings.Repeat("b", 1<<16)))
	if err != nil {
		t.Error(err)
		return
	}
	_ = res.Body.Close()
}

func get(client *http.Client, url string) error {
	res, err := client.Get(url)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	return err
}

// BenchmarkWalls compares the HTTP decoy inside of the sandbox with the same
// outside, in turns, so that what else the machine does weighs on both.
func BenchmarkWalls(b *testing.B) {
	dir, err := os.Getwd()
	if err != nil {
		b.Fatal(err)
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {
		filepath.Join(filepath.Dir(dir), "sandbox", "enter_linux.go"): filepath.Join(dir, "testdata", "unwalled", "enter_linux.go"),
	}})
	if err != nil {
		b.Fatal(err)
	}
	file := filepath.Join(b.TempDir(), "overlay.json")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		b.Fatal(err)
	}
	var addrs [2]string
	for i, p := range []*process{startProcess(b), startProcess(b, "-overlay", file)} {
		if err := p.Spool(b.Context(), spool(b, b.TempDir(), "1"), ""); err != nil {
			b.Fatalf("%v; %s", err, p.stderr.String())
		}
		addrs[i] = p.serve(b, "decky-01", "http")
	}
	for _, kept := range []bool{true, false} {
		b.Run(fmt.Sprintf("connection kept %v", kept), func(b *testing.B) { compare(b, addrs, kept) })
	}
}

func compare(b *testing.B, addrs [2]string, kept bool) {
	const batch, peers = 400, 8
	var took [2]time.Duration
	var client [2]http.Client
	for i := range client {
		client[i].Transport = &http.Transport{DisableKeepAlives: !kept, MaxIdleConnsPerHost: peers, DialContext: (&net.Dialer{}).DialContext}
	}
	for b.Loop() {
		for i := range addrs {
			begin := time.Now()
			var group sync.WaitGroup
			for range peers {
				group.Go(func() {
					for range batch / peers {
						if err := get(&client[i], "http://"+addrs[i]+"/"); err != nil {
							b.Error(err)
						}
					}
				})
			}
			group.Wait()
			took[i] += time.Since(begin)
		}
	}
	for i := range client {
		client[i].CloseIdleConnections()
	}
	requests := float64(b.N * batch)
	b.ReportMetric(requests/took[0].Seconds(), "inside/s")
	b.ReportMetric(requests/took[1].Seconds(), "outside/s")
	b.ReportMetric(took[0].Seconds()/took[1].Seconds(), "ratio")
	b.ReportMetric(0, "ns/op")
}
