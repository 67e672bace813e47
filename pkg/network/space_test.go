package network

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

func TestADeckyIsAMachineOfItsOwn(t *testing.T) {
	for _, of := range []func(*Spec) netip.Prefix{func(s *Spec) netip.Prefix { return s.Address }, func(s *Spec) netip.Prefix { return s.Address6 }} {
		t.Run(of(specOf(nil, 1)).String(), func(t *testing.T) {
			f := newField(t)
			spec := specOf(f.link, 1)
			a := of(spec).Addr()
			f.ensure("one", spec, true)
			open, closed := netip.AddrPortFrom(a, 22), netip.AddrPortFrom(a, 23)
			f.serve("one", open, "SSH-2.0-x")
			// Where the header has the TTL and the protocol.
			etherType, ttl, protocol := uint16(unix.ETH_P_IP), 14+8, 14+9
			if a.Is6() {
				etherType, ttl, protocol = unix.ETH_P_IPV6, 14+7, 14+6
			}
			wire := f.socket(etherType)
			if got, err := f.attack(open); got != "SSH-2.0-x" || err != nil {
				t.Errorf("have %q, %v", got, err)
			}
			if _, err := f.attack(closed); !errors.Is(err, unix.ECONNREFUSED) {
				t.Errorf("a closed port: have %v", err)
			}
			if mac := f.neighbour(a); mac != spec.MAC.String() {
				t.Errorf("the attacker sees %s, want %s", mac, spec.MAC)
			}
			replies := 0
			for _, frame := range frames(wire) {
				if frame[protocol] != unix.IPPROTO_TCP {
					continue // this host has things to say too
				}
				replies++
				if frame[ttl] != 128 || !slices.Equal(frame[6:12], spec.MAC) {
					t.Errorf("a reply has a TTL of %d and is of %x", frame[ttl], frame[6:12])
				}
			}
			if replies == 0 {
				t.Error("no reply was seen")
			}
		})
	}
}

func TestADeckyHasWhatItWasGivenAndNoMore(t *testing.T) {
	f := newField(t)
	both, four := specOf(f.link, 1), specOf(f.link, 2)
	four.Address6, four.Gateway6, four.Gateway = netip.Prefix{}, netip.Addr{}, netip.Addr{}
	f.ensure("both", both, true)
	f.ensure("four", four, true)
	f.ensure("both", both, false)
	f.ensure("four", four, false)
	for name, want := range map[string][]string{
		"both": {"127.0.0.1/8", both.Address.String(), "::1/128", both.Address6.String(), "fe80::215:5dff:fe00:1/64"},
		"four": {"127.0.0.1/8", four.Address.String(), "::1/128"},
	} {
		f.eventually("complete", func() bool { // the link-local address takes its time
			var have []string
			f.inside(name, func(netlink.Link) error {
				all, err := netlink.AddrList(nil, netlink.FAMILY_ALL)
				for _, a := range all {
					have = append(have, a.IPNet.String())
				}
				return err
			})
			slices.Sort(have)
			slices.Sort(want)
			return slices.Equal(have, want)
		})
	}
	for path, want := range map[string]string{
		"ipv4/ip_forward": "0", "ipv4/conf/eth0/accept_redirects": "0", "ipv4/conf/all/arp_ignore": "1", "ipv4/conf/all/arp_announce": "2",
		"ipv4/ip_default_ttl": "128", "ipv4/tcp_rmem": "4096\t131072\t8388608", "ipv6/conf/eth0/hop_limit": "128",
		"ipv6/conf/eth0/accept_ra": "0", "ipv6/conf/eth0/router_solicitations": "0", "ipv6/conf/eth0/forwarding": "0",
	} {
		var have []byte
		f.inside("both", func(netlink.Link) (err error) {
			have, err = os.ReadFile(filepath.Join("/proc/sys/net", path))
			return err
		})
		if strings.TrimSpace(string(have)) != want {
			t.Errorf("%s is %q, want %q", path, have, want)
		}
	}
	names, err := f.List()
	if !slices.Equal(names, []string{"both", "four"}) || err != nil {
		t.Errorf("have %v, %v", names, err)
	}
}

func TestDeckiesAnswerARPForThemselvesAlone(t *testing.T) {
	f := newField(t)
	spec := specOf(f.link, 1)
	f.ensure("one", spec, true)
	f.inside("one", func(netlink.Link) error { // an address, but not of the interface that is asked
		lo, err := netlink.LinkByName("lo")
		if err != nil {
			return err
		}
		return netlink.AddrAdd(lo, address("192.0.99.99/32"))
	})
	elsewhere := netip.MustParseAddrPort("192.0.99.99:22")
	if _, err := f.attack(elsewhere); err == nil || errors.Is(err, unix.ECONNREFUSED) || f.neighbour(elsewhere.Addr()) != "" {
		t.Errorf("have %v, from %s", err, f.neighbour(elsewhere.Addr()))
	}
	if _, err := f.attack(netip.AddrPortFrom(spec.Address.Addr(), 22)); !errors.Is(err, unix.ECONNREFUSED) {
		t.Errorf("have %v", err)
	}
}

// A host has thousands: not one file descriptor may stay open for each.
func TestManyNamespacesTakeNotLong(t *testing.T) {
	f := newField(t)
	const n = 300
	openFiles := func() int { all, err := os.ReadDir("/proc/self/fd"); f.must(err); return len(all) }
	before, begin := openFiles(), time.Now()
	for i := range n {
		if changed, err := f.Ensure(nameOf(i), specOf(f.link, i+1)); !changed || err != nil {
			t.Fatalf("%d: have %v, %v", i, changed, err)
		}
	}
	made := time.Since(begin)
	if after := openFiles(); after > before+10 {
		t.Errorf("%d files are open, %d before", after, before)
	}
	begin = time.Now()
	for i := range n {
		if changed, err := f.Ensure(nameOf(i), specOf(f.link, i+1)); changed || err != nil {
			t.Errorf("%d: have %v, %v", i, changed, err)
		}
	}
	looked := time.Since(begin)
	f.serve(nameOf(n-1), netip.AddrPortFrom(specOf(f.link, n).Address.Addr(), 22), "hello")
	if got, err := f.attack(netip.AddrPortFrom(specOf(f.link, n).Address.Addr(), 22)); got != "hello" || err != nil {
		t.Errorf("have %q, %v", got, err)
	}
	begin = time.Now()
	f.clear()
	t.Logf("each of %d: made in %v, looked at in %v, removed in %v", n, made/n, looked/n, time.Since(begin)/n)
	if made > n*20*time.Millisecond {
		t.Errorf("took %v", made)
	}
}

func TestRemoveIsAtOnceAndForAll(t *testing.T) {
	f := newField(t)
	spec := specOf(f.link, 1)
	at := netip.AddrPortFrom(spec.Address.Addr(), 22)
	f.ensure("one", spec, true)
	held, err := f.ListenTCP("one", at) // it keeps what is left in memory
	f.must(err)
	defer func() { _ = held.Close() }()
	for range 2 {
		f.must(f.Remove("one"))
		if _, err := os.Lstat(f.path("one")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("have %v", err)
		}
	}
	other := specOf(f.link, 2)
	other.Address, other.MAC = spec.Address, spec.MAC // nobody has them any more
	f.ensure("two", other, true)
	if _, err := f.attack(at); !errors.Is(err, unix.ECONNREFUSED) {
		t.Errorf("have %v", err)
	}

	// What is not whole goes too: a file that nothing is mounted on, and a
	// namespace without an interface.
	f.must(os.WriteFile(f.path("file"), nil, 0o400))
	f.must(f.Do("two", strip))
	f.must(errors.Join(f.Remove("file"), f.Remove("two")))
	f.must(os.Mkdir(f.path("folder"), 0o700))
	if err := f.Remove("folder"); err == nil || !strings.Contains(err.Error(), "no file of ours") {
		t.Errorf("have %v", err)
	}
	if names, err := f.List(); len(names) > 0 || err != nil {
		t.Errorf("have %v, %v", names, err)
	}
	f.must(os.Remove(f.path("folder")))
}

func TestNamespacesOutliveTheOneWhoMadeThem(t *testing.T) {
	f := newField(t)
	spec := specOf(f.link, 1)
	f.ensure("one", spec, true)
	again, err := OpenSpaces(f.dir)
	f.must(err)
	f.must(again.Close()) // the pins keep the folder's mount
	again, err = OpenSpaces(f.dir)
	f.must(err)
	defer func() { f.must(again.Close()) }()
	if changed, err := again.Ensure("one", spec); changed || err != nil {
		t.Errorf("have %v, %v", changed, err)
	}
}

// Kernels before 6.14 look for the name on the host as well.
func TestTheNameOfTheInterfaceMayBeTakenOnTheHost(t *testing.T) {
	f := newField(t)
	spec := specOf(f.link, 1)
	spec.Ifname = "lan0" // as its parent
	f.must(apart(func() error {
		space, err := netns.New()
		if err != nil {
			return err
		}
		defer func() { _ = space.Close() }()
		inside, err := netlink.NewHandle(unix.NETLINK_ROUTE)
		if err != nil {
			return err
		}
		defer inside.Close()
		link, err := f.hangAs("dn1", inside, space, spec)
		if err != nil {
			return err
		}
		return errors.Join(spec.connect(inside, link), strip())
	}))
	f.ensure("one", spec, true)
	f.ensure("one", spec, false)
	if _, err := f.attack(netip.AddrPortFrom(spec.Address.Addr(), 22)); !errors.Is(err, unix.ECONNREFUSED) {
		t.Errorf("have %v", err)
	}
}
