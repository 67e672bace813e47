package stack_test

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"

	"github.com/decnet/decnet/pkg/decnet/catalog"
	"github.com/decnet/decnet/pkg/network/stack"
)

// Whoever attaches anew finds what was there replaced, and not beside it.
func TestAttachedTwice(t *testing.T) {
	l := newLAN(t)
	s := catalog.Stacks()[2]
	l.decky(1, &s)
	again, err := stack.Open("")
	l.must(err)
	l.must(l.spaces.Do("decky-1", func() error { return errors.Join(again.Attach("eth0"), again.Attach("eth0"), again.Close()) }))
	l.must(l.spaces.Do("decky-1", func() error {
		eth0, err := net.InterfaceByName("eth0")
		if err != nil {
			return err
		}
		for _, way := range []ebpf.AttachType{ebpf.AttachTCXIngress, ebpf.AttachTCXEgress} {
			r, err := link.QueryPrograms(link.QueryOptions{Target: eth0.Index, Attach: way})
			if err != nil || len(r.Programs) != 1 {
				t.Errorf("%v: have %+v, %v", way, r, err)
			}
		}
		return nil
	}))
}

// What is known of deckies outlives the process, and goes with the last of them.
func TestItOutlivesTheProcess(t *testing.T) {
	l := newLAN(t)
	dir := filepath.Join(t.TempDir(), "stacks")
	t.Cleanup(func() { _ = stack.Remove(dir) })
	a := netip.MustParseAddr("10.77.9.9")
	for range 2 {
		p, err := stack.Open(dir)
		l.must(err)
		l.must(p.Set(stack.Decky{Stack: "windows10", Boot: time.Now().Add(-time.Hour)}, a))
		l.must(p.Close())
	}
	p, err := stack.Open(dir)
	l.must(err)
	l.must(p.Delete(a))
	l.must(p.Close())
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil || strings.Contains(string(mounts), dir) {
		t.Errorf("%v, mounts are\n%s", err, mounts)
	}
}
