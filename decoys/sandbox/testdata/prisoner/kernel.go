package main

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

var kernel = map[string]attempt{
	"mount":         func(*loot) error { return unix.Mount("none", "/", "tmpfs", 0, "") },
	"umount":        func(*loot) error { return unix.Unmount("/", unix.MNT_DETACH) },
	"open_tree":     func(l *loot) error { _, err := unix.OpenTree(l.dir, "", unix.AT_EMPTY_PATH); return err },
	"fsopen":        func(*loot) error { _, err := unix.Fsopen("tmpfs", 0); return err },
	"move_mount":    func(l *loot) error { return unix.MoveMount(l.dir, "", l.dir, "", unix.MOVE_MOUNT_F_EMPTY_PATH) },
	"mount_setattr": withPointers(unix.SYS_MOUNT_SETATTR, 0, -1, 0, -1, 32),

	"mmap executable": func(*loot) error {
		_, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_EXEC, unix.MAP_PRIVATE|unix.MAP_ANON)
		return err
	},
	"mmap shared": func(*loot) error {
		_, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_ANON)
		return err
	},
	"mprotect executable": func(*loot) error {
		page, err := unix.Mmap(-1, 0, 4096, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
		if err != nil {
			return nil // that is allowed, so this is none of what is tested
		}
		return unix.Mprotect(page, unix.PROT_READ|unix.PROT_EXEC)
	},
	"pkey_mprotect": withPointers(unix.SYS_PKEY_MPROTECT, 0, 0, 4, 0),
	"mremap":        withPointers(unix.SYS_MREMAP, 0, 0, 0, 0),
	"mlock":         withPointers(unix.SYS_MLOCK, -1, 10),
	"shmget":        withPointers(unix.SYS_SHMGET, 0, 4096, 0o1600),
	"shmat":         withPointers(unix.SYS_SHMAT, 0, 0, 0o100000), // SHM_EXEC
	"memfd_secret":  withPointers(unix.SYS_MEMFD_SECRET, 0),
	"madvise poison": func(*loot) error {
		return call(unix.SYS_MADVISE, 0, 0, unix.MADV_HWPOISON)
	},

	"io_uring_setup":  withPointers(unix.SYS_IO_URING_SETUP, 8, -1),
	"io_uring_enter":  withPointers(unix.SYS_IO_URING_ENTER, 0, 0, 0, 0),
	"bpf":             withPointers(unix.SYS_BPF, 0, -1, 48),
	"perf_event_open": func(*loot) error { _, err := unix.PerfEventOpen(&unix.PerfEventAttr{}, 0, -1, -1, 0); return err },
	"userfaultfd":     withPointers(unix.SYS_USERFAULTFD, 1),
	"keyctl":          withPointers(unix.SYS_KEYCTL, 0, -3, 0),
	"add_key": func(*loot) error {
		_, err := unix.AddKey("user", "x", []byte("x"), unix.KEY_SPEC_PROCESS_KEYRING)
		return err
	},
	"request_key":     func(*loot) error { _, err := unix.RequestKey("user", "x", "", 0); return err },
	"init_module":     func(*loot) error { return unix.InitModule(make([]byte, 64), "") },
	"finit_module":    func(l *loot) error { return unix.FinitModule(l.program, "", 0) },
	"delete_module":   func(*loot) error { return unix.DeleteModule("x", unix.O_NONBLOCK) },
	"kexec_load":      withPointers(unix.SYS_KEXEC_LOAD, 0, 0, 0, 0),
	"kexec_file_load": withPointers(unix.SYS_KEXEC_FILE_LOAD, -1, -1, 0, 0, 0),
	"reboot":          withPointers(unix.SYS_REBOOT, 0, 0, 0), // without the magic numbers
	"swapon":          withPointers(unix.SYS_SWAPON, 0, 0),
	"acct":            withPointers(unix.SYS_ACCT, 0),
	"seccomp":         withPointers(unix.SYS_SECCOMP, unix.SECCOMP_GET_NOTIF_SIZES, 0, -1),
	"landlock":        withPointers(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION),
	"futex priority":  withPointers(unix.SYS_FUTEX, -1, 6, 0, 0), // FUTEX_LOCK_PI
	"futex shared":    withPointers(unix.SYS_FUTEX, -1, 1, 1, 0),
	"clock_settime":   withPointers(unix.SYS_CLOCK_SETTIME, 0, 0),
	"timer_create":    withPointers(unix.SYS_TIMER_CREATE, 0, 0, -1),
	"uname":           func(*loot) error { return unix.Uname(&unix.Utsname{}) },
	"sysinfo":         func(*loot) error { return unix.Sysinfo(&unix.Sysinfo_t{}) },
	"syslog":          withPointers(unix.SYS_SYSLOG, 10, 0, 0),
	"tiocsti": func(*loot) error {
		c := byte('x')
		return call(unix.SYS_IOCTL, 0, unix.TIOCSTI, uintptr(unsafe.Pointer(&c)))
	},
	"a call that does not exist": withPointers(1000),
	"call -1":                    func(*loot) error { return call(^uintptr(0)) },
}
