package shell

import (
	"strings"
)

// busyboxBanner is the line that BusyBox begins what it explains with.
func (s *System) busyboxBanner() string {
	if s.openwrt() {
		return openwrtBusybox + " multi-call binary."
	}
	if s.busybox() {
		return "BusyBox v1.36.1 (2023-11-07 18:53:09 UTC) multi-call binary."
	}
	return map[string]string{
		"debian": "BusyBox v1.35.0 (Debian 1:1.35.0-4+b3) multi-call binary.", "ubuntu22": "BusyBox v1.30.1 (Ubuntu 1:1.30.1-7ubuntu3) multi-call binary.",
		"ubuntu20": "BusyBox v1.30.1 (Ubuntu 1:1.30.1-4ubuntu6.4) multi-call binary.", "kali": "BusyBox v1.36.1 (Debian 1:1.36.1-7) multi-call binary.",
	}[s.persona.OS.Slug]
}

// appletUsages are how applets are used that are asked for without arguments.
var appletUsages = map[string]string{
	"wget":   "wget [-cqS] [--spider] [-O FILE] [-o LOGFILE] [--header STR]\n\t[--post-data STR | --post-file FILE] [-Y on/off]\n\t[--no-check-certificate] [-P DIR] [-U AGENT] [-T SEC] URL...\n\nRetrieve files via HTTP or FTP",
	"tftp":   "tftp [OPTIONS] HOST [PORT]\n\nTransfer a file from/to tftp server\n\n\t-l FILE\tLocal FILE\n\t-r FILE\tRemote FILE\n\t-g\tGet file\n\t-p\tPut file\n\t-b SIZE\tTransfer blocks in bytes",
	"nc":     "nc [-iN] [-wN] [-l] [-p PORT] [-f FILE|IPADDR PORT] [-e PROG]\n\nOpen a pipe to IP:PORT or FILE",
	"cp":     "cp [-arPLHpfinlsTu] SOURCE DEST\nor: cp [-arPLHpfinlsu] SOURCE... { -t DIRECTORY | DIRECTORY }\n\nCopy SOURCEs to DEST",
	"mv":     "mv [-finT] SOURCE DEST\nor: mv [-fin] SOURCE... { -t DIRECTORY | DIRECTORY }\n\nRename SOURCE to DEST, or move SOURCEs to DIRECTORY",
	"ps":     "ps [-o COL1,COL2=HEADER] [-T]\n\nShow list of processes\n\n\t-o COL1,COL2=HEADER\tSelect columns for display\n\t-T\t\t\tShow threads",
	"ftpget": "ftpget [OPTIONS] HOST [LOCAL_FILE] REMOTE_FILE\n\nDownload a file via FTP\n\n\t-c\tContinue previous transfer\n\t-v\tVerbose\n\t-u USER\tUsername\n\t-p PASS\tPassword\n\t-P PORT",
	"rm":     "rm [-irf] FILE...\n\nRemove (unlink) FILEs", "mkdir": "mkdir [-m MODE] [-p] DIRECTORY...\n\nCreate DIRECTORY", "chmod": "chmod [-Rcvf] MODE[,MODE]... FILE...\n\nChange file permissions",
	"grep":  "grep [-HhnlLoqvsrRiwFE] [-m N] [-A|B|C N] { PATTERN | -e PATTERN... | -f FILE... } [FILE]...\n\nSearch for PATTERN in FILEs (or stdin)",
	"sleep": "sleep [N]...\n\nPause for a time equal to the total of the args given, where each arg can\nhave an optional suffix of (s)econds, (m)inutes, (h)ours, or (d)ays",
}

func appletUsage(name string) string { return or(appletUsages[name], name+" [OPTIONS] [ARGS]") }

// cmdBusybox is busybox with the name of an applet, or alone.
func cmdBusybox(p *proc) int {
	applets := p.System.applets()
	if len(p.args) == 1 || p.args[1] == "--help" {
		p.print(p.System.busyboxBanner() + "\nBusyBox is copyrighted by many authors between 1998-2015.\nLicensed under GPLv2. See source distribution for detailed\ncopyright notices.\n\n" +
			"Usage: busybox [function [arguments]...]\n   or: busybox --list[-full]\n   or: busybox --show SCRIPT\n   or: busybox --install [-s] [DIR]\n   or: function [arguments]...\n\n" +
			"\tBusyBox is a multi-call binary that combines many common Unix\n\tutilities into a single executable.  Most people will create a\n" +
			"\tlink to busybox for each function they wish to use and BusyBox\n\twill act like whatever it was invoked as.\n\nCurrently defined functions:\n" + wrap(applets) + "\n")
		return 0
	}
	if strings.HasPrefix(p.args[1], "--list") {
		p.print(strings.Join(applets, "\n") + "\n")
		return 0
	}
	name := p.args[1]
	for _, a := range applets {
		if a != name {
			continue
		}
		run := *p
		run.args, run.asApplet = p.args[1:], true
		if name == "sh" || name == "ash" {
			run.args = append([]string{"ash"}, p.args[2:]...)
		}
		if c, ok := p.System.programs[run.args[0]]; ok {
			return c(&run)
		}
		if b, ok := p.System.builtins[name]; ok {
			return b(&run)
		}
		return cmdQuiet(&run)
	}
	p.say("%s: applet not found\n", name)
	return 127
}

// wrap is the list of applets as BusyBox wraps it.
func wrap(names []string) string {
	var b strings.Builder
	line := "\t"
	for i, n := range names {
		if i < len(names)-1 {
			n += ","
		}
		if len(line)+len(n)+8 > 79 {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = "\t"
		}
		line += n + " "
	}
	return b.String() + strings.TrimRight(line, " ") + "\n"
}
