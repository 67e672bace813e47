package shell

import "strings"

// commands are the commands of a machine. They belong to a System and not to a
// variable of the package because some commands look others up, and a table
// that refers to itself cannot be initialised.
type commands struct {
	// builtins belong to the shell, programs to files; see packages.go.
	builtins, programs map[string]command
}

// bashOnly are builtins that dash and ash do not have.
var bashOnly = func() map[string]bool {
	m := map[string]bool{}
	for name := range strings.FieldsSeq("shopt declare typeset mapfile readarray pushd popd dirs disown builtin source let history enable complete compgen suspend caller logout") {
		m[name] = true
	}
	return m
}()

func newCommands() commands {
	c := commands{map[string]command{}, map[string]command{}}
	add := func(to map[string]command, run command, names string) {
		for name := range strings.FieldsSeq(names) {
			to[name] = run
		}
	}
	for names, run := range map[string]command{
		": true": cmdTrue, "false": cmdFalse, "cd": cmdCd, "pwd": cmdPwd, "exit logout return": cmdExit, "break continue": cmdBreak, "export readonly": cmdExport,
		"unset": cmdUnset, "set": cmdSet, "shift": cmdShift, "history": cmdHistory, "type": cmdType, "command builtin exec": cmdCommand, "eval": cmdEval, "read": cmdRead,
		"kill": cmdKill, "echo": cmdEcho, "printf": cmdPrintf, "test [": cmdTest, "source .": cmdSource, "alias unalias": cmdAlias, "umask": cmdUmask, "ulimit": cmdUlimit,
		"shopt": cmdShopt, "trap": cmdTrap, "wait": cmdWait, "jobs": cmdJobs, "disown": cmdDisown, "fg bg": cmdFg, "hash": cmdHash, "getopts": cmdGetopts,
		"mapfile readarray": cmdMapfile, "dirs pushd popd": cmdDirs, "times": cmdTimes, "enable complete compgen suspend caller bind compopt fc help": cmdQuiet,
	} {
		add(c.builtins, run, names)
	}
	for names, run := range map[string]command{
		"arch": cmdArch, "awk gawk mawk": cmdAwk, "base64 base32 basenc": cmdBase64, "basename dirname": cmdPath, "bash sh dash ash rbash": cmdSh, "busybox": cmdBusybox,
		"cat": cmdCat, "chmod": cmdChmod, "chown chgrp": cmdChown, "chattr lsattr": cmdChattr, "cp mv ln install link": cmdCopy, "cut": cmdCut, "cksum sum": cmdCksum,
		"b2sum md5sum sha1sum sha224sum sha256sum sha384sum sha512sum": cmdDigest, "date": cmdDate, "dd": cmdDd, "df": cmdDf, "du": cmdDu, "echo": cmdEcho,
		"env printenv": cmdEnv, "expand unexpand": cmdExpand, "expr": cmdExpr, "factor": cmdFactor, "false": cmdFalse, "true": cmdTrue, "fold fmt": cmdFold, "groups": cmdGroups,
		"head tail": cmdHead, "hostid": cmdHostid, "hostname hostnamectl": cmdHostname, "id": cmdID, "join": cmdJoin, "comm": cmdComm, "kill": cmdKill, "logname whoami": cmdWhoami,
		"ls dir vdir": cmdLs, "mkdir": cmdMkdir, "mkfifo mknod": cmdMknod, "mktemp tempfile": cmdMktemp, "nl": cmdNl, "nproc": cmdNproc, "od": cmdOd, "hexdump hd xxd": cmdHexdump,
		"paste": cmdPaste, "pathchk": cmdPathchk, "printf": cmdPrintf, "pwd": cmdPwd, "readlink realpath": cmdReadlink, "rev": cmdRev, "rm unlink": cmdRm, "rmdir": cmdRmdir,
		"seq": cmdSeq, "shred": cmdShred, "shuf": cmdShuf, "sleep usleep": cmdSleep, "sort": cmdSort, "uniq": cmdUniq, "split csplit": cmdSplit, "stat": cmdStat, "stty": cmdStty,
		"tac": cmdTac, "tee": cmdTee, "test [ [[": cmdTest, "touch": cmdTouch, "tr": cmdTr, "truncate fallocate": cmdTruncate, "tty": cmdTTY, "uname": cmdUname,
		"users who": cmdWho, "wc": cmdWc, "yes": cmdYes, "cmp": cmdCmp, "diff sdiff": cmdDiff, "strings": cmdStrings, "column": cmdColumn,
		"nice nohup timeout stdbuf setsid ionice chrt taskset unshare nsenter setpriv watch chroot flock time linux32 linux64": cmdRun, "xargs": cmdXargs,
		"grep egrep fgrep zgrep": cmdGrep, "sed": cmdSed, "find": cmdFind, "which": cmdType, "whereis": cmdWhereis, "locate": cmdLocate, "file": cmdFileType,
		"sudo": cmdSudo, "su": cmdSu, "passwd": cmdPasswd, "chpasswd": cmdChpasswd, "useradd adduser": cmdUseradd, "userdel deluser groupdel delgroup": cmdUserdel,
		"usermod": cmdUsermod, "groupadd addgroup": cmdGroupadd, "getent": cmdGetent, "last lastb lastlog": cmdLast, "w": cmdW, "uptime": cmdUptime, "free": cmdFree,
		"ps": cmdPs, "top htop": cmdTop, "pgrep pkill pidof killall": cmdPgrep, "pstree": cmdPstree, "vmstat": cmdVmstat, "sysctl": cmdSysctl, "lscpu": cmdLscpu,
		"mount umount findmnt": cmdMount, "lsblk blkid fdisk sfdisk": cmdDisk, "dmesg": cmdDmesg, "lsmod": cmdLsmod, "modprobe insmod rmmod": cmdModprobe,
		"lspci lsusb dmidecode": cmdHardware, "lsof": cmdLsof, "ldd": cmdLdd, "getconf": cmdGetconf, "cal": cmdCal, "clear reset": cmdClear, "logger wall mesg": cmdLogger,
		"ip": cmdIP, "ifconfig": cmdIfconfig, "route": cmdRoute, "arp": cmdArp, "ss": cmdSs, "netstat": cmdNetstat, "ping ping6": cmdPing, "iptables ip6tables iptables-save iptables-restore": cmdIptables,
		"ufw": cmdUfw, "wget": cmdWget, "curl": cmdCurl, "git": cmdGit,
		"nc ncat telnet ssh scp sftp ssh-copy-id ssh-keyscan ftp tftp ftpget ftpput socat rsync whois nslookup dig host traceroute traceroute6 nmap masscan hydra mysql": cmdConnect,
		"ssh-keygen": cmdSSHKeygen, "apt apt-get apt-cache": cmdApt, "dpkg dpkg-query rpm rpmquery": cmdDpkg, "yum dnf apk pacman snap": cmdYum, "opkg": cmdOpkg, "uci": cmdUci, "ubus": cmdUbus, "logread": cmdLogread, "lsb_release": cmdLsbRelease,
		"systemctl service": cmdSystemctl, "journalctl": cmdJournalctl, "timedatectl": cmdTimedatectl, "systemd-detect-virt": cmdDetectVirt, "crontab": cmdCrontab, "at batch": cmdAt,
		"reboot shutdown halt poweroff init telinit": cmdReboot, "getenforce sestatus": cmdSELinux, "screen tmux": cmdScreen, "rc-service": cmdSystemctl,
		"gzip gunzip zcat bzip2 bunzip2 bzcat xz unxz xzcat": cmdGzip, "tar": cmdTar, "unzip": cmdUnzip, "zip": cmdZip, "python python2 python3": cmdPython, "perl": cmdPerl,
		"less more man": cmdLess, "vi vim vim.tiny nano": cmdVi,
	} {
		add(c.programs, run, names)
	}
	return c
}

func cmdTimes(p *proc) int {
	p.print("0m0.012s 0m0.008s\n0m0.004s 0m0.011s\n")
	return 0
}
