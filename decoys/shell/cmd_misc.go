package shell

import (
	"path"
	"slices"
	"strings"
)

func cmdArch(p *proc) int {
	p.print(p.System.machine() + "\n")
	return 0
}

func cmdTTY(p *proc) int {
	if p.tty == "" {
		if !slices.Contains(p.args, "-s") {
			p.print("not a tty\n")
		}
		return 1
	}
	p.print("/dev/" + p.tty + "\n")
	return 0
}

func cmdStty(p *proc) int {
	if p.tty == "" {
		return p.errorf(1, p.either("'standard input': Inappropriate ioctl for device", "standard input: Not a tty"))
	}
	for _, a := range p.args[1:] {
		switch a {
		case "size":
			p.printf("24 %d\n", p.width())
			return 0
		case "-a", "--all":
			p.printf("speed 38400 baud; rows 24; columns %d; line = 0;\nintr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;\n", p.width())
			return 0
		case "-g":
			p.print("6d02:5:4bf:8a3b:3:1c:7f:15:4:0:1:0:11:13:1a:0:12:f:17:16:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0\n")
			return 0
		case "echo", "-echo":
			if c, ok := p.terminalInput(); ok {
				c.editor.hidden = a == "-echo"
			}
		}
	}
	if len(p.args) == 1 {
		p.print("speed 38400 baud; line = 0;\n-brkint -imaxbel iutf8\n")
	}
	return 0
}

// cmdMount is mount, umount and findmnt.
func cmdMount(p *proc) int {
	var rest []string
	remount := false
	for i := 1; i < len(p.args); i++ {
		a := p.args[i]
		if a == "-o" || a == "-t" {
			i++
			remount = remount || i < len(p.args) && strings.Contains(p.args[i], "remount")
		} else if !strings.HasPrefix(a, "-") {
			rest = append(rest, a)
		}
	}
	switch {
	case p.args[0] == "umount" && len(rest) == 0, p.args[0] == "mount" && len(rest) > 0 && p.user.uid != 0:
		return p.errorf(1, "only root can do that")
	case p.args[0] == "umount":
		if p.user.uid != 0 {
			return p.errorf(32, "%s: must be superuser to unmount.", rest[0])
		}
		for _, l := range lines(p.System.mounts()) {
			if f := strings.Fields(l); len(f) > 1 && f[1] == strings.TrimSuffix(rest[0], "/") {
				return p.errorf(32, "%s: target is busy.", rest[0])
			}
		}
		return p.errorf(32, "%s: not mounted.", rest[0])
	case p.args[0] == "mount" && len(rest) > 0:
		if remount {
			return 0
		}
		if len(rest) == 1 {
			return p.errorf(1, "%s: can't find in /etc/fstab.", rest[0])
		}
		if _, err := p.lookup(p.abs(rest[1]), true); err != nil {
			return p.errorf(32, "%s: mount point does not exist.", rest[1])
		}
		return 0
	}
	if p.args[0] == "findmnt" {
		p.print("TARGET      SOURCE FSTYPE OPTIONS\n")
	}
	for _, line := range lines(p.System.mounts()) {
		f := strings.Fields(line)
		if p.args[0] == "findmnt" {
			p.printf("%-11s %s %s %s\n", f[1], f[0], f[2], f[3])
			continue
		}
		p.printf("%s on %s type %s (%s)\n", f[0], f[1], f[2], f[3])
	}
	return 0
}

// cmdDisk is lsblk, blkid and fdisk.
func cmdDisk(p *proc) int {
	h := &p.System.hardware
	disks := h.disks()
	bytes := int64(h.sectors()) * 512
	switch p.args[0] {
	case "lsblk":
		p.print("NAME     MAJ:MIN RM  SIZE RO TYPE MOUNTPOINTS\n")
		p.printf("%-8s   8:0    0 %4s  0 disk \n", disks[0], strings.Replace(size(bytes, true), ".0", "", 1))
		for i, d := range disks[1:] {
			mount, branch := "", "├─"
			if i == len(disks)-2 {
				mount, branch = "/", "└─"
			}
			length := size(int64(h.diskKB)<<10, true)
			if mount == "" {
				length = "1M"
			}
			p.printf("%s%-6s   8:%d    0 %4s  0 %s %s\n", branch, d, i+1, length, map[bool]string{true: "lvm ", false: "part"}[d == "dm-0"], mount)
		}
		return 0
	case "blkid":
		p.printf("%s: UUID=\"%s\" BLOCK_SIZE=\"4096\" TYPE=\"%s\" PARTUUID=\"%08x-01\"\n", h.disk, h.bootID, map[bool]string{true: "xfs", false: "ext4"}[p.System.rhel()], p.System.own("disk label", 1<<32))
		return 0
	}
	if p.user.uid != 0 {
		return p.errorf(1, "cannot open /dev/%s: Permission denied", disks[0])
	}
	if !slices.Contains(p.args, "-l") {
		p.say("\nUsage:\n fdisk [options] <disk>         change partition table\n fdisk [options] -l [<disk>...] list partition table(s)\n")
		return 1
	}
	p.printf("Disk /dev/%s: %d GiB, %d bytes, %d sectors\nUnits: sectors of 1 * 512 = 512 bytes\nSector size (logical/physical): 512 bytes / 512 bytes\nDisklabel type: dos\n\n"+
		"Device     Boot Start      End  Sectors Size Id Type\n/dev/%s *     2048 %d %d %dG 83 Linux\n", disks[0], bytes>>30, bytes, h.sectors(), disks[1], h.sectors()-1, h.sectors()-2048, bytes>>30)
	return 0
}

func cmdVmstat(p *proc) int {
	h := &p.System.hardware
	_, cache, free := h.memory(p.now())
	p.print("procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----\n r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st\n")
	p.printf(" 1  0      0 %6d %6d %6d    0    0     3     9   57  109  0  0 99  0  0\n", free, cache/9, cache*7/9)
	return 0
}

func cmdYes(p *proc) int {
	word := "y"
	if len(p.args) > 1 {
		word = strings.Join(p.args[1:], " ")
	}
	text := strings.Repeat(word+"\n", max(1, 4096/(len(word)+1)))
	for p.ctx.Err() == nil {
		if _, err := p.Out.Write([]byte(text)); err != nil {
			return 1
		}
	}
	return 130
}

func cmdHostid(p *proc) int {
	p.printf("%.8s\n", p.System.hardware.machine)
	return 0
}

func cmdPathchk(p *proc) int {
	for _, a := range p.args[1:] {
		if len(a) > maxPath || len(path.Base(a)) > maxName {
			return p.errorf(1, "limit %d exceeded by length %d of file name component ‘%s’", maxName, len(path.Base(a)), path.Base(a))
		}
	}
	return 0
}

func cmdClear(p *proc) int {
	p.print("\x1b[H\x1b[2J\x1b[3J")
	return 0
}
