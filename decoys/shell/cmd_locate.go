package shell

import (
	"strconv"
	"strings"
)

func cmdLocate(p *proc) int {
	for i := range p.args {
		if i > 0 && !strings.HasPrefix(p.args[i], "-") {
			p.args = []string{"find", "/", "-path", "*" + p.args[i] + "*"}
			return cmdFind(p)
		}
	}
	return p.errorf(1, "no pattern to search for specified")
}

func cmdWhereis(p *proc) int {
	for _, name := range p.args[1:] {
		p.print(name + ":")
		for _, dir := range []string{"/usr/bin", "/usr/sbin", "/etc", "/usr/local/bin"} {
			if _, err := p.lookup(dir+"/"+name, true); err == nil {
				p.print(" " + dir + "/" + name)
			}
		}
		p.print("\n")
	}
	return 0
}

func cmdGetconf(p *proc) int {
	value, ok := map[string]string{
		"LONG_BIT": "64", "PAGE_SIZE": "4096", "PAGESIZE": "4096", "_NPROCESSORS_ONLN": strconv.Itoa(p.System.hardware.cores), "_NPROCESSORS_CONF": strconv.Itoa(p.System.hardware.cores),
		"ARG_MAX": "2097152", "OPEN_MAX": "1024", "CLK_TCK": "100", "GNU_LIBC_VERSION": "glibc 2.36", "PATH": "/bin:/usr/bin", "NAME_MAX": "255", "PATH_MAX": "4096",
	}[strings.Join(p.args[1:], " ")]
	if !ok {
		return p.errorf(2, "Unrecognized variable `%s'", strings.Join(p.args[1:], " "))
	}
	p.print(value + "\n")
	return 0
}
