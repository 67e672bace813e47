package network

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
)

// watch reports what WatchLink does, until the test's end.
func (l *lan) watch(name string) (states <-chan string) {
	l.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	told, ended, ready := make(chan string, 4096), make(chan error, 1), make(chan struct{})
	here := l.here
	go func() {
		ended <- apart(func() error {
			if err := netns.Set(here); err != nil {
				return err
			}
			close(ready)
			return WatchLink(ctx, name, func(up, present bool) { told <- fmt.Sprintf("up %v, present %v", up, present) })
		})
	}()
	<-ready
	l.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			l.Error(err)
		}
	})
	return told
}

// hear wants to be told those states, one after the other, and no more.
func (l *lan) hear(states <-chan string, want ...string) {
	l.Helper()
	for _, w := range want {
		select {
		case got := <-states:
			if got != w {
				l.Fatalf("have %s, want %s", got, w)
			}
		case <-time.After(5 * time.Second):
			l.Fatalf("heard nothing, want %s", w)
		}
	}
	select {
	case got := <-states:
		l.Fatalf("have %s too", got)
	case <-time.After(50 * time.Millisecond):
	}
}

const (
	isUp   = "up true, present true"
	isDown = "up false, present true"
	isGone = "up false, present false"
)

func TestWatchLink(t *testing.T) {
	l, _ := someLAN(t)
	states := l.watch("lan0")
	l.hear(states, isUp)
	l.must(l.peer.LinkSetDown(l.far("far0"))) // the cable is out
	l.hear(states, isDown)
	l.must(l.peer.LinkSetUp(l.far("far0")))
	l.hear(states, isUp)
	l.must(netlink.LinkSetDown(l.near("lan0")))
	l.hear(states, isDown)
	l.must(netlink.LinkSetUp(l.near("lan0")))
	l.hear(states, isUp)
	l.must(netlink.LinkDel(l.near("lan0")))
	l.becomes(states, isGone)
	l.cable("lan0", "far0")
	l.becomes(states, isUp)
	l.cable("lan1", "far1") // nobody asked
	l.hear(states)
}

// becomes waits for a state; those on the way do not matter.
func (l *lan) becomes(states <-chan string, want string) {
	l.Helper()
	for {
		select {
		case got := <-states:
			if got == want {
				return
			}
		case <-time.After(5 * time.Second):
			l.Fatalf("not told that it is %s", want)
		}
	}
}

func TestWatchLinkOfNone(t *testing.T) {
	l, _ := someLAN(t)
	states := l.watch("lan7")
	l.hear(states, isGone)
	l.cable("lan7", "far7")
	l.becomes(states, isUp)
}

// More happens than the kernel keeps for somebody who is busy.
func TestWatchLinkLosesNothingThatLasts(t *testing.T) {
	l, _ := someLAN(t)
	busy, stop := make(chan struct{}), make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var last string
	done := make(chan error, 1)
	here := l.here
	go func() {
		done <- apart(func() error {
			if err := netns.Set(here); err != nil {
				return err
			}
			return WatchLink(ctx, "lan0", func(up, present bool) {
				if last == "" {
					close(busy)
					<-stop
				}
				if last = fmt.Sprintf("up %v, present %v", up, present); last == isDown {
					cancel()
				}
			})
		})
	}()
	<-busy
	link := l.near("lan0")
	for i := range 2000 {
		l.must(netlink.LinkSetMTU(link, 1400+i%2))
	}
	l.must(netlink.LinkSetDown(link))
	close(stop)
	select {
	case err := <-done:
		if err != nil || last != isDown {
			t.Errorf("have %v, %s", err, last)
		}
	case <-time.After(10 * time.Second):
		cancel()
		t.Errorf("heard nothing more: %v", <-done)
	}
}

func TestAWatchThatFailsSaysWhat(t *testing.T) {
	l, _ := someLAN(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	told := 0
	if err := WatchLink(ctx, "lan0", func(bool, bool) { told++ }); err != nil || told != 1 {
		t.Errorf("have %v, told %d times", err, told)
	}
	if err := WatchLink(t.Context(), strings.Repeat("x", 200), func(bool, bool) {}); err == nil || !strings.HasPrefix(err.Error(), "watch the interface x") {
		t.Errorf("have %v", err)
	}
	l.near("lan0")
}
