package main

import "golang.org/x/sys/unix"

// foreign makes call 20 of 32-bit programs, getpid.
func foreign() uintptr

var ofArch = map[string]attempt{
	"fork":       fork(unix.SYS_FORK, 0),
	"vfork":      fork(unix.SYS_VFORK, 0),
	"open":       func(*loot) error { return call(unix.SYS_OPEN, path("/etc/passwd"), 0) },
	"creat":      func(*loot) error { return call(unix.SYS_CREAT, path("/x"), 0) },
	"modify_ldt": withPointers(unix.SYS_MODIFY_LDT, 0, -1, 64),
	"iopl":       withPointers(unix.SYS_IOPL, 3),
	"arch_prctl": withPointers(unix.SYS_ARCH_PRCTL, 0x1003, -1),
	"x32 getpid": func(*loot) error { return call(0x40000000 | unix.SYS_GETPID) },
	"x32 socket": func(*loot) error { return call(0x40000000|unix.SYS_SOCKET, unix.AF_INET, unix.SOCK_STREAM, 0) },
	"32-bit getpid": func(*loot) error {
		foreign()
		return nil
	},
}
