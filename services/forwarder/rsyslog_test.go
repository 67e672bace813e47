package forwarder_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker/workertest"
	"github.com/decnet/decnet/services/forwarder"
)

// rsyslog is the daemon that most receivers are, with its files in a folder.
type rsyslog struct {
	t        *testing.T
	dir      string
	tls, udp string // addresses
}

// startRsyslog runs rsyslogd, which takes lines by UDP, and over TLS from who has a
// certificate of ca for the name forwarder.test.
func startRsyslog(t *testing.T, ca *authority) *rsyslog {
	t.Helper()
	plugin, _ := filepath.Glob("/usr/lib/*/rsyslog/lmnsd_gtls.so")
	if _, err := exec.LookPath("rsyslogd"); err != nil || len(plugin) == 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("rsyslogd with rsyslog-gnutls is not installed: run make deps")
		}
		t.Skip("rsyslogd with rsyslog-gnutls is not installed: run make deps as root, or install it")
	}
	s := &rsyslog{t: t, dir: t.TempDir()}
	cert, key := ca.issue("receiver.test")
	free, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.udp = free.LocalAddr().String()
	_ = free.Close()
	_, udpPort, _ := net.SplitHostPort(s.udp)
	config := fmt.Sprintf(`
global(workDirectory="%[1]s" defaultNetstreamDriver="gtls"
       defaultNetstreamDriverCAFile="%[2]s" defaultNetstreamDriverCertFile="%[3]s" defaultNetstreamDriverKeyFile="%[4]s")
template(name="raw" type="string" string="%%rawmsg%%\n")
template(name="parsed" type="string" string="%%hostname%%|%%app-name%%|%%msgid%%|%%structured-data%%\n")
ruleset(name="keep") {
  action(type="omfile" file="%[1]s/raw.log" template="raw")
  action(type="omfile" file="%[1]s/parsed.log" template="parsed")
}
module(load="imtcp" StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.AuthMode="x509/name" PermittedPeer="forwarder.test")
input(type="imtcp" address="127.0.0.1" port="0" listenPortFileName="%[1]s/port" ruleset="keep")
module(load="imudp")
input(type="imudp" address="127.0.0.1" port="%[5]s" ruleset="keep")
`, s.dir, ca.file, cert, key, udpPort)
	if err := os.WriteFile(s.file("rsyslog.conf"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(s.file("stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	cmd := exec.Command("rsyslogd", "-n", "-f", s.file("rsyslog.conf"), "-i", s.file("pid"))
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		if t.Failed() {
			t.Log(s.read("stderr"))
		}
	})
	workertest.Eventually(t, "rsyslogd listens", func() bool { return strings.TrimSpace(s.read("port")) != "" })
	s.tls = "127.0.0.1:" + strings.TrimSpace(s.read("port"))
	return s
}

func (s *rsyslog) file(name string) string { return filepath.Join(s.dir, name) }

func (s *rsyslog) read(name string) string {
	data, _ := os.ReadFile(s.file(name)) // it may not be there yet
	return string(data)
}

func (s *rsyslog) lines() []string {
	text := strings.TrimSuffix(s.read("raw.log"), "\n")
	if text == "" {
		return nil
	}
	return strings.Split(text, "\n")
}

// hostile are lines as a decoy that was taken over might write them, each with
// what a receiver has to have of it.
func hostile() (lines, want []string) {
	forged := "<0>1 2026-11-23T06:37:55Z forged forged - forged - forged"
	add := func(line, safe string) { lines, want = append(lines, line), append(want, safe) }
	add(header+"terminal \x1b[2J\x07 \x00 end", header+`terminal \x1b[2J\x07 \x00 end`)
	add(header+"carriage\r"+forged, header+`carriage\r`+forged)
	add(header+"not UTF-8 \xff\xc3\x28", header+`not UTF-8 \xff\xc3(`)
	add(header+"C1 \u009b31m, separators \u2028", header+`C1 \xc2\x9b31m, separators \xe2\x80\xa8`)
	add(header+`[forged@1 a="b"] 10 `+forged, header+`[forged@1 a="b"] 10 `+forged)
	// rsyslog makes two of what is longer than it allows.
	most := forwarder.Default().MaxLine
	long := header + strings.Repeat("x", most-len(header)) + forged
	add(long, long[:most])
	runes := header + strings.Repeat("é", most)
	add(runes, runes[:most-(most-len(header))%2])
	add(header+strings.Repeat("\x01", most), (header + strings.Repeat(`\x01`, most))[:most])
	add(header+"after all of it", header+"after all of it")
	return lines, want
}

func TestRsyslogGetsOneLineForEachEvent(t *testing.T) {
	for _, network := range []string{decnet.LogOverTLS, decnet.LogOverUDP} {
		t.Run(network, func(t *testing.T) {
			ca := newAuthority(t)
			s := startRsyslog(t, ca)
			r := newRig(t)
			r.cfg.CA = ca.file
			r.cfg.Cert, r.cfg.Key = ca.issue("forwarder.test")
			target := decnet.LogTarget(network + "://" + map[string]string{decnet.LogOverTLS: s.tls, decnet.LogOverUDP: s.udp}[network])
			r.wants("a", target)
			f := r.start()
			r.log(target, numbered(0, 500)...)
			lines, want := hostile()
			r.log(target, lines...)
			all := append(numbered(0, 500), want...)
			r.gets(s, all)
			f.isWell(t)
			time.Sleep(100 * time.Millisecond) // a line too many would come now
			r.gets(s, all)
			for i, line := range strings.Split(strings.TrimSpace(s.read("parsed.log")), "\n") {
				if line != "web-01|ssh|command|[decnet@32473]" {
					t.Errorf("rsyslog takes line %d for %q", i, line)
				}
			}
		})
	}
}

func TestWhatKeepsRsyslogFromTakingLinesIsSaid(t *testing.T) {
	ca, strangers := newAuthority(t), newAuthority(t)
	s := startRsyslog(t, ca)
	cert, key := ca.issue("somebody.else")
	strangeCert, strangeKey := strangers.issue("forwarder.test")
	tests := []struct {
		name          string
		ca, cert, key string
		want          string
	}{
		{"a certificate of another name", ca.file, cert, key, "client certificate (forwarder.cert)"},
		{"a certificate of another authority", ca.file, strangeCert, strangeKey, "client certificate (forwarder.cert)"},
		{"no certificate", ca.file, "", "", "client certificate (forwarder.cert)"},
		{"an authority that did not sign the receiver's", strangers.file, strangeCert, strangeKey, "nobody we trust (forwarder.ca)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t)
			r.cfg.CA, r.cfg.Cert, r.cfg.Key = test.ca, test.cert, test.key
			target := decnet.LogTarget("tls://" + s.tls)
			r.wants("a", target)
			f := r.start()
			r.log(target, header+test.name)
			f.says(t, "log target "+string(target)+" is away: ", test.want)
			t.Log(f.env.Health.Snapshot().Reason)
			if n := f.counter("log_target_sent"); n != 0 {
				t.Errorf("%d lines count as sent", n)
			}
		})
	}
	if got := s.lines(); len(got) != 0 {
		t.Errorf("it has %q", got)
	}
}
