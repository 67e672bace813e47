package seccomp

import "golang.org/x/sys/unix"

// cloneThread is how the Go runtime makes a thread (runtime/os_linux.go), on amd64
// with CLONE_SETTLS. Exactly these flags are allowed: without CLONE_THREAD it
// would be a process.
const cloneThread = unix.CLONE_VM | unix.CLONE_FS | unix.CLONE_FILES | unix.CLONE_SIGHAND | unix.CLONE_SYSVSEM | unix.CLONE_THREAD

// futexPrivate is FUTEX_PRIVATE_FLAG of futex(2). The runtime waits (0) and wakes
// (1) and needs none of the other operations, in which the kernel had its worst
// bugs.
const futexPrivate = 128

func oneOf(arg int, values ...uint32) test { return test{arg: arg, kind: isOneOf, values: values} }
func only(arg int, mask uint32) test       { return test{arg: arg, kind: hasOnly, values: []uint32{mask}} }

func anyOf(arg int, mask uint32) test { return test{arg: arg, kind: hasAny, values: []uint32{mask}} }

func allow(number uint32, name string, tests ...test) rule {
	return rule{number: number, name: name, verdict: Allow, tests: tests}
}

func decline(number uint32, name string, errno unix.Errno, tests ...test) rule {
	return rule{number: number, name: name, verdict: Decline, errno: uint32(errno), tests: tests} //nolint:gosec // below 4096
}

// policy returns the rules for a process with this id. Calls that need no test
// come cheap wherever they are, since the kernel remembers that they are always
// allowed (Linux 5.11); of the others the frequent ones come first.
func policy(pid uint32) []rule {
	rules := []rule{
		allow(unix.SYS_FUTEX, "futex", oneOf(1, futexPrivate, futexPrivate|1)),
		allow(unix.SYS_READ, "read"),
		allow(unix.SYS_WRITE, "write"),
		allow(unix.SYS_EPOLL_PWAIT, "epoll_pwait"),
		allow(unix.SYS_NANOSLEEP, "nanosleep"),
		allow(unix.SYS_ACCEPT4, "accept4"),
		allow(unix.SYS_CLOSE, "close"),
	}
	rules = append(rules, network()...)
	rules = append(rules, runtime(pid)...)
	rules = append(rules, refused()...)
	return append(rules, ofArch()...)
}

// network are the calls that package net makes for sockets that were handed over.
// There is none by which a socket comes to be or learns of a peer. A service over
// UDP will need recvfrom, and sendto, which takes an address: what it can reach
// is then a matter of where the socket was bound and of the network around it.
func network() []rule {
	return []rule{
		allow(unix.SYS_WRITEV, "writev"),
		allow(unix.SYS_EPOLL_CTL, "epoll_ctl"),
		allow(unix.SYS_EPOLL_CREATE1, "epoll_create1"),
		allow(unix.SYS_EVENTFD2, "eventfd2"),
		allow(unix.SYS_SHUTDOWN, "shutdown"),
		allow(unix.SYS_GETSOCKNAME, "getsockname"),
		allow(unix.SYS_GETPEERNAME, "getpeername"),
		allow(unix.SYS_RECVMSG, "recvmsg"),
		// Without flags, since MSG_FASTOPEN makes sendmsg a connect.
		allow(unix.SYS_SENDMSG, "sendmsg", oneOf(2, 0)),
		allow(unix.SYS_GETSOCKOPT, "getsockopt", oneOf(1, unix.SOL_SOCKET)),
		allow(unix.SYS_SETSOCKOPT, "setsockopt", oneOf(1, unix.SOL_SOCKET),
			oneOf(2, unix.SO_KEEPALIVE, unix.SO_LINGER, unix.SO_RCVBUF, unix.SO_SNDBUF)),
		allow(unix.SYS_SETSOCKOPT, "setsockopt", oneOf(1, unix.IPPROTO_TCP),
			oneOf(2, unix.TCP_NODELAY, unix.TCP_KEEPIDLE, unix.TCP_KEEPINTVL, unix.TCP_KEEPCNT)),
		// F_SETFL is not among them: it takes O_APPEND from the event file.
		allow(unix.SYS_FCNTL, "fcntl", oneOf(1, unix.F_DUPFD_CLOEXEC, unix.F_GETFL)),
	}
}

// runtime are the calls of the Go runtime: memory that is never both written and
// executed, threads, signals among these, clocks.
func runtime(pid uint32) []rule {
	const private = unix.MAP_PRIVATE | unix.MAP_ANON
	const droppable = unix.MAP_DROPPABLE | unix.MAP_ANON // state of the kernel's random numbers
	const writable = unix.PROT_READ | unix.PROT_WRITE
	return []rule{
		// Of no file, since a file of a program's code can be had without PROT_EXEC.
		allow(unix.SYS_MMAP, "mmap", only(2, writable), oneOf(3, private, private|unix.MAP_FIXED, droppable)),
		{number: unix.SYS_MMAP, name: "mmap", verdict: Fatal, tests: []test{anyOf(2, unix.PROT_EXEC)}},
		allow(unix.SYS_MPROTECT, "mprotect", only(2, writable)),
		{number: unix.SYS_MPROTECT, name: "mprotect", verdict: Fatal, tests: []test{anyOf(2, unix.PROT_EXEC)}},
		allow(unix.SYS_MUNMAP, "munmap"),
		allow(unix.SYS_MADVISE, "madvise", oneOf(2, unix.MADV_DONTNEED, unix.MADV_FREE, unix.MADV_HUGEPAGE, unix.MADV_NOHUGEPAGE, unix.MADV_COLLAPSE)),
		allow(unix.SYS_CLONE, "clone", oneOf(0, cloneThread, cloneThread|unix.CLONE_SETTLS)),
		{number: unix.SYS_CLONE, name: "clone", verdict: Fatal},
		// To its own threads: the runtime stops them by a signal.
		allow(unix.SYS_TGKILL, "tgkill", oneOf(0, pid)),
		allow(unix.SYS_GETPID, "getpid"),
		allow(unix.SYS_GETTID, "gettid"),
		allow(unix.SYS_RT_SIGACTION, "rt_sigaction"),
		allow(unix.SYS_RT_SIGPROCMASK, "rt_sigprocmask"),
		allow(unix.SYS_RT_SIGRETURN, "rt_sigreturn"),
		allow(unix.SYS_SIGALTSTACK, "sigaltstack"),
		allow(unix.SYS_SCHED_YIELD, "sched_yield"),
		allow(unix.SYS_SCHED_GETAFFINITY, "sched_getaffinity"),
		// The runtime keeps the processor limit of its control group open.
		allow(unix.SYS_PREAD64, "pread64"),
		allow(unix.SYS_GETRANDOM, "getrandom"),
		allow(unix.SYS_CLOCK_GETTIME, "clock_gettime"),
		allow(unix.SYS_RESTART_SYSCALL, "restart_syscall"),
		allow(unix.SYS_EXIT, "exit"),
		allow(unix.SYS_EXIT_GROUP, "exit_group"),
		// The names of memory mappings; after EINVAL the runtime gives none.
		decline(unix.SYS_PRCTL, "prctl", unix.EINVAL, oneOf(0, unix.PR_SET_VMA)),
		// Package net copies through a buffer where the kernel cannot.
		decline(unix.SYS_SPLICE, "splice", unix.EINVAL),
		decline(unix.SYS_SENDFILE, "sendfile", unix.ENOSYS),
		decline(unix.SYS_COPY_FILE_RANGE, "copy_file_range", unix.ENOSYS),
	}
}
