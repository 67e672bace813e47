package telnet

import "github.com/decnet/decnet/decoys/device"

// A daemon is one telnetd: what it asks a client for, in which order, and what it shows.
type daemon struct {
	// opening is sent at once, a verb and an option each. Then it waits until all is answered.
	opening []byte
	// asks are the options whose values it asks for if the client has them, in order.
	asks []byte
	// second is sent after that; then the answer about the window's size is awaited.
	second []byte
	// third are the options that it asks for when there is a terminal.
	third []byte
	// secure says that it was built with authentication, encryption and linemode.
	secure bool
	// waits says that it negotiates at all before login begins.
	waits bool
	// greeting comes before the first prompt: its parameters are kernel and host name.
	greeting string
	// login is the program that asks for name and password.
	login *loginProgram
	// plain says that it decodes what comes but waits for no answer.
	plain bool
	// device is the command line of a device, nil for a shell.
	device func(c *client, config device.Config, term *device.Term)
}

// inetutils is GNU's telnetd 2.4 as Debian 12 has it.
var inetutils = &daemon{
	opening:  []byte{will, optAuth, will, optEncrypt, do, optTType, do, optSpeed, do, optXDisplay, do, optNewEnv, do, optOldEnv},
	asks:     []byte{optSpeed, optXDisplay, optNewEnv, optOldEnv, optTType},
	second:   []byte{will, optSGA, do, optEcho, do, optLinemode, do, optNAWS, will, optStatus, do, optFlow},
	third:    []byte{optMark, optBinary},
	secure:   true,
	waits:    true,
	greeting: "\r\nLinux %[1]s (%[2]s) (pts/0)\r\n\r\n",
	login:    shadow,
}

// netkit is the telnetd of Red Hat and its likes, as nmap's service probes know it.
var netkit = &daemon{
	opening:  []byte{do, optTType, do, optSpeed, do, optXDisplay, do, optNewEnv},
	asks:     []byte{optSpeed, optXDisplay, optNewEnv, optTType},
	second:   []byte{will, optSGA, do, optEcho, do, optNAWS, will, optStatus, do, optFlow},
	waits:    true,
	greeting: "\r\nKernel %[1]s on an x86_64\r\n",
	login:    utilLinux,
}

// busybox is BusyBox's telnetd, which waits for nothing.
var busybox = &daemon{opening: []byte{do, optEcho, do, optNAWS, will, optEcho, will, optSGA}, login: busyboxLogin}

// daemons are those of the systems, by the slugs of package catalog; the others have inetutils'.
var daemons = map[string]*daemon{"rocky9": netkit, "centos7": netkit, "fedora": netkit, "alpine": busybox, "openwrt": busybox, "ios15": ciscoIOS, "routeros6": mikrotik}

func daemonOf(slug string) *daemon {
	if d, ok := daemons[slug]; ok {
		return d
	}
	return inetutils
}

// questions are the options whose values are awaited if the client has them.
func (d *daemon) questions(n *negotiator) (of []byte) {
	for _, option := range d.asks {
		if n.his[option].on {
			of = append(of, option)
		}
	}
	return of
}
