package sandbox_test

import (
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// tried is what becomes of what an attacker tries: by default the call fails with
// EPERM and is noticed under its name.
type tried struct {
	what string
	// call is the name under which it is noticed; "" is that of what.
	call string
	// errno is what it fails with instead of EPERM.
	errno string
	// fatal ends the process, by the kernel in each case if foreign.
	fatal, foreign bool
	// quiet is not noticed.
	quiet bool
}

// attempts is everything that the prisoner knows to try.
var attempts = slices.Concat([]tried{
	{what: "socket tcp4", call: "socket"},
	{what: "socket tcp6", call: "socket"},
	{what: "socket udp4", call: "socket"},
	{what: "socket udp6", call: "socket"},
	{what: "socket ping", call: "socket"},
	{what: "socket icmp", call: "socket"},
	{what: "socket raw", call: "socket"},
	{what: "socket raw6", call: "socket"},
	{what: "socket packet", call: "socket"},
	{what: "socket netlink", call: "socket"},
	{what: "socket unix", call: "socket"},
	{what: "socket vsock", call: "socket"},
	{what: "socket alg", call: "socket"},
	{what: "socketpair"},
	{what: "net.Dial", call: "socket"},
	{what: "net.Listen", call: "socket"},
	{what: "connect"},
	{what: "disconnect", call: "connect"},
	{what: "bind"},
	{what: "listen"},
	{what: "sendto"},
	{what: "sendmsg fastopen", call: "sendmsg"},
	{what: "sendmmsg"},
	{what: "setsockopt filter", call: "setsockopt"},
	{what: "setsockopt ulp", call: "setsockopt"},
	{what: "getsockopt ip", call: "getsockopt"},
	{what: "ioctl siocgif", call: "ioctl"},
	{what: "dup a socket", call: "dup"},
	{what: "fcntl setfl", call: "fcntl"},
	{what: "fcntl setowner", call: "fcntl"},

	{what: "open passwd", call: "openat"},
	{what: "open mem", call: "openat"},
	{what: "open dev mem", call: "openat"},
	{what: "open null", call: "openat"},
	{what: "open root", call: "openat"},
	{what: "open path", call: "openat"},
	{what: "open parent", call: "openat"},
	{what: "open unnamed", call: "openat"},
	{what: "create", call: "openat"},
	{what: "os.ReadFile", call: "openat"},
	{what: "openat outside", call: "openat"},
	{what: "openat2 outside", call: "openat2"},
	{what: "open by handle", call: "open_by_handle_at"},
	{what: "list outside", call: "getdents64"},
	{what: "stat", call: "newfstatat"},
	{what: "statx"},
	{what: "readlink", call: "readlinkat"},
	{what: "fchdir"},
	{what: "mkdir", call: "mkdirat"},
	{what: "mknod", call: "mknodat"},
	{what: "unlink", call: "unlinkat"},
	{what: "rename", call: "renameat2"},
	{what: "link", call: "linkat"},
	{what: "symlink", call: "symlinkat"},
	{what: "chmod", call: "fchmodat"},
	{what: "ftruncate"},
	{what: "lseek"},
	{what: "pwrite", call: "pwrite64"},
	{what: "fallocate"},
	{what: "memfd_create"},
	{what: "pipe", call: "pipe2"},
	{what: "inotify", call: "inotify_init1"},
	{what: "fanotify", call: "fanotify_init"},
	{what: "map a program", call: "mmap"},
	{what: "map a program's code", call: "mmap", fatal: true},
	{what: "sendfile", errno: "ENOSYS", quiet: true},
	{what: "splice", errno: "EINVAL", quiet: true},
	{what: "copy_file_range", errno: "ENOSYS", quiet: true},

	{what: "syscall.Exec", call: "execve", fatal: true},
	{what: "execve a shell", call: "execve", fatal: true},
	{what: "execveat itself", call: "execveat", fatal: true},
	{what: "fork by clone", call: "clone", fatal: true},
	{what: "vfork by clone", call: "clone", fatal: true},
	{what: "clone a user", call: "clone", fatal: true},
	{what: "clone a half thread", call: "clone", fatal: true},
	{what: "clone high bits", call: "clone", fatal: true},
	{what: "clone3", errno: "ENOSYS"},
	{what: "ptrace parent", call: "ptrace", fatal: true},
	{what: "ptrace me", call: "ptrace", fatal: true},
	{what: "process_vm_readv", fatal: true},
	{what: "process_vm_writev", fatal: true},
	{what: "pidfd_getfd", fatal: true},
	{what: "kcmp", fatal: true},
	{what: "kill parent", call: "kill"},
	{what: "kill everybody", call: "kill"},
	{what: "tgkill parent", call: "tgkill"},
	{what: "tkill parent", call: "tkill"},
	{what: "queue a signal", call: "rt_sigqueueinfo"},
	{what: "pidfd_open"},
	{what: "pidfd_send_signal"},
	{what: "prlimit parent", call: "prlimit64"},
	{what: "prlimit itself", call: "prlimit64"},
	{what: "setpriority"},
	{what: "wait4"},
	{what: "getppid"},
	{what: "setuid", fatal: true},
	{what: "setgid", fatal: true},
	{what: "setresuid", fatal: true},
	{what: "setresgid", fatal: true},
	{what: "setgroups", fatal: true},
	{what: "capset", fatal: true},
	{what: "personality", fatal: true},
	{what: "unshare", fatal: true},
	{what: "setns", fatal: true},
	{what: "chroot", fatal: true},
	{what: "pivot_root", fatal: true},
	{what: "prctl dumpable", call: "prctl"},
	{what: "prctl ptracer", call: "prctl"},
	{what: "prctl name a mapping", errno: "EINVAL", quiet: true},

	{what: "mount", fatal: true},
	{what: "umount", call: "umount2", fatal: true},
	{what: "open_tree", fatal: true},
	{what: "fsopen", fatal: true},
	{what: "move_mount", fatal: true},
	{what: "mount_setattr", fatal: true},
	{what: "mmap executable", call: "mmap", fatal: true},
	{what: "mmap shared", call: "mmap"},
	{what: "mprotect executable", call: "mprotect", fatal: true},
	{what: "pkey_mprotect", fatal: true},
	{what: "mremap"},
	{what: "mlock"},
	{what: "shmget"},
	{what: "shmat"},
	{what: "memfd_secret"},
	{what: "madvise poison", call: "madvise"},
	{what: "io_uring_setup", fatal: true},
	{what: "io_uring_enter", fatal: true},
	{what: "bpf", fatal: true},
	{what: "perf_event_open", fatal: true},
	{what: "userfaultfd", fatal: true},
	{what: "keyctl", fatal: true},
	{what: "add_key", fatal: true},
	{what: "request_key", fatal: true},
	{what: "init_module", fatal: true},
	{what: "finit_module", fatal: true},
	{what: "delete_module", fatal: true},
	{what: "kexec_load", fatal: true},
	{what: "kexec_file_load", fatal: true},
	{what: "reboot", fatal: true},
	{what: "swapon", fatal: true},
	{what: "acct", fatal: true},
	{what: "seccomp", fatal: true},
	{what: "landlock", call: "landlock_create_ruleset"},
	{what: "futex priority", call: "futex"},
	{what: "futex shared", call: "futex"},
	{what: "clock_settime"},
	{what: "timer_create"},
	{what: "uname"},
	{what: "sysinfo"},
	{what: "syslog"},
	{what: "tiocsti", call: "ioctl"},
	{what: "a call that does not exist", call: "system call 1000"},
	{what: "call -1", fatal: true, foreign: true},
}, attemptsOfArch())

func attemptsOfArch() []tried {
	if runtime.GOARCH != "amd64" {
		return nil
	}
	return []tried{
		{what: "fork", fatal: true},
		{what: "vfork", fatal: true},
		{what: "open"},
		{what: "creat"},
		{what: "modify_ldt", fatal: true},
		{what: "iopl", fatal: true},
		{what: "arch_prctl"},
		{what: "x32 getpid", fatal: true, foreign: true},
		{what: "x32 socket", fatal: true, foreign: true},
		{what: "32-bit getpid", fatal: true, foreign: true},
	}
}

// An attacker who runs code of his own in the decoy process gets nowhere.
func TestContainment(t *testing.T) {
	ways(t, func(t *testing.T, as way) {
		var names []string
		for _, a := range attempts {
			names = append(names, a.what)
		}
		slices.Sort(names)
		if have := imprison(t, as).try("list"); have != strings.Join(names, " ") {
			t.Errorf("the prisoner knows to try\n%s\nand this test knows\n%s", have, strings.Join(names, " "))
		}
		var milder []tried
		for _, a := range attempts {
			if !a.fatal {
				milder = append(milder, a)
				continue
			}
			t.Run(a.what, func(t *testing.T) {
				t.Parallel()
				a.kills(imprison(t, as), as)
			})
		}
		for some := range slices.Chunk(milder, 2) { // fewer than are reported in a second
			p := imprison(t, as)
			for _, a := range some {
				t.Run(a.what, func(t *testing.T) { a.fails(t, p, as) })
			}
		}
	})
}

func (a *tried) name() string {
	if a.call == "" {
		return a.what
	}
	return a.call
}

func (a *tried) fails(t *testing.T, p *prison, as way) {
	t.Helper()
	want := a.errno
	if want == "" {
		want = "EPERM"
	}
	before := len(p.noted())
	if have := p.try(a.what); have != want {
		t.Errorf("have %s, want %s", have, want)
	}
	if now := p.noted()[before:]; as.watched && (a.quiet != (len(now) == 0) || !a.quiet && now[0].Call != a.name()) {
		t.Errorf("it is noted as %+v", now)
	}
}

func (a *tried) kills(p *prison, as way) {
	p.Helper()
	if have := p.try(a.what); have != "gone" {
		p.Errorf("have %s, want the end", have)
	}
	want := syscall.SIGSYS
	if as.watched && !a.foreign {
		want = syscall.SIGKILL
	}
	if have := p.end(); have != want {
		p.Errorf("it ended by %v, want %v", have, want)
	}
	if !as.watched || a.foreign {
		return
	}
	_ = p.watcher.Close()
	if now := p.noted(); len(now) == 0 || !now[0].Killed || now[0].Call != a.name() || now[0].Thread == 0 {
		p.Errorf("it is noted as %+v", now)
	}
}
