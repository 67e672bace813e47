package shell

import (
	"fmt"
	"net/netip"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"
)

// A download fails the way it does on a machine whose firewall lets nothing out:
// names do not resolve, and addresses have no route.

// target takes the argument of wget or curl apart. port is 80, 443 or as given.
func target(arg string) (u *url.URL, host, port string, ok bool) {
	if !strings.Contains(arg, "://") {
		arg = "http://" + arg
	}
	u, err := url.Parse(arg)
	if err != nil || u.Hostname() == "" {
		return nil, "", "", false
	}
	port = u.Port()
	if port == "" {
		port = map[string]string{"https": "443", "ftp": "21", "ftps": "990"}[u.Scheme]
	}
	if port == "" {
		port = "80"
	}
	return u, u.Hostname(), port, true
}

// isAddress reports an address rather than a name.
func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil
}

// reach waits for as long as it takes to find out that host cannot be reached, and
// says why.
func (p *proc) reach(host, port string) string {
	a, err := netip.ParseAddr(host)
	switch {
	case host == "localhost" || err == nil && (a.IsLoopback() || a == p.System.address):
		if port == "22" || port == "80" {
			return "Connection timed out"
		}
		return "Connection refused"
	case err != nil:
		p.sleep(p.NetworkDelay)
		return "Temporary failure in name resolution"
	}
	p.sleep(p.NetworkDelay)
	return "No route to host"
}

func cmdWget(p *proc) int {
	o, bad, ok := p.opt("qcNSdbvkrmpHLx46FhVO:o:a:T:t:P:U:e:i:w:Y:Q:l:A:R:D:X:I:z quiet=q output-document=O no-check-certificate=z timeout=T tries=t user-agent=U "+
		"directory-prefix=P background=b no-verbose=v spider=z post-data=A post-file=A header=A continue=c recursive=r output-file=o no-cache=z password=A user=A "+
		"connect-timeout=T read-timeout=T no-proxy=z secure-protocol=A limit-rate=A content-disposition=z progress=A retry-connrefused=z inet4-only=4", 2)
	if !ok {
		return bad
	}
	if o.has("V") {
		p.printf("GNU Wget %s built on linux-gnu.\n", p.System.distro.wget)
		return 0
	}
	if len(o.rest) == 0 {
		if p.small() {
			return p.help(1)
		}
		p.say("wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n")
		return 1
	}
	say := func(format string, args ...any) {
		if !o.has("q") {
			p.say(format, args...)
		}
	}
	status := 0
	for _, arg := range o.rest {
		u, host, port, ok := target(arg)
		if !ok {
			say("%s: Invalid host name.\n", arg)
			status = 1
			continue
		}
		p.Download("wget", arg)
		if u.Path == "" {
			u.Path = "/"
		}
		if p.small() {
			p.smallWget(host, port, o.has("q"))
			status = 1
			continue
		}
		say("--%s--  %s\n", p.now().Format(time.DateTime), u)
		status = 4
		if isAddress(host) {
			say("Connecting to %s:%s... ", host, port)
			why := p.reach(host, port)
			if p.ctx.Err() != nil {
				return 130
			}
			say("failed: %s.\n", why)
			continue
		}
		say("Resolving %s (%s)... ", host, host)
		p.reach(host, port)
		if p.ctx.Err() != nil {
			return 130
		}
		say("failed: Temporary failure in name resolution.\nwget: unable to resolve host address ‘%s’\n", host)
	}
	return status
}

// smallWget is BusyBox's.
func (p *proc) smallWget(host, port string, quiet bool) {
	if !isAddress(host) {
		p.reach(host, port)
		p.say("wget: bad address '%s'\n", host)
		return
	}
	if !quiet {
		p.say("Connecting to %s:%s (%[1]s:%[2]s)\n", host, port)
	}
	p.say("wget: can't connect to remote host (%s): %s\n", host, p.reach(host, port))
}

func cmdCurl(p *proc) int {
	o, bad, ok := p.opt("sSfLOkvIiGNgaj0#46JlnqVRo:X:H:d:A:u:e:b:F:x:m:r:T:w:C:Q:E:c:K:U:Y:y:z:t:D: silent=s show-error=S fail=f location=L output=o insecure=k "+
		"remote-name=O request=X header=H data=d user-agent=A user=u url=U connect-timeout=m max-time=m retry=r proxy=x head=I include=i verbose=v data-raw=d "+
		"data-binary=d form=F cookie=b upload-file=T ipv4=4 retry-delay=r compressed=j create-dirs=j socks5=x progress-bar=# fail-with-body=f tlsv1.2=j resolve=r "+
		"referer=e json=d write-out=w version=V path-as-is=j http1.1=0 data-urlencode=d no-progress-meter=s retry-connrefused=j", 2)
	if !ok {
		return bad
	}
	if o.has("V") {
		p.printf("curl %s (x86_64-pc-linux-gnu) libcurl/%[1]s OpenSSL/3.0.11 zlib/1.2.13\nProtocols: dict file ftp ftps gopher gophers http https imap imaps ldap ldaps mqtt pop3 pop3s rtmp rtsp scp sftp smb smbs smtp smtps telnet tftp\n",
			p.System.distro.curl)
		return 0
	}
	urls := slices.Concat(o.rest, o.set['U'])
	if len(urls) == 0 {
		p.say("curl: try 'curl --help' or 'curl --manual' for more information\n")
		return 2
	}
	loud := !o.has("s") || o.has("S")
	status := 0
	for _, arg := range urls {
		u, host, port, ok := target(arg)
		if !ok {
			p.say("curl: (3) URL using bad/illegal format or missing URL\n")
			status = 3
			continue
		}
		if u.Scheme == "file" {
			data, err := p.FS.read(&p.user, u.Path)
			if err != nil {
				p.say("curl: (37) Couldn't open file %s\n", u.Path)
				status = 37
			}
			p.print(data)
			continue
		}
		p.Download("curl", arg)
		if !o.has("s") && o.has("oO") {
			p.say("  %% Total    %% Received %% Xferd  Average Speed   Time    Time     Time  Current\n" +
				"                                 Dload  Upload   Total   Spent    Left  Speed\n" +
				"\r  0     0    0     0    0     0      0      0 --:--:-- --:--:-- --:--:--     0")
		}
		why := p.reach(host, port)
		if p.ctx.Err() != nil {
			return 130
		}
		text := "curl: (6) Could not resolve host: " + host
		status = 6
		if addr, err := netip.ParseAddr(host); err == nil || host == "localhost" {
			if host == "localhost" {
				addr = netip.AddrFrom4([4]byte{127, 0, 0, 1})
			}
			text, status = p.noRoute(addr, port, why), 7
		}
		if loud {
			p.say("%s\n", text)
		}
	}
	return status
}

// noRoute is in the words of the curl that the release has.
func (p *proc) noRoute(addr netip.Addr, port, why string) string {
	took := p.NetworkDelay.Milliseconds() + int64(p.pid%60)
	if why == "Connection refused" {
		took = 0
	}
	switch v := p.System.distro.curl; {
	case strings.HasPrefix(v, "7.29"):
		return fmt.Sprintf("curl: (7) Failed connect to %s:%s; %s", addr, port, why)
	case strings.HasPrefix(v, "7.6") || strings.HasPrefix(v, "7.76"):
		return fmt.Sprintf("curl: (7) Failed to connect to %s port %s: %s", addr, port, why)
	case strings.HasPrefix(v, "7.81"):
		return fmt.Sprintf("curl: (7) Failed to connect to %s port %s after %d ms: %s", addr, port, took, why)
	}
	return fmt.Sprintf("curl: (7) Failed to connect to %s port %s after %d ms: Couldn't connect to server", addr, port, took)
}

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

// unreachable is what each program says of a host that it does not reach.
func (p *proc) unreachable(host, port string) int {
	name := p.args[0]
	why := p.reach(host, port)
	if p.ctx.Err() != nil {
		return 130
	}
	unknown := why == "Temporary failure in name resolution"
	switch name {
	case "ssh", "scp", "sftp", "rsync", "ssh-copy-id":
		if unknown {
			p.say("ssh: Could not resolve hostname %s: %s\n", host, why)
		} else {
			p.say("ssh: connect to host %s port %s: %s\n", host, port, why)
		}
		switch name {
		case "scp":
			p.say("scp: Connection closed\n")
			return 255
		case "sftp":
			p.say("Connection closed\n")
		case "rsync":
			p.say("rsync: connection unexpectedly closed (0 bytes received so far) [Receiver]\nrsync error: unexplained error (code 255) at io.c(231) [Receiver=3.2.7]\n")
		}
		return 255
	case "telnet":
		if unknown {
			p.say("telnet: could not resolve %s/telnet: %s\n", host, why)
			return 1
		}
		p.printf("Trying %s...\n", host)
		p.say("telnet: Unable to connect to remote host: %s\n", why)
		return 1
	case "nc", "ncat":
		switch {
		case p.small() && unknown:
			p.say("nc: bad address '%s'\n", host)
		case p.small():
			p.say("nc: can't connect to remote host (%s): %s\n", host, why)
		case unknown:
			p.say("nc: getaddrinfo for host \"%s\" port %s: %s\n", host, port, why)
		case strings.Contains(strings.Join(p.args, " "), "-v") || strings.Contains(strings.Join(p.args, " "), "vz"):
			p.say("nc: connect to %s port %s (tcp) failed: %s\n", host, port, why)
		}
		return 1
	case "ftp":
		p.say("ftp: Can't connect to `%s:21': %s\n", host, why)
		return 1
	case "tftp":
		if p.small() {
			p.say("tftp: timeout\n")
		} else {
			p.say("Transfer timed out.\n")
		}
		return 1
	case "ftpget", "ftpput":
		if unknown {
			p.say("%s: bad address '%s'\n", name, host)
		} else {
			p.say("%s: can't connect to remote host (%s): %s\n", name, host, why)
		}
		return 1
	case "nslookup":
		p.printf(";; connection timed out; no servers could be reached\n\n")
		return 1
	case "dig":
		p.printf("\n; <<>> DiG 9.18.24-1-Debian <<>> %s\n;; global options: +cmd\n;; no servers could be reached\n", strings.Join(p.args[1:], " "))
		return 9
	case "host":
		p.printf(";; connection timed out; no servers could be reached\n")
		return 1
	case "git":
		return 128
	case "nmap":
		p.printf("Starting Nmap 7.94SVN ( https://nmap.org ) at %s\nNote: Host seems down. If it is really up, but blocking our ping probes, try -Pn\n"+
			"Nmap done: 1 IP address (0 hosts up) scanned in 3.06 seconds\n", p.now().Format("2006-01-02 15:04 UTC"))
		return 0
	case "traceroute", "traceroute6":
		if unknown {
			p.say("%s: %s\nCannot handle \"host\" cmdline arg `%[1]s' on position 1 (argc 1)\n", host, why)
			return 2
		}
		p.printf("traceroute to %s (%[1]s), 30 hops max, 60 byte packets\n 1  %s (%[2]s)  0.412 ms !H  0.395 ms !H  0.381 ms !H\n", host, p.System.gateway())
		return 0
	case "whois":
		p.say("getaddrinfo(whois.iana.org): Temporary failure in name resolution\n")
		return 2
	}
	p.say("%s: %s: %s\n", name, host, why)
	return 1
}

func cmdGit(p *proc) int {
	_, rest, _ := strings.Cut(strings.Join(p.args, " "), "git")
	words := strings.Fields(rest)
	switch {
	case len(words) == 0:
		p.print("usage: git [-v | --version] [-h | --help] [-C <path>] [-c <name>=<value>]\n           <command> [<args>]\n")
		return 1
	case words[0] == "--version" || words[0] == "version":
		p.print("git version 2.39.2\n")
		return 0
	case words[0] == "clone" && len(words) > 1:
		at := words[len(words)-1]
		for _, w := range words[1:] {
			if strings.Contains(w, "://") {
				at = w
			}
		}
		p.Download("git", at)
		u, host, port, ok := target(at)
		if !ok {
			p.say("fatal: repository '%s' does not exist\n", at)
			return 128
		}
		name := strings.TrimSuffix(path.Base(u.Path), ".git")
		p.say("Cloning into '%s'...\n", name)
		why := p.reach(host, port)
		if why == "Temporary failure in name resolution" {
			p.say("fatal: unable to access '%s/': Could not resolve host: %s\n", strings.TrimSuffix(at, "/"), host)
		} else {
			p.say("fatal: unable to access '%s/': Failed to connect to %s port %s after %d ms: Couldn't connect to server\n", strings.TrimSuffix(at, "/"), host, port, p.NetworkDelay.Milliseconds())
		}
		return 128
	case words[0] == "init":
		_ = p.FS.mkdir(&p.user, p.abs(".git"), 0o755) // it may be there
		p.printf("Initialized empty Git repository in %s/.git/\n", p.dir)
		return 0
	case words[0] == "config":
		return 0
	}
	p.say("fatal: not a git repository (or any of the parent directories): .git\n")
	return 128
}
