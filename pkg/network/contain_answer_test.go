package network

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"golang.org/x/sys/unix"
)

// serve has a decky's port send back what it gets, until the test ends.
func (d *inside) serve(at netip.AddrPort) {
	d.Helper()
	var listener net.Listener
	d.do(func() {
		var err error
		listener, err = (&net.ListenConfig{}).Listen(d.Context(), "tcp", at.String())
		d.must(err)
	})
	var running sync.WaitGroup
	running.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() {
				_, _ = io.Copy(c, c)
				_ = c.Close()
			})
		}
	})
	d.Cleanup(func() { _ = listener.Close(); running.Wait() })
}

// dial connects the attacker.
func (l *lan) dial(network string, to netip.AddrPort) (c net.Conn, err error) {
	l.Helper()
	l.atFar(func() {
		c, err = (&net.Dialer{Timeout: 5 * time.Second}).DialContext(l.Context(), network, to.String())
	})
	if err == nil {
		err = c.SetDeadline(time.Now().Add(20 * time.Second))
	}
	return c, err
}

// converse sends and gets back.
func converse(t *testing.T, c net.Conn, message []byte) {
	t.Helper()
	sent := make(chan error)
	go func() { _, err := c.Write(message); sent <- err }()
	got := make([]byte, len(message))
	if _, err := io.ReadFull(c, got); err != nil || !bytes.Equal(got, message) {
		t.Errorf("of %d bytes not all came back: %v", len(message), err)
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
}

func TestWhatComesInIsAnswered(t *testing.T) {
	l, d := besieged(t)
	for _, a := range deckies {
		d.serve(netip.AddrPortFrom(a, 22))
	}
	old, err := l.dial("tcp", netip.AddrPortFrom(deckies[0], 22))
	l.must(err)
	l.contain(d, 161)
	for _, a := range deckies {
		l.forget(d.do, l.atFar) // they have to find each other
		c, err := l.dial("tcp", netip.AddrPortFrom(a, 22))
		if err != nil {
			t.Errorf("connect to %v: %v", a, err)
			continue
		}
		converse(t, c, bytes.Repeat([]byte("all of it"), 100_000))
		l.must(c.(*net.TCPConn).CloseWrite())
		if rest, err := io.ReadAll(c); err != nil || len(rest) > 0 {
			t.Errorf("%v: the end of a conversation is %q, %v", a, rest, err)
		}
		_ = c.Close()
		if c, err := l.dial("tcp", netip.AddrPortFrom(a, 23)); !errors.Is(err, unix.ECONNREFUSED) {
			t.Errorf("a closed port of %v: have %v, %v", a, c, err)
		}
		for _, port := range []uint16{53, 161} { // no service, and one that is down
			c, err := l.dial("udp", netip.AddrPortFrom(a, port))
			l.must(err)
			err = exchange(func() error { _, err := c.Write([]byte("hello")); return err }, c, func() error { _, err := c.Read(make([]byte, 10)); return err })
			if !errors.Is(err, unix.ECONNREFUSED) {
				t.Errorf("a closed UDP port of %v: have %v", a, err)
			}
			_ = c.Close()
		}
		if !l.pings(a) {
			t.Errorf("%v does not answer to a ping", a)
		}
	}
	l.atFar(func() {
		if !l.ping(deckies[0], 13, 14) {
			t.Error("it does not tell the time")
		}
	})
	converse(t, old, []byte("older than the wall"))
	l.contain(d)
	converse(t, old, []byte("older than two"))
	_ = old.Close()
	if c := d.blocked(); c != (Counters{}) {
		t.Errorf("stopped %+v", c)
	}
}

// exchange sends until something is read.
func exchange(send func() error, from interface{ SetReadDeadline(time.Time) error }, read func() error) (err error) {
	for range tries {
		err = send()
		if err == nil {
			err = errors.Join(from.SetReadDeadline(time.Now().Add(time.Second)), read())
		}
		if !errors.Is(err, os.ErrDeadlineExceeded) {
			return err
		}
	}
	return err
}

// udp opens a socket in the decky, or at the far end.
func udp(l *lan, at func(func()), address string) *net.UDPConn {
	l.Helper()
	var c net.PacketConn
	at(func() {
		var err error
		c, err = (&net.ListenConfig{}).ListenPacket(l.Context(), "udp", address)
		l.must(err)
	})
	l.Cleanup(func() { _ = c.Close() })
	l.must(c.SetDeadline(time.Now().Add(20 * time.Second)))
	return c.(*net.UDPConn)
}

func TestUDPIsAnsweredToWhoAsked(t *testing.T) {
	l, d := besieged(t)
	l.contain(d, 161, 53)
	for i, a := range deckies {
		server, other := udp(l, d.do, netip.AddrPortFrom(a, 161).String()), udp(l, d.do, netip.AddrPortFrom(a, 69).String())
		asker, neighbour := udp(l, l.atFar, netip.AddrPortFrom(attackers[i], 4000).String()), udp(l, l.atFar, netip.AddrPortFrom(gateways[i], 4000).String())
		buf := make([]byte, 100)
		reach := func(from *net.UDPConn, to netip.AddrPort) bool {
			before := d.blocked().UDP
			_, err := from.WriteToUDPAddrPort([]byte("answer"), to)
			stopped := d.blocked().UDP.Packets - before.Packets
			if (err == nil) == (stopped == 1) {
				t.Errorf("%v to %v: %v, and %d packets were stopped", from.LocalAddr(), to, err, stopped)
			}
			return err == nil
		}
		to := netip.AddrPortFrom(attackers[i], 4000)
		if reach(server, to) {
			t.Errorf("%v speaks without being asked", a)
		}
		for _, s := range []*net.UDPConn{server, other} {
			var from netip.AddrPort
			err := exchange(func() error { _, err := asker.WriteToUDP([]byte("question"), s.LocalAddr().(*net.UDPAddr)); return err },
				s, func() (err error) { _, from, err = s.ReadFromUDPAddrPort(buf); return err })
			if err != nil || from != to {
				t.Fatalf("%v was asked by %v: %v", a, from, err)
			}
		}
		var n int
		var from netip.AddrPort
		err := exchange(func() error {
			if !reach(server, to) {
				t.Errorf("%v does not answer", a)
			}
			return nil
		}, asker, func() (err error) { n, from, err = asker.ReadFromUDPAddrPort(buf); return err })
		if err != nil || string(buf[:n]) != "answer" || from != netip.AddrPortFrom(a, 161) {
			t.Errorf("have %q from %v, %v", buf[:n], from, err)
		}
		if reach(server, netip.AddrPortFrom(to.Addr(), 4001)) || reach(server, netip.MustParseAddrPort(neighbour.LocalAddr().String())) || reach(other, to) {
			t.Errorf("%v speaks to who has not asked, or from a port that is not served", a)
		}
		if l.contain(d, 53, 161, 53); !reach(server, to) {
			t.Errorf("%v: the same wall again forgets who asked", a)
		}
		if l.contain(d, 161); reach(server, to) {
			t.Errorf("%v: another wall remembers who asked", a)
		}
		l.contain(d, 161, 53)
	}
}

// flood sends n frames from the far end to a decky, each from another station.
func (d *inside) flood(n int, transport func(i int, ip *layers.IPv4) gopacket.SerializableLayer) {
	d.Helper()
	fd, to := d.socket(unix.ETH_P_ARP), &unix.SockaddrLinklayer{Ifindex: d.far("far0").Attrs().Index, Halen: 6}
	buf := gopacket.NewSerializeBuffer()
	for i := range n {
		ip := &layers.IPv4{Version: 4, TTL: 64, SrcIP: net.IPv4(192, 0, 3, byte(1+i%250)), DstIP: deckies[0].AsSlice()}
		layer := transport(i, ip)
		d.must(gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true},
			&layers.Ethernet{SrcMAC: stranger, DstMAC: d.mac, EthernetType: layers.EthernetTypeIPv4}, ip, layer))
		for errors.Is(unix.Sendto(fd, buf.Bytes(), 0, to), unix.ENOBUFS) {
			time.Sleep(time.Millisecond)
		}
	}
}

func TestAFloodTakesNoTableFromAnybody(t *testing.T) {
	l, d := besieged(t)
	d.serve(netip.AddrPortFrom(deckies[0], 22))
	l.contain(d, 161)
	server := udp(l, d.do, netip.AddrPortFrom(deckies[0], 161).String())
	d.flood(5000, func(i int, ip *layers.IPv4) gopacket.SerializableLayer {
		ip.Protocol = layers.IPProtocolTCP
		tcp := &layers.TCP{SrcPort: layers.TCPPort(1024 + i), DstPort: 22, SYN: true, Seq: 1, Window: 1024}
		l.must(tcp.SetNetworkLayerForChecksum(ip))
		return tcp
	})
	d.flood(3*maxAskers, func(i int, ip *layers.IPv4) gopacket.SerializableLayer {
		ip.Protocol = layers.IPProtocolUDP
		udp := &layers.UDP{SrcPort: layers.UDPPort(1024 + i), DstPort: 161}
		l.must(udp.SetNetworkLayerForChecksum(ip))
		return udp
	})
	begin := time.Now()
	c, err := l.dial("tcp", netip.AddrPortFrom(deckies[0], 22))
	l.must(err)
	converse(t, c, []byte("still here"))
	_ = c.Close()
	if took := time.Since(begin); took > 3*time.Second {
		t.Errorf("a conversation in a flood of SYNs took %v", took)
	}
	// The first to come are answered; of others none.
	answered := 0
	for i := range 3 * maxAskers {
		if _, err := server.WriteToUDPAddrPort(nil, netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 3, byte(1 + i%250)}), uint16(1024+i))); err == nil {
			answered++
		}
	}
	if answered < maxAskers-50 || answered > maxAskers {
		t.Errorf("%d askers are remembered, want %d", answered, maxAskers)
	}
	d.do(func() {
		data, err := os.ReadFile("/proc/sys/net/netfilter/nf_conntrack_count")
		if errors.Is(err, os.ErrNotExist) {
			return
		}
		l.must(err)
		if n, err := strconv.Atoi(strings.TrimSpace(string(data))); err != nil || n != 0 {
			t.Errorf("%s connections are tracked", data)
		}
	})
}

func TestADeckyIsNoRouter(t *testing.T) {
	l, d := besieged(t)
	d.do(func() { l.must(os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0)) })
	far := d.capture()
	pass := func() {
		d.flood(3, func(_ int, ip *layers.IPv4) gopacket.SerializableLayer {
			ip.Protocol, ip.DstIP = layers.IPProtocolUDP, beyond[0].AsSlice()
			return gopacket.Payload(make([]byte, 16))
		})
	}
	if !far.gets(pass) {
		t.Error("nothing is forwarded without a wall, so that this proves nothing")
	}
	l.contain(d, 161)
	far.packets()
	pass()
	time.Sleep(100 * time.Millisecond)
	for _, p := range far.packets() {
		t.Errorf("got out: %v", p)
	}
}

func TestAScannerSeesNoWall(t *testing.T) {
	nmap, err := exec.LookPath("nmap")
	if err != nil && os.Getenv("CI") != "" {
		t.Fatal("nmap is not installed: run make deps")
	}
	if err != nil {
		t.Skip("nmap is not installed: run make deps as root, or install it")
	}
	l, d := besieged(t)
	for _, port := range []uint16{22, 80} {
		for _, a := range deckies {
			d.serve(netip.AddrPortFrom(a, port))
		}
	}
	timing := regexp.MustCompile(`(?m)^(#|.*\([\d.]+s latency\)|Nmap done|Starting Nmap).*$`)
	scan := func(options []string, target netip.Addr) string {
		var out []byte
		l.atFar(func() { // a child has the namespace of the thread that starts it
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			args := []string{"-n", "-Pn", "-r", "--reason", "--max-retries", "2", "--min-rate", "200", "--max-rtt-timeout", "300ms"}
			if target.Is6() {
				args = append(args, "-6")
			}
			out, err = exec.CommandContext(ctx, nmap, append(append(args, options...), target.String())...).CombinedOutput()
		})
		if err != nil {
			t.Fatalf("nmap %v: %v: %s", options, err, out)
		}
		return timing.ReplaceAllString(string(out), "")
	}
	scans := [][]string{{"-sU", "-p", "53,69"}, {"-sn", "-PE"}}
	for _, kind := range []string{"-sS", "-sT", "-sF", "-sX", "-sN", "-sA", "-sW", "-sM"} {
		scans = append(scans, []string{kind, "-p", "20-24,79-81,443"})
	}
	for i, a := range deckies {
		for _, options := range append(slices.Clone(scans), [][]string{{"-sO", "-p", "1,2,6,17,47,253"}, {"-sn", "-PP"}}[:2-2*i]...) {
			l.contain(d)
			with := scan(options, a)
			d.do(func() { l.must(tearDown()) })
			without := scan(options, a)
			if with != without {
				t.Errorf("nmap %v %v sees\n%s\nwith a wall, and\n%s\nwithout", options, a, with, without)
			}
			if options[0] == "-sS" && (!strings.Contains(with, "22/tcp  open") || !strings.Contains(with, "23/tcp  closed")) {
				t.Errorf("nmap %v %v sees\n%s", options, a, with)
			}
		}
	}
}

// tearDown takes the wall away.
func tearDown() error {
	b := newNFTBatch()
	b.deleteTable()
	return b.commit()
}
