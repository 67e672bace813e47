package shell

import "strings"

func cmdLsof(p *proc) int {
	p.print("COMMAND     PID   TID TASKCMD               USER   FD      TYPE             DEVICE  SIZE/OFF       NODE NAME\n")
	for _, l := range p.System.listening() {
		p.printf("%-9.9s %5d                           %-8s    3u     IPv4              %d       0t0        TCP *:%d (LISTEN)\n", l.process.base(), l.process.pid, "root", 17000+l.port, l.port)
	}
	return 0
}

func cmdLdd(p *proc) int {
	if len(p.args) < 2 {
		return p.errorf(1, "missing file arguments")
	}
	at := p.args[1]
	if at == "--version" {
		p.print("ldd (Debian GLIBC 2.36-9+deb12u4) 2.36\n")
		return 0
	}
	data, err := p.FS.read(&p.user, p.abs(at))
	switch {
	case err != nil:
		p.say("ldd: %s: No such file or directory\n", at)
		return 1
	case !strings.HasPrefix(data, "\x7fELF"):
		p.print("\tnot a dynamic executable\n")
		return 1
	}
	libc := somewhere(lowMmap, 27)
	p.printf("\tlinux-vdso.so.1 (0x%016x)\n\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x%016x)\n\t/lib64/ld-linux-x86-64.so.2 (0x%016x)\n",
		somewhere(lowStack, 21), libc, libc+0x25c000)
	return 0
}
