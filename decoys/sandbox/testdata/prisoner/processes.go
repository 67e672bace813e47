package main

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// fork makes a process. If that works, the child ends at once: it has one thread
// of a runtime that wants several.
func fork(number, flags uintptr) attempt {
	return func(*loot) error {
		pid, _, errno := syscall.RawSyscall6(number, flags, 0, 0, 0, 0, 0)
		if errno != 0 {
			return errno
		}
		if pid == 0 {
			_, _, _ = syscall.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0)
		}
		_, err := unix.Wait4(int(pid), nil, 0, nil)
		return err
	}
}

// clone makes one by clone, which every architecture has.
func clone(flags uintptr) attempt { return fork(unix.SYS_CLONE, flags) }

// withPointers makes a call with up to four pointers to zeroed memory where the
// argument is -1.
func withPointers(number uintptr, args ...int) attempt {
	return func(*loot) error {
		memory := make([]byte, 4096)
		raw := make([]uintptr, len(args))
		for i, a := range args {
			raw[i] = uintptr(a)
			if a == -1 {
				raw[i] = uintptr(unsafe.Pointer(&memory[i*512]))
			}
		}
		return call(number, raw...)
	}
}

// onParent makes a call whose first argument is the parent's process id.
func onParent(number uintptr, args ...uintptr) attempt {
	return func(l *loot) error { return call(number, append([]uintptr{uintptr(l.parent)}, args...)...) }
}

var processes = map[string]attempt{
	"execve a shell": func(*loot) error { return unix.Exec("/bin/sh", []string{"sh"}, nil) },
	"execveat itself": func(l *loot) error {
		argv := [2]uintptr{path("x"), 0}
		return call(unix.SYS_EXECVEAT, uintptr(l.program), path(""), uintptr(unsafe.Pointer(&argv)), 0, unix.AT_EMPTY_PATH)
	},
	"fork by clone":       clone(uintptr(unix.SIGCHLD)),
	"vfork by clone":      clone(unix.CLONE_VM | unix.CLONE_VFORK | uintptr(unix.SIGCHLD)),
	"clone a user":        clone(unix.CLONE_NEWUSER | uintptr(unix.SIGCHLD)),
	"clone a half thread": clone(unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND),
	"clone high bits":     clone(1<<32 | unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND | unix.CLONE_SYSVSEM | unix.CLONE_THREAD),
	"clone3":              withPointers(unix.SYS_CLONE3, -1, 64),

	"ptrace parent":     func(l *loot) error { return unix.PtraceAttach(l.parent) },
	"ptrace me":         withPointers(unix.SYS_PTRACE, unix.PTRACE_TRACEME),
	"process_vm_readv":  onParent(unix.SYS_PROCESS_VM_READV),
	"process_vm_writev": onParent(unix.SYS_PROCESS_VM_WRITEV),
	"kill parent":       func(l *loot) error { return unix.Kill(l.parent, unix.SIGCONT) },
	"kill everybody":    func(*loot) error { return unix.Kill(-1, 0) },
	"tgkill parent":     func(l *loot) error { return unix.Tgkill(l.parent, l.parent, unix.SIGCONT) },
	"tkill parent":      onParent(unix.SYS_TKILL, uintptr(unix.SIGCONT)),
	"queue a signal":    onParent(unix.SYS_RT_SIGQUEUEINFO),
	"pidfd_open":        func(l *loot) error { _, err := unix.PidfdOpen(l.parent, 0); return err },
	"pidfd_getfd":       withPointers(unix.SYS_PIDFD_GETFD, 3, 0, 0),
	"pidfd_send_signal": withPointers(unix.SYS_PIDFD_SEND_SIGNAL, 3, 0),
	"kcmp":              onParent(unix.SYS_KCMP),
	"prlimit parent":    func(l *loot) error { return unix.Prlimit(l.parent, unix.RLIMIT_NOFILE, nil, &unix.Rlimit{}) },
	"prlimit itself": func(*loot) error {
		return unix.Prlimit(0, unix.RLIMIT_DATA, &unix.Rlimit{Cur: 1 << 40, Max: 1 << 40}, nil)
	},
	"setpriority": func(*loot) error { return unix.Setpriority(unix.PRIO_PROCESS, 0, -20) },
	"wait4":       func(*loot) error { _, err := unix.Wait4(-1, nil, unix.WNOHANG, nil); return err },
	"getppid":     func(*loot) error { return call(unix.SYS_GETPPID) },

	"setuid":               withPointers(unix.SYS_SETUID, 0),
	"setgid":               withPointers(unix.SYS_SETGID, 0),
	"setresuid":            withPointers(unix.SYS_SETRESUID, 0, 0, 0),
	"setresgid":            withPointers(unix.SYS_SETRESGID, 0, 0, 0),
	"setgroups":            withPointers(unix.SYS_SETGROUPS, 0, -1),
	"capset":               withPointers(unix.SYS_CAPSET, -1, -1),
	"personality":          withPointers(unix.SYS_PERSONALITY, 0x0400000), // READ_IMPLIES_EXEC
	"unshare":              func(*loot) error { return unix.Unshare(unix.CLONE_NEWUSER) },
	"setns":                func(l *loot) error { return unix.Setns(l.file, 0) },
	"chroot":               func(*loot) error { return unix.Chroot("/") },
	"pivot_root":           func(*loot) error { return unix.PivotRoot("/", "/") },
	"prctl dumpable":       func(*loot) error { return unix.Prctl(unix.PR_SET_DUMPABLE, 1, 0, 0, 0) },
	"prctl ptracer":        func(*loot) error { return unix.Prctl(unix.PR_SET_PTRACER, ^uintptr(0), 0, 0, 0) },
	"prctl name a mapping": func(*loot) error { return unix.Prctl(unix.PR_SET_VMA, unix.PR_SET_VMA_ANON_NAME, 0, 0, 0) },
}
