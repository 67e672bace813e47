package main

import (
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

func open(path string, flags int) attempt {
	return func(*loot) error {
		_, err := unix.Open(path, flags, 0o600)
		return err
	}
}

func path(s string) uintptr { return uintptr(unsafe.Pointer(unsafe.StringData(s + "\x00"))) }

var files = map[string]attempt{
	"open passwd":     open("/etc/passwd", unix.O_RDONLY),
	"open mem":        open("/proc/self/mem", unix.O_RDWR),
	"open dev mem":    open("/dev/mem", unix.O_RDWR),
	"open null":       open("/dev/null", unix.O_RDWR),
	"open root":       open("/", unix.O_RDONLY|unix.O_DIRECTORY),
	"open path":       open("/", unix.O_PATH),
	"open parent":     open("..", unix.O_RDONLY|unix.O_DIRECTORY),
	"open unnamed":    open("/tmp", unix.O_RDWR|unix.O_TMPFILE),
	"create":          open("/x", unix.O_CREAT|unix.O_RDWR|unix.O_EXCL),
	"os.ReadFile":     func(*loot) error { _, err := os.ReadFile("/etc/hostname"); return err },
	"openat outside":  func(l *loot) error { _, err := unix.Openat(l.dir, "etc/passwd", unix.O_RDONLY, 0); return err },
	"openat2 outside": func(l *loot) error { _, err := unix.Openat2(l.dir, "etc/passwd", &unix.OpenHow{}); return err },
	"open by handle": func(l *loot) error {
		return call(unix.SYS_OPEN_BY_HANDLE_AT, uintptr(l.dir), 0, 0)
	},
	"list outside": func(l *loot) error { _, err := unix.Getdents(l.dir, make([]byte, 4096)); return err },
	"stat":         func(*loot) error { return unix.Fstatat(unix.AT_FDCWD, "/", &unix.Stat_t{}, 0) },
	"statx":        func(*loot) error { return unix.Statx(unix.AT_FDCWD, "/", 0, 0, &unix.Statx_t{}) },
	"readlink":     func(l *loot) error { _, err := unix.Readlinkat(l.dir, "proc/self/exe", make([]byte, 99)); return err },
	"fchdir":       func(l *loot) error { return unix.Fchdir(l.dir) },
	"mkdir":        func(l *loot) error { return unix.Mkdirat(l.dir, "tmp/prisoner", 0o700) },
	"mknod":        func(l *loot) error { return unix.Mknodat(l.dir, "tmp/prisoner", unix.S_IFIFO, 0) },
	"unlink":       func(l *loot) error { return unix.Unlinkat(l.dir, "tmp/prisoner", 0) },
	"rename":       func(l *loot) error { return unix.Renameat2(l.dir, "tmp/prisoner", l.dir, "tmp/x", 0) },
	"link":         func(l *loot) error { return unix.Linkat(l.dir, "etc/passwd", l.dir, "tmp/prisoner", 0) },
	"symlink":      func(l *loot) error { return unix.Symlinkat("x", l.dir, "tmp/prisoner") },
	"chmod":        func(l *loot) error { return unix.Fchmodat(l.dir, "tmp/prisoner", 0o777, 0) },
	"ftruncate":    func(l *loot) error { return unix.Ftruncate(l.file, 0) },
	"lseek":        func(l *loot) error { _, err := unix.Seek(l.file, 0, 0); return err },
	"pwrite":       func(l *loot) error { _, err := unix.Pwrite(l.file, []byte("x"), 0); return err },
	"fallocate":    func(l *loot) error { return unix.Fallocate(l.file, 0, 0, 1) },
	"memfd_create": func(*loot) error { _, err := unix.MemfdCreate("x", 0); return err },
	"pipe":         func(*loot) error { return unix.Pipe2(make([]int, 2), 0) },
	"inotify":      func(*loot) error { _, err := unix.InotifyInit1(0); return err },
	"fanotify":     func(*loot) error { _, err := unix.FanotifyInit(0, 0); return err },
	"map a program": func(l *loot) error {
		_, err := unix.Mmap(l.program, 0, 4096, unix.PROT_READ, unix.MAP_PRIVATE)
		return err
	},
	"map a program's code": func(l *loot) error {
		_, err := unix.Mmap(l.program, 0, 4096, unix.PROT_READ|unix.PROT_EXEC, unix.MAP_PRIVATE)
		return err
	},
	"sendfile": func(l *loot) error { _, err := unix.Sendfile(l.socket, l.file, nil, 10); return err },
	"splice":   func(l *loot) error { _, err := unix.Splice(l.file, nil, l.socket, nil, 10, 0); return err },
	"copy_file_range": func(l *loot) error {
		_, err := unix.CopyFileRange(l.file, nil, l.socket, nil, 10, 0)
		return err
	},
	"syscall.Exec": func(*loot) error { return syscall.Exec("/bin/sh", nil, nil) },
}
