package seccomp

import "golang.org/x/sys/unix"

const auditArch = unix.AUDIT_ARCH_X86_64

// ofArch are the calls that only this architecture has: the old forms of those
// that are refused by another name.
func ofArch() []rule {
	return append(named(Fatal, map[string]uint32{
		"fork": unix.SYS_FORK, "vfork": unix.SYS_VFORK, "modify_ldt": unix.SYS_MODIFY_LDT, "iopl": unix.SYS_IOPL, "ioperm": unix.SYS_IOPERM,
		"kexec_file_load": unix.SYS_KEXEC_FILE_LOAD,
	}), named(Refuse, map[string]uint32{
		"open": unix.SYS_OPEN, "creat": unix.SYS_CREAT, "stat": unix.SYS_STAT, "lstat": unix.SYS_LSTAT, "newfstatat": unix.SYS_NEWFSTATAT,
		"access": unix.SYS_ACCESS, "readlink": unix.SYS_READLINK, "getdents": unix.SYS_GETDENTS, "mkdir": unix.SYS_MKDIR, "mknod": unix.SYS_MKNOD,
		"unlink": unix.SYS_UNLINK, "rename": unix.SYS_RENAME, "link": unix.SYS_LINK, "symlink": unix.SYS_SYMLINK, "chmod": unix.SYS_CHMOD, "chown": unix.SYS_CHOWN,
		"pipe": unix.SYS_PIPE, "dup2": unix.SYS_DUP2, "poll": unix.SYS_POLL, "select": unix.SYS_SELECT, "epoll_wait": unix.SYS_EPOLL_WAIT,
		"arch_prctl": unix.SYS_ARCH_PRCTL,
	})...)
}
