package shell

import (
	"fmt"
	"strings"
	"time"
)

func cmdPing(p *proc) int {
	o, bad, ok := p.opt("qnfAabBdDLORrUv46c:i:W:w:s:I:t:M:m:p:Q:S:T:F:l:", 2)
	if !ok {
		return bad
	}
	if len(o.rest) == 0 {
		if p.small() {
			return p.help(1)
		}
		return p.errorf(1, "usage error: Destination address required")
	}
	host := o.rest[0]
	count := 1 << 30
	if o.has("c") {
		count = max(1, number(o.get('c')))
	}
	local := host == "localhost" || host == "127.0.0.1" || host == p.System.address.String() || host == p.System.gateway()
	if !isAddress(host) && !local {
		p.sleep(p.NetworkDelay)
		return p.errorf(map[bool]int{true: 1, false: 2}[p.small()], p.either("%s: Temporary failure in name resolution", "bad address '%s'"), host)
	}
	if host == "localhost" {
		host = "127.0.0.1"
	}
	if p.small() {
		p.printf("PING %s (%s): 56 data bytes\n", host, host)
	} else {
		p.printf("PING %s (%s) 56(84) bytes of data.\n", host, host)
	}
	sent, got := 0, 0
	for sent < count && p.ctx.Err() == nil {
		sent++
		if !local {
			if !p.sleep(max(p.NetworkDelay, time.Second)) {
				break
			}
			if !p.small() {
				p.printf("From %s icmp_seq=%d Destination Host Unreachable\n", p.System.address, sent)
			}
			continue
		}
		got++
		ms := 0.03 + float64(p.now().Nanosecond()%40)/1000
		if host == p.System.gateway() {
			ms += 0.3
		}
		p.printf(p.either("64 bytes from %s: icmp_seq=%d ttl=64 time=%.3f ms\n", "64 bytes from %s: seq=%d ttl=64 time=%.3f ms\n"), host, sent, ms)
		if sent < count && !p.sleep(time.Second) {
			break
		}
	}
	lost := (sent - got) * 100 / max(sent, 1)
	if p.small() {
		p.printf("\n--- %s ping statistics ---\n%d packets transmitted, %d packets received, %d%% packet loss\n", host, sent, got, lost)
	} else {
		problems := ""
		if !local {
			problems = fmt.Sprintf("+%d errors, ", sent)
		}
		p.printf("\n--- %s ping statistics ---\n%d packets transmitted, %d received, %s%d%% packet loss, time %dms\n", host, sent, got, problems, lost, max(0, sent-1)*1000)
		if got > 0 {
			p.print("rtt min/avg/max/mdev = 0.031/0.047/0.068/0.011 ms\n")
		} else {
			p.print("\n")
		}
	}
	return truth(got > 0)
}

// cmdConnect is nc, telnet, ssh, scp, ftp, tftp and others that reach out to a host:
// nothing is reached.
func cmdConnect(p *proc) int {
	withValue := map[string]string{
		"nc": "epwsixqXTIO", "ncat": "epwsi", "telnet": "lnbe", "ssh": "bcDEeFIiJLlmOopQRSWw", "scp": "cDFiJloPS", "sftp": "BbcDFiJloPRSs", "ftp": "", "tftp": "lrbmc", "ssh-copy-id": "ipo",
		"ftpget": "upP", "ftpput": "upP", "socat": "", "rsync": "e", "whois": "hp", "nslookup": "", "dig": "tpbx", "host": "tW", "traceroute": "mqwf", "traceroute6": "mqw",
		"ssh-keyscan": "pTtf", "mysql": "huP", "redis-cli": "hpa", "nmap": "poTS", "masscan": "p", "git": "", "hydra": "lLpPt", "svn": "", "proxychains4": "",
	}[p.args[0]]
	var rest []string
	version := false
	for i := 1; i < len(p.args); i++ {
		a := p.args[i]
		switch {
		case a == "-V" || a == "--version" || a == "-h" && p.args[0] != "mysql":
			version = true
		case len(a) > 1 && a[0] == '-':
			if len(a) == 2 && strings.Contains(withValue, a[1:]) {
				i++
			}
			if p.args[0] == "nc" && strings.Contains(a, "l") {
				p.sleep(maxSleep)
				return 130
			}
		default:
			rest = append(rest, a)
		}
	}
	if version && p.args[0] == "ssh" {
		p.say("%s, OpenSSL 3.0.11 19 Sep 2023\n", p.System.persona.SSHVersion)
		return 0
	}
	if len(rest) == 0 {
		return p.connectUsage()
	}
	host, port := rest[0], map[string]string{"telnet": "23", "ssh": "22", "scp": "22", "sftp": "22", "ftp": "21", "tftp": "69", "ftpget": "21", "mysql": "3306"}[p.args[0]]
	if len(rest) > 1 && number(rest[1]) > 0 {
		port = rest[1]
	}
	if p.args[0] == "scp" || p.args[0] == "rsync" {
		for _, r := range rest {
			if strings.Contains(r, ":") {
				host = r
			}
		}
	}
	if p.args[0] == "tftp" || p.args[0] == "ftpget" {
		p.Download(p.args[0], p.args[0]+"://"+strings.Join(rest, "/")+"/"+valueAfter(p.args, "-r"))
	} else {
		p.Download(p.args[0], strings.Join(p.args[1:], " "))
	}
	if _, after, ok := strings.Cut(host, "@"); ok {
		host = after
	}
	host, _, _ = strings.Cut(host, ":")
	return p.unreachable(host, port)
}

func valueAfter(args []string, option string) string {
	for i, a := range args {
		if a == option && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

func (p *proc) connectUsage() int {
	if p.small() {
		return p.help(1)
	}
	switch p.args[0] {
	case "ssh":
		p.say("usage: ssh [-46AaCfGgKkMNnqsTtVvXxYy] [-B bind_interface] [-b bind_address]\n           [-c cipher_spec] [-D [bind_address:]port] [-E log_file]\n           destination [command [argument ...]]\n")
		return 255
	case "nc":
		p.say("usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]\n\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]\n\t  [destination] [port]\n")
		return 1
	case "telnet", "ftp", "tftp", "sftp", "nslookup":
		return 0
	}
	p.say("usage: %s [options] host\n", p.args[0])
	return 1
}
