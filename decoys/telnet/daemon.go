package telnet

// A daemon is one telnetd: what it asks a client for, in which order, and what it shows.
type daemon struct {
	// opening is sent at once. Then it waits until all of it is answered.
	opening []byte
	// asks are the options whose values it asks for if the client has them, in order.
	asks []byte
	// second is sent after that, and third once the client has answered whether it echoes.
	second, third []byte
	// greeting comes before the first prompt: its parameters are kernel and host name.
	greeting string
	// tries is how many wrong passwords it takes, and goodbye what it says then.
	tries   int
	goodbye string
}

// inetutils is GNU's telnetd 2.4 as Debian 12 has it; what it sends was looked at.
var inetutils = &daemon{
	opening: []byte{
		iac, will, optAuth, iac, will, optEncrypt, iac, do, optTType, iac, do, optSpeed, iac, do, optXDisplay, iac, do, optNewEnv, iac, do, optOldEnv,
	},
	asks:     []byte{optSpeed, optXDisplay, optNewEnv, optTType},
	second:   []byte{iac, will, optSGA, iac, do, optEcho, iac, do, optLinemode, iac, do, optNAWS, iac, will, optStatus, iac, do, optFlow},
	third:    []byte{iac, will, optEcho, iac, do, optMark, iac, do, optBinary},
	greeting: "\r\nLinux %[1]s (%[2]s) (pts/0)\r\n\r\n", tries: 5, goodbye: "Maximum number of tries exceeded (5)\r\n",
}

// netkit is the telnetd of Red Hat and its likes, as nmap's service probes know it.
var netkit = &daemon{
	opening:  []byte{iac, do, optTType, iac, do, optSpeed, iac, do, optXDisplay, iac, do, optNewEnv},
	asks:     []byte{optSpeed, optXDisplay, optNewEnv, optTType},
	second:   []byte{iac, will, optSGA, iac, do, optEcho, iac, do, optNAWS, iac, will, optStatus, iac, do, optFlow},
	third:    []byte{iac, will, optEcho},
	greeting: "\r\nKernel %[1]s on an x86_64\r\n", tries: 3,
}

// busybox is BusyBox's telnetd, which waits for nothing.
var busybox = &daemon{
	opening: []byte{iac, do, optEcho, iac, do, optNAWS, iac, will, optEcho, iac, will, optSGA},
	tries:   3,
}

// daemons are those of the distributions, by the slugs of package catalog; the others have inetutils'.
var daemons = map[string]*daemon{"rocky9": netkit, "centos7": netkit, "fedora": netkit, "alpine": busybox}

func daemonOf(slug string) *daemon {
	if d, ok := daemons[slug]; ok {
		return d
	}
	return inetutils
}

// answered reports whether a client has answered all of the opening.
func (d *daemon) answered(p *peer) bool {
	for i := 0; i+2 < len(d.opening) && d.asks != nil; i += 3 {
		option := d.opening[i+2]
		if d.opening[i+1] == will && !p.saidOfOurs(option) {
			return false
		}
		if _, ok := p.agreed(option); d.opening[i+1] == do && !ok {
			return false
		}
	}
	return true
}

// questions asks for the values of the options that the client has.
func (d *daemon) questions(p *peer) (ask []byte, of []byte) {
	for _, option := range d.asks {
		if yes, _ := p.agreed(option); yes {
			ask = append(ask, iac, sb, option, subSend, iac, se)
			of = append(of, option)
		}
	}
	return ask, of
}
