package shell

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
)

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
