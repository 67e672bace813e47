package main

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// needs are things that must go on working.
var needs = map[string]attempt{
	"threads": func(*loot) error { return threads(200) },
	"timers":  func(*loot) error { return timers(2000) },
	"goroutines": func(*loot) error {
		var group sync.WaitGroup
		var sum atomic.Int64
		for i := range 10_000 {
			group.Go(func() {
				time.Sleep(time.Duration(i%50) * time.Millisecond)
				sum.Add(grow(64))
			})
		}
		group.Wait()
		if sum.Load() != 10_000*64 {
			return fmt.Errorf("the sum is %d", sum.Load())
		}
		return nil
	},
	// Four times as much garbage as the tests allow memory, a quarter live.
	"garbage": func(*loot) error {
		live := make([][]byte, 64)
		for i := range 1024 {
			live[i%len(live)] = touched(1 << 20)
		}
		runtime.GC()
		runtime.KeepAlive(live)
		return nil
	},
	"time zone": func(*loot) error {
		if zone, _ := time.Now().Local().Zone(); zone != "UTC" {
			return errors.New(zone)
		}
		return nil
	},
	// These two do not return.
	"eat memory": func(*loot) error {
		var live [][]byte
		for range 4096 {
			live = append(live, touched(1<<20))
		}
		runtime.KeepAlive(live)
		return nil
	},
	"send a descriptor": func(l *loot) error {
		for fd := range 256 {
			if a, err := unix.Getsockname(fd); err == nil {
				if _, ok := a.(*unix.SockaddrUnix); ok {
					return unix.Sendmsg(fd, []byte("{}"), unix.UnixRights(l.file), nil, 0)
				}
			}
		}
		return errors.New("there is no socket to send it on")
	},
	"flood": func(*loot) error {
		for range 2000 {
			_, _ = unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		}
		return nil
	},
}

// threads keeps n threads busy at once, each of its own.
func threads(n int) error {
	var group sync.WaitGroup
	var started atomic.Int64
	ids := make([]int, n)
	for i := range n {
		group.Go(func() {
			runtime.LockOSThread() // not unlocked, so that the thread ends too
			ids[i] = unix.Gettid()
			started.Add(1)
			for started.Load() < int64(n) {
				runtime.Gosched()
			}
			grow(200)
		})
	}
	group.Wait()
	distinct := make(map[int]bool)
	for _, id := range ids {
		distinct[id] = true
	}
	if len(distinct) != n {
		return fmt.Errorf("%d threads", len(distinct))
	}
	return nil
}

func timers(n int) error {
	begin := time.Now()
	fired := make(chan time.Time, n)
	for i := range n {
		time.AfterFunc(time.Duration(i%20)*time.Millisecond, func() { fired <- time.Now() })
	}
	for range n {
		if at := <-fired; at.Before(begin) {
			return errors.New("a clock went back")
		}
	}
	return nil
}

// grow makes the stack grow.
func grow(depth int64) int64 {
	var pad [128]byte
	if depth == 0 {
		return int64(pad[0])
	}
	return 1 + grow(depth-1) + int64(pad[depth%128])
}

func touched(n int) []byte {
	b := make([]byte, n)
	for i := 0; i < n; i += 4096 {
		b[i] = 1
	}
	return b
}
