package seccomp

import "golang.org/x/sys/unix"

const auditArch = unix.AUDIT_ARCH_AARCH64

// ofArch are the calls that only this architecture has by these names.
func ofArch() []rule {
	return []rule{
		{number: unix.SYS_KEXEC_FILE_LOAD, name: "kexec_file_load", verdict: Fatal},
		{number: unix.SYS_FSTATAT, name: "newfstatat", verdict: Refuse},
	}
}
