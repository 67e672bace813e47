package network

import (
	"encoding/binary"
	"net"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/asm"
	"golang.org/x/sys/unix"
)

// Offsets in the context of the program, struct __sk_buff.
const (
	skbPacketType  = 4
	skbProtocol    = 16
	skbVLANPresent = 20
)

// Where the program has a frame on its stack: so that the numbers of ARP that it
// compares are aligned, which the verifier insists on. Behind it is room for keys.
const (
	arpFrame     = 42 // the length: 14 bytes Ethernet, 28 ARP
	frameAt      = -48 + 2
	arpFixedAt   = frameAt + 14 // kinds and lengths of addresses, and the operation
	arpSenderAt  = frameAt + 28 // its IPv4 address
	arpTargetAt  = frameAt + 38
	statisticAt  = -4
	tcxNext      = -1                                 // let the next program have the packet
	arpIsRequest = "\x00\x01\x08\x00\x06\x04\x00\x01" // Ethernet, IPv4, 6, 4, request
)

// Statistics of the program, by their place in its array.
const (
	statUnicast = iota
	statKept
	statistics
)

// unicastProgram rewrites broadcast ARP requests that come in by an interface. It
// has no loop and looks at 42 bytes at most.
//
// A request whose sender asks for its own address announces something, which
// every cache is to hear: it stays as it is.
func unicastProgram(own net.HardwareAddr, deckies, stats *ebpf.Map) asm.Instructions {
	const frame, skb, statistic = asm.R7, asm.R6, asm.R8
	return asm.Instructions{
		asm.Mov.Reg(skb, asm.R1),
		asm.LoadMem(asm.R2, skb, skbProtocol, asm.Word),
		asm.JNE.Imm(asm.R2, int32(network16(unix.ETH_P_ARP)), "pass"),
		asm.LoadMem(asm.R2, skb, skbPacketType, asm.Word),
		asm.JNE.Imm(asm.R2, unix.PACKET_BROADCAST, "pass"),
		asm.LoadMem(asm.R2, skb, skbVLANPresent, asm.Word),
		asm.JNE.Imm(asm.R2, 0, "pass"),
		asm.Mov.Reg(frame, asm.RFP),
		asm.Add.Imm(frame, frameAt),

		// skb_load_bytes(skb, 0, frame, 42)
		asm.Mov.Reg(asm.R1, skb),
		asm.Mov.Imm(asm.R2, 0),
		asm.Mov.Reg(asm.R3, frame),
		asm.Mov.Imm(asm.R4, arpFrame),
		asm.FnSkbLoadBytes.Call(),
		asm.JNE.Imm(asm.R0, 0, "pass"),

		asm.LoadMem(asm.R2, asm.RFP, arpFixedAt, asm.DWord),
		asm.LoadImm(asm.R3, int64(binary.NativeEndian.Uint64([]byte(arpIsRequest))), asm.DWord), //nolint:gosec // 8 bytes are 8 bytes
		asm.JNE.Reg(asm.R2, asm.R3, "pass"),
		asm.LoadMem(asm.R2, asm.RFP, arpSenderAt, asm.Half),
		asm.LoadMem(asm.R3, asm.RFP, arpTargetAt, asm.Half),
		asm.JNE.Reg(asm.R2, asm.R3, "question"),
		asm.LoadMem(asm.R2, asm.RFP, arpSenderAt+2, asm.Half),
		asm.LoadMem(asm.R3, asm.RFP, arpTargetAt+2, asm.Half),
		asm.JEq.Reg(asm.R2, asm.R3, "pass"),

		// map_lookup_elem(deckies, target)
		asm.LoadMapPtr(asm.R1, deckies.FD()).WithSymbol("question"),
		asm.Mov.Reg(asm.R2, asm.RFP),
		asm.Add.Imm(asm.R2, arpTargetAt),
		asm.FnMapLookupElem.Call(),
		asm.Mov.Imm(statistic, statUnicast),
		asm.Mov.Reg(asm.R3, asm.R0),
		asm.JNE.Imm(asm.R0, 0, "rewrite"),

		// Nobody's: the host alone gets it.
		asm.Mov.Imm(statistic, statKept),
		asm.StoreImm(asm.RFP, frameAt, half(own[0:]), asm.Half),
		asm.StoreImm(asm.RFP, frameAt+2, half(own[2:]), asm.Half),
		asm.StoreImm(asm.RFP, frameAt+4, half(own[4:]), asm.Half),
		asm.Mov.Reg(asm.R3, frame),

		// skb_store_bytes(skb, 0, MAC address, 6, 0)
		asm.Mov.Reg(asm.R1, skb).WithSymbol("rewrite"),
		asm.Mov.Imm(asm.R2, 0),
		asm.Mov.Imm(asm.R4, 6),
		asm.Mov.Imm(asm.R5, 0),
		asm.FnSkbStoreBytes.Call(),
		asm.JNE.Imm(asm.R0, 0, "pass"),
		asm.JEq.Imm(statistic, statUnicast, "count"),

		// skb_change_type(skb, PACKET_HOST)
		asm.Mov.Reg(asm.R1, skb),
		asm.Mov.Imm(asm.R2, unix.PACKET_HOST),
		asm.FnSkbChangeType.Call(),

		// map_lookup_elem(stats, statistic)
		asm.StoreMem(asm.RFP, statisticAt, statistic, asm.Word).WithSymbol("count"),
		asm.LoadMapPtr(asm.R1, stats.FD()),
		asm.Mov.Reg(asm.R2, asm.RFP),
		asm.Add.Imm(asm.R2, statisticAt),
		asm.FnMapLookupElem.Call(),
		asm.JEq.Imm(asm.R0, 0, "pass"),
		asm.LoadMem(asm.R1, asm.R0, 0, asm.DWord),
		asm.Add.Imm(asm.R1, 1),
		asm.StoreMem(asm.R0, 0, asm.R1, asm.DWord),

		asm.Mov.Imm32(asm.R0, tcxNext).WithSymbol("pass"),
		asm.Return(),
	}
}

// half is the first two bytes of b, as they are in memory.
func half(b []byte) int64 { return int64(binary.NativeEndian.Uint16(b)) }

// network16 is a number in the byte order of the wire, as a program reads it.
func network16(n uint16) uint16 {
	return binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, n))
}
