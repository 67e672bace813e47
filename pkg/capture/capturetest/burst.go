package capturetest

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// burst is how many frames are handed to the kernel at once.
const burst = 64

// message is the kernel's struct mmsghdr.
type message struct {
	header unix.Msghdr
	length uint32
	_      [4]byte
}

// Flood sends a frame n times as fast as one thread can; change makes it the ith.
func (c *Cable) Flood(n int, frame []byte, change func(i int, frame []byte)) error {
	var messages [burst]message
	var vectors [burst]unix.Iovec
	var frames [burst][]byte
	for i := range burst {
		frames[i] = append([]byte(nil), frame...)
		vectors[i].Base = &frames[i][0]
		vectors[i].SetLen(len(frame))
		messages[i].header.Iov = &vectors[i]
		messages[i].header.SetIovlen(1)
	}
	for sent := 0; sent < n; {
		size := min(burst, n-sent)
		for i := range size {
			change(sent+i, frames[i])
		}
		done, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(c.fd), uintptr(unsafe.Pointer(&messages[0])), uintptr(size), 0, 0, 0) //nolint:gosec // there is no other way to send many at once
		if errno != 0 && errno != unix.ENOBUFS && errno != unix.EAGAIN {
			return fmt.Errorf("send %d frames: %w", size, errno)
		}
		if errno == 0 {
			sent += int(done)
		}
	}
	return nil
}
