package network

import (
	"errors"
	"net/netip"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// refuses reports whether a decky answers, if only to say no.
func (f *field) refuses(a netip.Addr) bool {
	_, err := f.attack(netip.AddrPortFrom(a, 23))
	return errors.Is(err, unix.ECONNREFUSED)
}

func TestDeckiesComeBackWithTheirParent(t *testing.T) {
	f := newField(t)
	spec := specOf(f.link, 1)
	f.ensure("one", spec, true)
	f.serve("one", netip.AddrPortFrom(spec.Address.Addr(), 22), "hello")
	f.must(netlink.LinkSetDown(f.near("lan0")))
	f.eventually("down", func() bool {
		down := false
		f.inside("one", func(eth0 netlink.Link) error { down = eth0.Attrs().OperState != netlink.OperUp; return nil })
		return down
	})
	f.ensure("one", spec, false) // it is as it should be
	f.ensure("two", specOf(f.link, 2), true)
	f.must(netlink.LinkSetUp(f.near("lan0")))
	f.until("lan0", true)
	for _, a := range []netip.Addr{spec.Address.Addr(), spec.Address6.Addr(), specOf(f.link, 2).Address.Addr(), specOf(f.link, 2).Address6.Addr()} {
		f.eventually("reachable again", func() bool { return f.refuses(a) })
	}
	if got, err := f.attack(netip.AddrPortFrom(spec.Address.Addr(), 22)); got != "hello" || err != nil {
		t.Errorf("have %q, %v", got, err)
	}
	f.ensure("one", spec, false)
	f.ensure("two", specOf(f.link, 2), false)
}

func TestDeckiesOfAParentThatWasMadeAnewAreMadeAnew(t *testing.T) {
	f := newField(t)
	spec := specOf(f.link, 1)
	f.ensure("one", spec, true)
	f.must(netlink.LinkDel(f.near("lan0")))
	if changed, err := f.Ensure("one", spec); !changed || err == nil {
		t.Errorf("without a parent: have %v, %v", changed, err)
	}
	f.cable("lan0", "far0")
	f.give("lan0", "192.0.2.7/16")
	f.giveFar(addr4.String() + "/16")
	f.giveFar(addr6.String() + "/64")
	spec.Parent = f.detect("lan0")
	f.ensure("one", spec, true)
	for _, a := range []netip.Addr{spec.Address.Addr(), spec.Address6.Addr()} {
		f.eventually("reachable again", func() bool { return f.refuses(a) })
	}
}
