package seccomp

import (
	"maps"
	"slices"

	"golang.org/x/sys/unix"
)

// refused are the calls that are worth a name when somebody makes them. That they
// are refused needs no rule.
func refused() []rule {
	// There is no seeing which flags it has. Who gets ENOSYS tries clone.
	rules := []rule{{number: unix.SYS_CLONE3, name: "clone3", errno: uint32(unix.ENOSYS)}}
	rules = append(rules, named(Fatal, fatal)...)
	return append(rules, named(Refuse, noticed)...)
}

func named(v Verdict, calls map[string]uint32) []rule {
	rules := make([]rule, 0, len(calls))
	for _, name := range slices.Sorted(maps.Keys(calls)) {
		rules = append(rules, rule{number: calls[name], name: name, verdict: v})
	}
	return rules
}

// fatal are calls that start a program or a process, reach into another one,
// change what the process is or where it lives, or drive those parts of the
// kernel by which it is taken over. A Go program that serves connections makes
// none of them by mistake.
var fatal = map[string]uint32{
	"execve": unix.SYS_EXECVE, "execveat": unix.SYS_EXECVEAT,
	"ptrace": unix.SYS_PTRACE, "process_vm_readv": unix.SYS_PROCESS_VM_READV, "process_vm_writev": unix.SYS_PROCESS_VM_WRITEV,
	"pidfd_getfd": unix.SYS_PIDFD_GETFD, "kcmp": unix.SYS_KCMP, "process_madvise": unix.SYS_PROCESS_MADVISE,
	"unshare": unix.SYS_UNSHARE, "setns": unix.SYS_SETNS, "chroot": unix.SYS_CHROOT, "pivot_root": unix.SYS_PIVOT_ROOT,
	"mount": unix.SYS_MOUNT, "umount2": unix.SYS_UMOUNT2, "move_mount": unix.SYS_MOVE_MOUNT, "open_tree": unix.SYS_OPEN_TREE,
	"fsopen": unix.SYS_FSOPEN, "fsconfig": unix.SYS_FSCONFIG, "fsmount": unix.SYS_FSMOUNT, "fspick": unix.SYS_FSPICK, "mount_setattr": unix.SYS_MOUNT_SETATTR,
	"setuid": unix.SYS_SETUID, "setgid": unix.SYS_SETGID, "setreuid": unix.SYS_SETREUID, "setregid": unix.SYS_SETREGID,
	"setresuid": unix.SYS_SETRESUID, "setresgid": unix.SYS_SETRESGID, "setgroups": unix.SYS_SETGROUPS, "capset": unix.SYS_CAPSET,
	"bpf": unix.SYS_BPF, "perf_event_open": unix.SYS_PERF_EVENT_OPEN, "userfaultfd": unix.SYS_USERFAULTFD,
	"io_uring_setup": unix.SYS_IO_URING_SETUP, "io_uring_enter": unix.SYS_IO_URING_ENTER, "io_uring_register": unix.SYS_IO_URING_REGISTER,
	"keyctl": unix.SYS_KEYCTL, "add_key": unix.SYS_ADD_KEY, "request_key": unix.SYS_REQUEST_KEY,
	"init_module": unix.SYS_INIT_MODULE, "finit_module": unix.SYS_FINIT_MODULE, "delete_module": unix.SYS_DELETE_MODULE,
	"kexec_load": unix.SYS_KEXEC_LOAD, "reboot": unix.SYS_REBOOT, "swapon": unix.SYS_SWAPON, "swapoff": unix.SYS_SWAPOFF, "acct": unix.SYS_ACCT, "quotactl": unix.SYS_QUOTACTL,
	"personality": unix.SYS_PERSONALITY, "pkey_mprotect": unix.SYS_PKEY_MPROTECT, "remap_file_pages": unix.SYS_REMAP_FILE_PAGES,
	"seccomp": unix.SYS_SECCOMP,
}

// noticed are calls that a library might make by mistake, so that they are an
// error and not the end.
var noticed = map[string]uint32{
	"socket": unix.SYS_SOCKET, "socketpair": unix.SYS_SOCKETPAIR, "connect": unix.SYS_CONNECT, "bind": unix.SYS_BIND, "listen": unix.SYS_LISTEN,
	"accept": unix.SYS_ACCEPT, "sendto": unix.SYS_SENDTO, "recvfrom": unix.SYS_RECVFROM, "sendmmsg": unix.SYS_SENDMMSG, "recvmmsg": unix.SYS_RECVMMSG,
	"openat": unix.SYS_OPENAT, "openat2": unix.SYS_OPENAT2, "open_by_handle_at": unix.SYS_OPEN_BY_HANDLE_AT, "name_to_handle_at": unix.SYS_NAME_TO_HANDLE_AT,
	"statx": unix.SYS_STATX, "fstat": unix.SYS_FSTAT, "faccessat": unix.SYS_FACCESSAT, "faccessat2": unix.SYS_FACCESSAT2, "readlinkat": unix.SYS_READLINKAT,
	"getdents64": unix.SYS_GETDENTS64, "getcwd": unix.SYS_GETCWD, "chdir": unix.SYS_CHDIR, "fchdir": unix.SYS_FCHDIR,
	"mkdirat": unix.SYS_MKDIRAT, "mknodat": unix.SYS_MKNODAT, "unlinkat": unix.SYS_UNLINKAT, "renameat2": unix.SYS_RENAMEAT2, "linkat": unix.SYS_LINKAT, "symlinkat": unix.SYS_SYMLINKAT,
	"fchmod": unix.SYS_FCHMOD, "fchmodat": unix.SYS_FCHMODAT, "fchown": unix.SYS_FCHOWN, "fchownat": unix.SYS_FCHOWNAT,
	"truncate": unix.SYS_TRUNCATE, "ftruncate": unix.SYS_FTRUNCATE, "fallocate": unix.SYS_FALLOCATE, "lseek": unix.SYS_LSEEK,
	"pwrite64": unix.SYS_PWRITE64, "pwritev": unix.SYS_PWRITEV, "pwritev2": unix.SYS_PWRITEV2, "readv": unix.SYS_READV, "flock": unix.SYS_FLOCK,
	"ioctl": unix.SYS_IOCTL, "dup": unix.SYS_DUP, "dup3": unix.SYS_DUP3, "pipe2": unix.SYS_PIPE2, "tee": unix.SYS_TEE, "vmsplice": unix.SYS_VMSPLICE,
	"memfd_create": unix.SYS_MEMFD_CREATE, "memfd_secret": unix.SYS_MEMFD_SECRET, "mremap": unix.SYS_MREMAP, "mlock": unix.SYS_MLOCK, "brk": unix.SYS_BRK,
	"shmget": unix.SYS_SHMGET, "shmat": unix.SYS_SHMAT, "msgget": unix.SYS_MSGGET, "semget": unix.SYS_SEMGET,
	"kill": unix.SYS_KILL, "tkill": unix.SYS_TKILL, "rt_sigqueueinfo": unix.SYS_RT_SIGQUEUEINFO, "rt_tgsigqueueinfo": unix.SYS_RT_TGSIGQUEUEINFO,
	"pidfd_open": unix.SYS_PIDFD_OPEN, "pidfd_send_signal": unix.SYS_PIDFD_SEND_SIGNAL, "wait4": unix.SYS_WAIT4, "waitid": unix.SYS_WAITID,
	"prlimit64": unix.SYS_PRLIMIT64, "setpriority": unix.SYS_SETPRIORITY, "sched_setaffinity": unix.SYS_SCHED_SETAFFINITY, "sched_setscheduler": unix.SYS_SCHED_SETSCHEDULER,
	"clock_settime": unix.SYS_CLOCK_SETTIME, "settimeofday": unix.SYS_SETTIMEOFDAY, "timer_create": unix.SYS_TIMER_CREATE, "setitimer": unix.SYS_SETITIMER,
	"uname": unix.SYS_UNAME, "sysinfo": unix.SYS_SYSINFO, "syslog": unix.SYS_SYSLOG, "getppid": unix.SYS_GETPPID, "getuid": unix.SYS_GETUID,
	"inotify_init1": unix.SYS_INOTIFY_INIT1, "fanotify_init": unix.SYS_FANOTIFY_INIT, "timerfd_create": unix.SYS_TIMERFD_CREATE, "signalfd4": unix.SYS_SIGNALFD4,
	"landlock_create_ruleset": unix.SYS_LANDLOCK_CREATE_RULESET, "set_robust_list": unix.SYS_SET_ROBUST_LIST, "rseq": unix.SYS_RSEQ, "membarrier": unix.SYS_MEMBARRIER,
}
