package ssh_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	xssh "golang.org/x/crypto/ssh"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/handover"
	"github.com/decnet/decnet/decoys/host"
	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/decoys/ssh"
	"github.com/decnet/decnet/pkg/decnet"
)

// BenchmarkServer is the other process of the benchmarks: it serves one decky, with its events
// in a file, and answers each line of its input with what it has used so far.
func BenchmarkServer(b *testing.B) {
	switch os.Getenv("DECNET_TEST_BENCH_SERVER") {
	case "library":
		serveLibrary(b)
	case "decky":
		serveDecky(b)
	default:
		b.Skip("is the server of the others")
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if lines.Text() == "gc" {
			runtime.GC()
		}
		var u syscall.Rusage
		_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
		fmt.Println("used", time.Duration(u.Utime.Nano()+u.Stime.Nano()).Microseconds(), resident())
	}
}

// serveLibrary is what a login costs with x/crypto/ssh alone, to compare with.
func serveLibrary(t testing.TB) {
	t.Helper()
	config := &xssh.ServerConfig{PasswordCallback: func(xssh.ConnMetadata, []byte) (*xssh.Permissions, error) { return nil, nil }} //nolint:nilnil // all are let in
	config.AddHostKey(newKey(t, 1))
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				if conn, channels, requests, err := xssh.NewServerConn(c, config); err == nil {
					go xssh.DiscardRequests(requests)
					for n := range channels {
						_ = n.Reject(xssh.Prohibited, "")
					}
					_ = conn.Close()
				}
			}()
		}
	}()
	fmt.Print("\nat ", l.Addr(), "\n")
}

func serveDecky(t testing.TB) {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "events"))
	if err != nil {
		t.Fatal(err)
	}
	w := decoy.NewEventWriter(decoy.Framed())
	if err := w.Swap(out); err != nil {
		t.Fatal(err)
	}
	s := ssh.Service()
	s.Limits.PerSource, s.Limits.PerService = 20000, 20000
	h := host.New(registry.New(s), w)
	t.Cleanup(func() { _ = h.Close() })
	d := decoytest.NewDecky(decoytest.Options{}, "ssh")
	d.Services[0].Settings = map[string]string{"login": "any", "max_startups": "false"}
	file, addr := decoytest.Listen(t)
	if err := h.Start(d, []handover.Listener{{Service: "ssh", Transport: decnet.TCP, File: file}}); err != nil {
		t.Fatal(err)
	}
	fmt.Print("\nat ", addr, "\n")
}

// resident is this process's resident memory in bytes.
func resident() int {
	raw, _ := os.ReadFile("/proc/self/statm")
	pages, _ := strconv.Atoi(strings.Fields(string(raw))[1])
	return pages * os.Getpagesize()
}

// A benchServer is a running BenchmarkServer.
type benchServer struct {
	b    *testing.B
	addr string
	in   io.Writer
	out  *bufio.Scanner
}

func startBenchServer(b *testing.B, which string) *benchServer {
	b.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(b.Context()), os.Args[0], "-test.run=^$", "-test.bench=^BenchmarkServer$", "-test.benchtime=1x")
	cmd.Env = append(os.Environ(), "DECNET_TEST_BENCH_SERVER="+which)
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait()
	})
	s := &benchServer{b: b, in: in, out: bufio.NewScanner(out)}
	s.addr = s.answer("at")[0]
	return s
}

func (s *benchServer) answer(word string) []string {
	for s.out.Scan() {
		if f := strings.Fields(s.out.Text()); len(f) > 1 && f[0] == word {
			return f[1:]
		}
	}
	s.b.Fatal("the server has ended")
	return nil
}

// used is the processor time and the memory of the server so far.
func (s *benchServer) used(how string) (time.Duration, int) {
	_, _ = fmt.Fprintln(s.in, how)
	f := s.answer("used")
	us, _ := strconv.Atoi(f[0])
	bytes, _ := strconv.Atoi(f[1])
	return time.Duration(us) * time.Microsecond, bytes
}

func (s *benchServer) dial() *xssh.Client {
	c, err := xssh.Dial("tcp", s.addr, &xssh.ClientConfig{
		User: "root", Auth: []xssh.AuthMethod{xssh.Password("x")}, HostKeyAlgorithms: []string{"ssh-ed25519"}, Timeout: time.Minute,
		HostKeyCallback: func(string, net.Addr, xssh.PublicKey) error { return nil },
		Config:          xssh.Config{KeyExchanges: []string{"curve25519-sha256"}, Ciphers: []string{"aes128-gcm@openssh.com"}},
	})
	if err != nil {
		s.b.Fatal(err)
	}
	return c
}

// BenchmarkLogin logs in and leaves again, with so many clients at once that the pauses of one are
// the work of another.
func BenchmarkLogin(b *testing.B) {
	for _, which := range []string{"decky", "library"} {
		b.Run(which, func(b *testing.B) {
			s := startBenchServer(b, which)
			c := s.dial()
			_, _, _ = c.OpenChannel("nothing", nil) // once that is answered, the RSA key is made
			_ = c.Close()
			before, _ := s.used("")
			b.SetParallelism(32)
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					_ = s.dial().Close()
				}
			})
			b.StopTimer()
			after, resident := s.used("gc")
			b.ReportMetric(float64((after-before).Microseconds())/float64(b.N), "server-µs/login")
			b.ReportMetric(float64(resident)/1e6, "server-MB")
		})
	}
}

// BenchmarkIdleShells has a thousand shells with a terminal that wait for somebody to type.
func BenchmarkIdleShells(b *testing.B) {
	const shells = 1000
	for range b.N {
		s := startBenchServer(b, "decky")
		_ = s.dial().Close()
		_, before := s.used("gc")
		for range shells {
			c := s.dial()
			b.Cleanup(func() { _ = c.Close() })
			session, err := c.NewSession()
			if err != nil {
				b.Fatal(err)
			}
			if err := session.RequestPty("xterm", 24, 80, nil); err != nil {
				b.Fatal(err)
			}
			out, err := session.StdoutPipe()
			if err != nil {
				b.Fatal(err)
			}
			if err := session.Shell(); err != nil {
				b.Fatal(err)
			}
			if _, err := out.Read(make([]byte, 4096)); err != nil { // the greeting
				b.Fatal(err)
			}
		}
		_, after := s.used("gc")
		b.ReportMetric(float64(after-before)/shells, "server-B/shell")
		b.ReportMetric(float64(after)/1e6, "server-MB")
	}
}

// BenchmarkSilentPeers has ten thousand peers that connect and say nothing, and somebody who logs in
// meanwhile. The bounds of the host, which would close most of them, are off.
func BenchmarkSilentPeers(b *testing.B) {
	const peers = 10_000
	for range b.N {
		s := startBenchServer(b, "decky")
		login := func() time.Duration {
			begin := time.Now()
			for range 20 {
				_ = s.dial().Close()
			}
			return time.Since(begin) / 20
		}
		login()
		alone := login()
		_, before := s.used("gc")
		for range peers {
			c, err := new(net.Dialer).DialContext(b.Context(), "tcp", s.addr)
			if err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = c.Close() })
			if _, err := c.Read(make([]byte, 64)); err != nil { // the banner
				b.Fatal(err)
			}
		}
		_, after := s.used("gc")
		b.ReportMetric(float64(after-before)/peers, "server-B/peer")
		b.ReportMetric(float64(alone.Microseconds()), "login-alone-µs")
		b.ReportMetric(float64(login().Microseconds()), "login-among-them-µs")
	}
}
