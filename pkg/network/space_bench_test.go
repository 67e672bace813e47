package network

import (
	"os"
	"runtime"
	"sync"
	"testing"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
)

// BenchmarkEnsure makes deckies, up to 4,000 beside each other, on a cable in a
// network namespace of its own.
func BenchmarkEnsure(b *testing.B) {
	if os.Geteuid() != 0 {
		b.Skip("not root: network namespaces cannot be made")
	}
	runtime.LockOSThread() // and never unlocked: the thread ends with the benchmark
	must := func(err error) {
		b.Helper()
		if err != nil {
			b.Fatal(err)
		}
	}
	here, err := netns.New()
	must(err)
	b.Cleanup(func() { _ = here.Close() })
	attrs := netlink.NewLinkAttrs()
	attrs.Name = "lan0"
	must(netlink.LinkAdd(&netlink.Veth{LinkAttrs: attrs, PeerName: "far0"}))
	for _, name := range []string{"lan0", "far0"} {
		end, err := netlink.LinkByName(name)
		must(err)
		must(netlink.LinkSetUp(end))
	}
	lan0, err := netlink.LinkByName("lan0")
	must(err)
	must(netlink.AddrAdd(lan0, address("192.0.2.7/16")))
	link, err := Detect("lan0")
	must(err)
	s, err := OpenSpaces(b.TempDir())
	must(err)
	b.Cleanup(func() { must(s.Close()) })

	const most = 4000
	clearAll := func() {
		var all sync.WaitGroup
		for w := range 64 {
			all.Go(func() {
				for n := w; n < most; n += 64 {
					if err := s.Remove(nameOf(n)); err != nil {
						b.Error(err)
					}
				}
			})
		}
		all.Wait()
	}
	b.Cleanup(clearAll)
	n := 0
	for b.Loop() {
		if n == most {
			b.StopTimer()
			clearAll()
			n = 0
			b.StartTimer()
		}
		changed, err := s.Ensure(nameOf(n), specOf(link, n+1))
		if must(err); !changed {
			b.Fatal("it was there")
		}
		n++
	}
}
