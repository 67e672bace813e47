package shell

// commands are the commands of a machine. They belong to a System and not to a
// variable of the package because some commands look others up, and a table
// that refers to itself cannot be initialised.
type commands struct {
	// builtins belong to the shell, programs to files; see binaries.
	builtins, programs map[string]command
}

func newCommands() commands {
	builtins := map[string]command{
		":": cmdTrue, "true": cmdTrue, "false": cmdFalse, "cd": cmdCd, "pwd": cmdPwd, "exit": cmdExit, "logout": cmdExit, "return": cmdExit,
		"break": cmdBreak, "continue": cmdBreak, "export": cmdExport, "unset": cmdUnset, "set": cmdSet, "shift": cmdShift, "history": cmdHistory,
		"type": cmdType, "command": cmdCommand, "builtin": cmdCommand, "exec": cmdCommand, "eval": cmdEval, "read": cmdRead, "kill": cmdKill,
		"echo": cmdEcho, "printf": cmdPrintf, "test": cmdTest, "[": cmdTest, "source": cmdSh, ".": cmdSh,
		"alias": cmdTrue, "unalias": cmdTrue, "umask": cmdTrue, "ulimit": cmdUlimit, "shopt": cmdTrue, "trap": cmdTrue, "wait": cmdTrue,
		"jobs": cmdTrue, "disown": cmdTrue, "bg": cmdTrue, "fg": cmdTrue, "hash": cmdTrue, "let": cmdTrue,
	}
	programs := map[string]command{
		"apt": cmdApt, "apt-get": cmdApt, "arch": cmdArch, "awk": cmdAwk, "base64": cmdBase64, "basename": cmdPath, "bash": cmdSh, "cat": cmdCat,
		"chmod": cmdChmod, "chown": cmdChmod, "cp": cmdCopy, "crontab": cmdCrontab, "curl": cmdCurl, "cut": cmdCut, "date": cmdDate, "df": cmdDf,
		"dirname": cmdPath, "echo": cmdEcho, "env": cmdEnv, "false": cmdFalse, "free": cmdFree, "gawk": cmdAwk, "grep": cmdGrep,
		"groups": cmdGroups, "head": cmdHead, "hostname": cmdHostname, "hostnamectl": cmdHostname, "id": cmdID, "ifconfig": cmdIfconfig, "ip": cmdIP,
		"kill": cmdKill, "last": cmdWho, "ln": cmdCopy, "ls": cmdLs, "lsb_release": cmdLsbRelease, "lscpu": cmdLscpu, "md5sum": cmdDigest,
		"mkdir": cmdMkdir, "mount": cmdMount, "mv": cmdCopy, "nice": cmdRun, "nohup": cmdRun, "nproc": cmdNproc, "ping": cmdPing,
		"printenv": cmdEnv, "printf": cmdPrintf, "ps": cmdPs, "pwd": cmdPwd, "readlink": cmdReadlink, "rm": cmdRm, "rmdir": cmdRm, "sed": cmdSed,
		"seq": cmdSeq, "sh": cmdSh, "sha256sum": cmdDigest, "sleep": cmdSleep, "sort": cmdSort, "ss": cmdSs, "stat": cmdStat, "sudo": cmdRun,
		"systemctl": cmdSystemctl, "tail": cmdHead, "tee": cmdTee, "test": cmdTest, "timeout": cmdRun, "touch": cmdTouch, "tr": cmdTr,
		"true": cmdTrue, "tty": cmdTTY, "uname": cmdUname, "uniq": cmdSort, "uptime": cmdUptime, "w": cmdW, "wc": cmdWc, "wget": cmdWget,
		"which": cmdType, "who": cmdWho, "whoami": cmdWhoami, "xargs": cmdXargs,
	}
	return commands{builtins, programs}
}

func cmdArch(p *proc) int {
	p.print("x86_64\n")
	return 0
}

func cmdTTY(p *proc) int {
	if p.tty == "" {
		p.print("not a tty\n")
		return 1
	}
	p.print("/dev/" + p.tty + "\n")
	return 0
}

func cmdUlimit(p *proc) int {
	if len(p.args) > 1 && p.args[1] == "-n" {
		p.print("1024\n")
	} else if len(p.args) == 1 {
		p.print("unlimited\n")
	}
	return 0
}
