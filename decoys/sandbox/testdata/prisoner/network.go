package main

import (
	"net"

	"golang.org/x/sys/unix"
)

func socket(domain, kind, protocol int) attempt {
	return func(*loot) error {
		_, err := unix.Socket(domain, kind, protocol)
		return err
	}
}

var localhost = &unix.SockaddrInet4{Port: 9, Addr: [4]byte{127, 0, 0, 1}}

var network = map[string]attempt{
	"socket tcp4":    socket(unix.AF_INET, unix.SOCK_STREAM, 0),
	"socket tcp6":    socket(unix.AF_INET6, unix.SOCK_STREAM, 0),
	"socket udp4":    socket(unix.AF_INET, unix.SOCK_DGRAM, 0),
	"socket udp6":    socket(unix.AF_INET6, unix.SOCK_DGRAM, 0),
	"socket ping":    socket(unix.AF_INET, unix.SOCK_DGRAM, unix.IPPROTO_ICMP),
	"socket icmp":    socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_ICMP),
	"socket raw":     socket(unix.AF_INET, unix.SOCK_RAW, unix.IPPROTO_RAW),
	"socket raw6":    socket(unix.AF_INET6, unix.SOCK_RAW, unix.IPPROTO_ICMPV6),
	"socket packet":  socket(unix.AF_PACKET, unix.SOCK_RAW, 0x300),
	"socket netlink": socket(unix.AF_NETLINK, unix.SOCK_RAW, unix.NETLINK_ROUTE),
	"socket unix":    socket(unix.AF_UNIX, unix.SOCK_STREAM, 0),
	"socket vsock":   socket(unix.AF_VSOCK, unix.SOCK_STREAM, 0),
	"socket alg":     socket(unix.AF_ALG, unix.SOCK_SEQPACKET, 0),
	"socketpair": func(*loot) error {
		_, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM, 0)
		return err
	},
	"net.Dial": func(*loot) error {
		_, err := net.Dial("tcp", "127.0.0.1:9")
		return err
	},
	"net.Listen": func(*loot) error {
		_, err := net.Listen("tcp", "127.0.0.1:0")
		return err
	},
	// With the socket it has: what it is connected to could be changed.
	"connect":    func(l *loot) error { return unix.Connect(l.socket, localhost) },
	"disconnect": func(l *loot) error { return call(unix.SYS_CONNECT, uintptr(l.socket), 0, 0) },
	"bind":       func(l *loot) error { return unix.Bind(l.socket, localhost) },
	"listen":     func(l *loot) error { return unix.Listen(l.socket, 1) },
	"sendto":     func(l *loot) error { return unix.Sendto(l.socket, []byte("x"), 0, localhost) },
	"sendmsg fastopen": func(l *loot) error {
		return unix.Sendmsg(l.socket, []byte("x"), nil, localhost, unix.MSG_FASTOPEN)
	},
	"sendmmsg": func(l *loot) error { return call(unix.SYS_SENDMMSG, uintptr(l.socket), 0, 0, 0) },
	"setsockopt filter": func(l *loot) error {
		return unix.SetsockoptSockFprog(l.socket, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{})
	},
	"setsockopt ulp": func(l *loot) error {
		return unix.SetsockoptString(l.socket, unix.IPPROTO_TCP, unix.TCP_ULP, "tls")
	},
	"getsockopt ip":  func(l *loot) error { _, err := unix.GetsockoptInt(l.socket, unix.IPPROTO_IP, unix.IP_TTL); return err },
	"ioctl siocgif":  func(l *loot) error { return call(unix.SYS_IOCTL, uintptr(l.socket), unix.SIOCGIFCONF, 0) },
	"dup a socket":   func(l *loot) error { _, err := unix.Dup(l.socket); return err },
	"fcntl setfl":    func(l *loot) error { return unix.SetNonblock(l.program, true) },
	"fcntl setowner": func(l *loot) error { _, err := unix.FcntlInt(uintptr(l.socket), unix.F_SETOWN, l.parent); return err },
}
