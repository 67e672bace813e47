package shell

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
)

// own is a number from 0 to n-1 that belongs to what on this machine and is another on every
// other: sizes and inodes that were the same everywhere would tell a decoy by one of its files.
func (s *System) own(what string, n int) int {
	h := fnv.New64a()
	_, _ = h.Write(s.key) // never fails
	_, _ = h.Write([]byte(what))
	return int(h.Sum64() % uint64(n)) //nolint:gosec // below n
}

// somewhere is an address of a page from base on, as the kernel's randomization places it, another at
// every call; bits is how many of its number are random.
func somewhere(base uint64, bits int) uint64 { return base + rand.Uint64N(1<<bits)<<12 }

// inode is the number of the file at the absolute path p.
func (s *System) inode(p string) int { return 131072 + s.own("inode "+p, 1<<21) }

// From where on Linux places programs, libraries and the stack on x86-64.
const (
	lowProgram = 0x5500_0000_0000
	lowMmap    = 0x7f00_0000_0000
	lowStack   = 0x7ffc_0000_0000
)

// maps is /proc/PID/maps of a process that runs exe. A process that is looked at twice would have
// the same; the shell's own are looked at by another process each time.
func (s *System) maps(exe string) string {
	at := somewhere(lowProgram, 28)
	var b strings.Builder
	line := func(from, size uint64, perm string, offset uint64, inode int, file string) {
		device := "00:00"
		if inode > 0 {
			device = "08:01"
		}
		text := fmt.Sprintf("%012x-%012x %s %08x %s %d ", from, from+size, perm, offset, device, inode)
		fmt.Fprintf(&b, "%-73s%s\n", text, file)
	}
	n := s.inode(exe)
	for i, perm := range []string{"r--p", "r-xp", "r--p", "rw-p"} {
		line(at+uint64(i)*0x6000, 0x6000, perm, uint64(i)*0x6000, n, exe)
	}
	line(at+0x9_3000, 0x2_1000, "rw-p", 0, 0, "[heap]")
	libc, n := somewhere(lowMmap, 27), s.inode("/usr/lib/libc.so.6")
	line(libc, 0x2_6000, "r--p", 0, n, "/usr/lib/x86_64-linux-gnu/libc.so.6")
	line(libc+0x2_6000, 0x15_6000, "r-xp", 0x2_6000, n, "/usr/lib/x86_64-linux-gnu/libc.so.6")
	stack := somewhere(lowStack, 21)
	line(stack, 0x2_1000, "rw-p", 0, 0, "[stack]")
	line(stack+0x5_5000, 0x2000, "r-xp", 0, 0, "[vdso]")
	return b.String()
}
