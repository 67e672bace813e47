package shell

import (
	"fmt"
	"strings"
)

// cmdUci is uci: what it reads is what /etc/config says.
func cmdUci(p *proc) int {
	args := p.args[1:]
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		args = args[1:]
	}
	if len(args) == 0 {
		p.say("Usage: uci [<options>] <command> [<arguments>]\n\nCommands:\n\tbatch\n\texport     [<config>]\n\timport     [<config>]\n\tchanges    [<config>]\n\tcommit     [<config>]\n" +
			"\tadd        <config> <section-type>\n\tadd_list   <config>.<section>.<option>=<string>\n\tdel_list   <config>.<section>.<option>=<string>\n\tshow       [<config>[.<section>[.<option>]]]\n" +
			"\tget        <config>.<section>[.<option>]\n\tset        <config>.<section>[.<option>]=<value>\n\tdelete     <config>[.<section>[[.<option>][=<id>]]]\n\trename     <config>.<section>[.<option>]=<name>\n" +
			"\trevert     <config>[.<section>[.<option>]]\n\treorder    <config>.<section>=<position>\n")
		return 255
	}
	key := ""
	if len(args) > 1 {
		key = args[1]
	}
	switch args[0] {
	case "show", "get":
		found := false
		for _, l := range p.uciLines(key) {
			name, value, _ := strings.Cut(l, "=")
			if name != key && (args[0] == "get" || key != "" && !strings.HasPrefix(name, key+".")) {
				continue
			}
			found = true
			if args[0] == "get" {
				p.print(strings.Trim(value, "'") + "\n")
			} else {
				p.print(l + "\n")
			}
		}
		if !found {
			p.say("uci: Entry not found\n")
			return 1
		}
		return 0
	case "set", "add", "add_list", "del_list", "delete", "rename", "reorder":
		if key == "" {
			p.say("uci: Invalid argument\n")
			return 1
		}
		return 0
	case "commit", "changes", "revert", "batch", "import":
		return 0
	case "export":
		data, err := p.FS.read(&p.user, "/etc/config/"+key)
		if err != nil {
			p.say("uci: Entry not found\n")
			return 1
		}
		p.print("package " + key + "\n" + data)
		return 0
	}
	p.say("uci: Invalid argument\n")
	return 1
}

// uciLines are the options of a file of /etc/config, or of all, as "network.lan.proto='static'".
func (p *proc) uciLines(key string) []string {
	file, _, _ := strings.Cut(key, ".")
	names := []string{file}
	if file == "" {
		names = strings.Fields("dhcp dropbear firewall network system wireless")
	}
	var all []string
	for _, name := range names {
		data, err := p.FS.read(&p.user, "/etc/config/"+name)
		if err != nil {
			continue
		}
		section, count, lists := "", map[string]int{}, map[string]int{}
		for line := range strings.Lines(data) {
			f := strings.Fields(line)
			switch {
			case len(f) >= 2 && f[0] == "config":
				section = fmt.Sprintf("%s.@%s[%d]", name, f[1], count[f[1]])
				count[f[1]]++
				if len(f) > 2 {
					section = name + "." + strings.Trim(f[2], "'")
				}
				all = append(all, section+"="+f[1])
			case len(f) >= 3 && f[0] == "option":
				all = append(all, section+"."+f[1]+"="+strings.Join(f[2:], " "))
			case len(f) >= 3 && f[0] == "list":
				at := section + "." + f[1]
				if i, ok := lists[at]; ok {
					all[i] += " " + f[2]
					continue
				}
				lists[at] = len(all)
				all = append(all, at+"="+f[2])
			}
		}
	}
	return all
}

// openwrtPackages are installed.
var openwrtPackages = []string{
	"base-files - 1495-r20134-5f15225c1e", "busybox - 1.35.0-5", "dnsmasq - 2.86-17", "dropbear - 2022.82-2", "firewall4 - 2022-10-18-7ae5e14b-1", "fstools - 2022-06-02-93369be0-2",
	"kernel - 5.10.176-1-2f3ea5ff9b0c8a5c1b8b9bfa4c2c1e5c", "libc - 1.2.3-4", "logd - 2019-12-31-0e34af14-4", "netifd - 2022-08-25-76d2d41b-1", "opkg - 2022-02-24-d038e5b6-1",
	"procd - 2022-06-01-7a009685-2", "ubus - 2022-06-01-2bebf93c-1", "uci - 2021-10-22-f84f49f0-6", "uclient-fetch - 2021-05-14-6a6011df-1", "wpad-basic-wolfssl - 2022-01-16-cff80b4f-13.2",
}

// cmdOpkg is opkg, which reaches nothing.
func cmdOpkg(p *proc) int {
	verb, rest := "", []string(nil)
	for _, a := range p.args[1:] {
		switch {
		case strings.HasPrefix(a, "-"):
		case verb == "":
			verb = a
		default:
			rest = append(rest, a)
		}
	}
	switch verb {
	case "list-installed", "list":
		p.print(strings.Join(openwrtPackages, "\n") + "\n")
		return 0
	case "update":
		for line := range strings.Lines(openwrtFeeds()) {
			f := strings.Fields(line)
			p.print("Downloading " + f[2] + "/Packages.gz\n")
			p.sleep(p.NetworkDelay)
			p.say("Failed to send request: Operation not permitted\n*** Failed to download the package list from %s/Packages.gz\n\n", f[2])
			if p.ctx.Err() != nil {
				return 130
			}
		}
		p.say("Collected errors:\n * opkg_download: Failed to download https://downloads.openwrt.org/releases/22.03.5/targets/ath79/generic/packages/Packages.gz, wget returned 4.\n")
		return 5
	case "install", "remove", "upgrade":
		for _, n := range rest {
			if strings.Contains(n, "://") {
				p.Download("opkg", n)
			}
			p.say("Unknown package '%s'.\n", n)
		}
		p.say("Collected errors:\n")
		for _, n := range rest {
			p.say(" * opkg_%s_cmd: Cannot %[1]s package %s.\n", verb, n)
		}
		return 255
	}
	p.say("opkg must have one sub-command argument\nusage: opkg [options...] sub-command [arguments...]\nwhere sub-command is one of:\n\nPackage Manipulation:\n\tupdate\t\t\tUpdate list of available packages\n" +
		"\tupgrade <pkgs>\t\tUpgrade packages\n\tinstall <pkgs>\t\tInstall package(s)\n\tremove <pkgs|regexp>\tRemove package(s)\n")
	return 1
}

// cmdUbus is ubus: it lists objects and tells of the board.
func cmdUbus(p *proc) int {
	s := p.System
	switch {
	case len(p.args) > 1 && p.args[1] == "list":
		p.print("dhcp\ndnsmasq\nfile\nhostapd\niwinfo\nlog\nnetwork\nnetwork.device\nnetwork.interface\nnetwork.interface.lan\nnetwork.interface.loopback\nservice\nsession\nsystem\nuci\n")
	case len(p.args) > 3 && p.args[1] == "call" && p.args[2] == "system" && p.args[3] == "board":
		p.printf("{\n\t\"kernel\": %q,\n\t\"hostname\": %q,\n\t\"system\": %q,\n\t\"model\": %q,\n\t\"board_name\": %q,\n\t\"rootfs_type\": \"squashfs\",\n\t\"release\": {\n\t\t\"distribution\": \"OpenWrt\",\n"+
			"\t\t\"version\": \"22.03.5\",\n\t\t\"revision\": %q,\n\t\t\"target\": \"ath79/generic\",\n\t\t\"description\": \"OpenWrt 22.03.5 %[6]s\"\n\t}\n}\n",
			s.persona.Kernel, s.persona.Hostname, s.hardware.soc, s.hardware.model, strings.ToLower(strings.NewReplacer("TP-Link ", "tplink,", " ", "-").Replace(s.hardware.model)), openwrtRevision)
	case len(p.args) > 3 && p.args[1] == "call":
		p.say("Command failed: Not found\n")
		return 4
	default:
		p.say("Usage: ubus [<options>] <command> [arguments...]\nOptions:\n -s <socket>:\t\tSet the unix domain socket to connect to\n -t <timeout>:\t\tSet the timeout (in seconds) for a command to complete\n")
		return 1
	}
	return 0
}

func cmdLogread(p *proc) int {
	if !p.System.openwrt() {
		p.say("logread: can't find syslogd buffer: No such file or directory\n")
		return 1
	}
	p.print(p.System.openwrtLog())
	return 0
}
