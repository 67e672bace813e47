package corpus

import (
	"fmt"
	"maps"
	"slices"

	"github.com/decnet/decnet/decoys/decoytest/twin"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// first sends data as the first packet: the identification and the server's
// KEXINIT are over.
func first(name string, segments ...[]byte) twin.Dialogue {
	return twin.Dialogue{Name: name, Steps: []twin.Step{
		twin.Await(), twin.Do("identify", sendRaw([]byte(ident))), twin.Await(), twin.Send(segments...),
	}}
}

// firstPackets are packets whose form is broken.
func firstPackets() []twin.Dialogue {
	var all []twin.Dialogue
	for _, n := range []uint32{0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 13, 20, 28, 255, 256, 32768, 35000, 262140, 262144, 262145, 1 << 20, 1 << 24, 1<<31 - 1, 1 << 31, 1<<32 - 8, 1<<32 - 1} {
		all = append(all, first(fmt.Sprintf("first/length %d", n), oddPacket(n, 4, message(msgIgnore, "abcdefgh"), make([]byte, 64))))
		all = append(all, first(fmt.Sprintf("first/length %d alone", n), oddPacket(n, 4, nil, nil)))
	}
	ignore := message(msgIgnore, "")
	for pad := range 12 {
		all = append(all, first(fmt.Sprintf("first/padding %d", pad), oddPacket(uint32(1+len(ignore)+pad), byte(pad), ignore, make([]byte, pad)))) //nolint:gosec // small
	}
	for _, pad := range []byte{0, 1, 3, 4, 10, 11, 12, 13, 100, 255} {
		all = append(all, first(fmt.Sprintf("first/length 12 says padding %d", pad), oddPacket(12, pad, ignore, make([]byte, 6))))
	}
	kex := packet(usual().payload())
	for _, n := range []int{1, 4, 5, 8, 9, 21, 22, 40, len(kex) - 1} {
		all = append(all, first(fmt.Sprintf("first/kexinit cut at %d", n), kex[:n]))
		d := first(fmt.Sprintf("first/kexinit cut at %d and half close", n), kex[:n])
		d.Steps = append(d.Steps, twin.HalfClose())
		all = append(all, d)
	}
	all = append(all,
		first("first/kexinit byte by byte", bytewise(kex)...),
		first("first/random padding", oddPacket(uint32(len(kex)-4), kex[4], usual().payload(), repeat("\x5a", int(kex[4])))), //nolint:gosec // short
		first("first/much padding", oddPacket(uint32(1+len(ignore)+250), 250, ignore, make([]byte, 250))),                    //nolint:gosec // short
		first("first/http", []byte("GET / HTTP/1.0\r\n\r\n")),
		first("first/zeros", make([]byte, 64)),
		first("first/ones", repeat("\xff", 64)),
		first("first/text", repeat("A", 64)),
		first("first/line", []byte("\r\n\r\n\r\n\r\n")),
		first("first/identification", []byte(ident)),
		first("first/empty payload", oddPacket(12, 11, nil, make([]byte, 11))),
		first("first/ignore of 30000", packet(message(msgIgnore, repeat("x", 30000)))),
		first("first/ignore of 250000", packet(message(msgIgnore, repeat("x", 250000)))),
		first("first/ten ignores", repeat(string(packet(ignore)), 10)),
	)
	return all
}

// messageTypes are all types of message, with an empty and with a long content, as the
// first packet.
func messageTypes() []twin.Dialogue {
	var all []twin.Dialogue
	for i := range 256 {
		all = append(all, first(fmt.Sprintf("type/%03d", i), packet(message(byte(i), repeat("\x00", 40)))))
		if i < 8 || i >= 20 && i <= 34 || i >= 50 && i <= 53 || i == 80 || i == 90 {
			all = append(all, first(fmt.Sprintf("type/%03d without content", i), packet([]byte{byte(i)})))
		}
	}
	return append(all,
		first("type/disconnect", packet(message(msgDisconnect, 11, "bye", ""))),
		first("type/disconnect with control bytes", packet(message(msgDisconnect, 11, "\x1b[31m\x00\n", ""))),
		first("type/disconnect long", packet(message(msgDisconnect, 2, repeat("d", 9000), ""))),
		first("type/debug shown", packet(message(msgDebug, true, "hello", ""))),
		first("type/debug", packet(message(msgDebug, false, "hello", ""))),
		first("type/unimplemented", packet(message(msgUnimplemented, 0))),
		first("type/ignore", packet(message(msgIgnore, "hello"))),
		first("type/service request", packet(message(msgServiceRequest, "ssh-userauth"))),
		first("type/userauth", packet(message(msgUserauth, "root", "ssh-connection", "password", false, "x"))),
		first("type/channel open", packet(message(msgChannelOpen, "session", 0, 1<<20, 1<<14))),
		first("type/newkeys", packet([]byte{msgNewKeys})),
	)
}
