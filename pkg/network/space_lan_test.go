package network

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// field is a LAN with deckies on this end of it and an attacker, at addr4 and
// addr6, on the other.
type field struct {
	*lan
	*Spaces
	link *Link
}

// newField has no deckies yet. Whatever becomes of the test, none are left.
func newField(t *testing.T) *field {
	t.Helper()
	l, link := someLAN(t)
	dir := t.TempDir()
	s, err := OpenSpaces(dir)
	l.must(err)
	f := &field{lan: l, Spaces: s, link: link}
	t.Cleanup(func() {
		f.clear()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		mounts, err := os.ReadFile("/proc/self/mountinfo")
		if err != nil || strings.Contains(string(mounts), dir) {
			t.Errorf("mounts are left below %s: %v", dir, err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("files are left: %v, %v", left, err)
		}
	})
	return f
}

// clear removes all namespaces, many at a time: that is mostly waiting.
func (f *field) clear() {
	f.Helper()
	names, err := f.List()
	if err != nil {
		f.Error(err)
	}
	next := make(chan string)
	var workers sync.WaitGroup
	for range 64 {
		workers.Go(func() {
			for name := range next {
				if err := f.Remove(name); err != nil {
					f.Error(err)
				}
			}
		})
	}
	for _, name := range names {
		next <- name
	}
	close(next)
	workers.Wait()
}

// specOf is the spec of the nth decky: a Windows of sorts, with both families.
func specOf(link *Link, n int) *Spec {
	return &Spec{
		Parent: link, Ifname: "eth0", MAC: net.HardwareAddr{0x00, 0x15, 0x5d, 0, byte(n >> 8), byte(n)},
		Address:  netip.PrefixFrom(netip.AddrFrom4([4]byte{192, 0, byte(64 + n>>8), byte(n)}), 16),
		Address6: netip.PrefixFrom(netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, 13: 1, 14: byte(n >> 8), 15: byte(n)}), 64),
		Gateway:  addr4, Gateway6: addr6,
		Sysctls: map[string]string{"ip_default_ttl": "128", "tcp_timestamps": "0", "tcp_rmem": "4096 131072 8388608"},
	}
}

// ensure wants Ensure to do something, or not.
func (f *field) ensure(name string, spec *Spec, changes bool) {
	f.Helper()
	why, err := f.differs(name, spec)
	f.must(err)
	changed, err := f.Ensure(name, spec)
	f.must(err)
	if changed != changes {
		f.Fatalf("%s: changed is %v, want %v (%s)", name, changed, changes, why)
	}
	if why, err := f.differs(name, spec); why != "" || err != nil {
		f.Fatalf("%s: have %q, %v", name, why, err)
	}
}

// inside does something to the interface of a decky.
func (f *field) inside(name string, do func(eth0 netlink.Link) error) {
	f.Helper()
	f.must(f.Do(name, func() error {
		links, err := netlink.LinkList()
		if err != nil {
			return err
		}
		for _, l := range links {
			if l.Attrs().Name == "eth0" {
				return do(l)
			}
		}
		return errors.New("there is no eth0")
	}))
}

// serve answers with greeting to whoever connects to a decky.
func (f *field) serve(name string, at netip.AddrPort, greeting string) {
	f.Helper()
	file, err := f.ListenTCP(name, at)
	f.must(err)
	listener, err := net.FileListener(file)
	f.must(errors.Join(err, file.Close()))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = io.WriteString(conn, greeting)
			_ = conn.Close()
		}
	}()
	f.Cleanup(func() { _ = listener.Close(); <-done })
}

// attack is what the attacker gets from an address.
func (f *field) attack(at netip.AddrPort) (got string, err error) {
	err = apart(func() (err error) {
		if err := netns.Set(f.there); err != nil {
			return err
		}
		got, err = read(at)
		return err
	})
	return got, err
}

// read connects and returns what it is told.
func read(at netip.AddrPort) (string, error) {
	conn, err := net.DialTimeout("tcp", at.String(), 3*time.Second)
	if err != nil {
		return "", err
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(3 * time.Second))
	b, err := io.ReadAll(conn)
	return string(b), err
}

// frames are those that came to the attacker since the socket was opened.
func frames(fd int) [][]byte {
	var all [][]byte
	for {
		buf := make([]byte, 2048)
		n, _, err := unix.Recvfrom(fd, buf, unix.MSG_DONTWAIT)
		if err != nil {
			return all
		}
		all = append(all, buf[:n])
	}
}

// neighbour is the MAC address that the attacker knows for an address.
func (f *field) neighbour(a netip.Addr) string {
	f.Helper()
	family := netlink.FAMILY_V4
	if a.Is6() {
		family = netlink.FAMILY_V6
	}
	all, err := f.peer.NeighList(f.far("far0").Attrs().Index, family)
	f.must(err)
	for _, n := range all {
		if addr(n.IP) == a {
			return n.HardwareAddr.String()
		}
	}
	return "nobody"
}

// eventually waits for something that the kernel does in its own time.
func (f *field) eventually(what string, is func() bool) {
	f.Helper()
	for range 1000 {
		if is() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	f.Fatalf("after 10 s: not %s", what)
}

func nameOf(n int) string { return fmt.Sprintf("decky-%d", n) }
