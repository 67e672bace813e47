package capture

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"golang.org/x/net/bpf"
)

// maxProgram is how many instructions the kernel takes.
const maxProgram = 4096

// Filter says which packets the kernel hands over. ARP and what has a VLAN tag in
// its frame always pass; the zero Filter lets everything pass.
type Filter struct {
	// Networks are those that the source or the destination has to be in; none is
	// any. About 200 fit.
	Networks []netip.Prefix
	// Protocols are IP's, such as 6 for TCP; none is any. A packet of IPv6 that
	// begins with an extension header passes as if it had the right one.
	Protocols []uint8
	// LAN also lets pass what is sent to everybody or to a group.
	LAN bool
}

// compile makes the program, which keeps snap bytes of what passes. On a
// loopback interface, where everything is seen twice, it drops what goes out.
func (f Filter) compile(snap uint32, loopback bool) ([]bpf.Instruction, error) {
	pass, drop := bpf.RetConstant{Val: snap}, bpf.RetConstant{}
	var prog []bpf.Instruction
	if loopback {
		const outgoing = 4
		prog = append(prog, bpf.LoadExtension{Num: bpf.ExtType}, bpf.JumpIf{Cond: bpf.JumpEqual, Val: outgoing, SkipFalse: 1}, drop)
	}
	if len(f.Networks) == 0 && len(f.Protocols) == 0 {
		return append(prog, pass), nil
	}
	if f.LAN {
		prog = append(prog, bpf.LoadAbsolute{Off: 0, Size: 1}, bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: 1, SkipFalse: 1}, pass)
	}
	prog = append(prog, bpf.LoadAbsolute{Off: 12, Size: 2})
	for _, always := range []uint32{etherARP, etherVLAN, etherQinQ} {
		prog = append(prog, bpf.JumpIf{Cond: bpf.JumpEqual, Val: always, SkipFalse: 1}, pass)
	}
	for _, family := range []struct {
		ether       uint32
		next        uint32
		extensions  []uint8
		src, dst, n uint32
	}{
		{etherIPv4, 23, nil, 26, 30, 4},
		{etherIPv6, 20, []uint8{protoHopByHop, protoRouting, protoFragment, protoDestination, protoAH}, 22, 38, 16},
	} {
		var body []bpf.Instruction
		if len(f.Protocols) > 0 {
			body = append(body, bpf.LoadAbsolute{Off: family.next, Size: 1})
			body = append(body, anyOf(append(family.extensions, f.Protocols...))...)
		}
		for _, n := range f.Networks {
			if n = n.Masked(); uint32(n.Addr().BitLen()) == family.n*8 { //nolint:gosec // 32 or 128
				body = append(body, inNetwork(family.src, n, pass)...)
				body = append(body, inNetwork(family.dst, n, pass)...)
			}
		}
		if len(f.Networks) == 0 {
			body = append(body, pass)
		}
		body = append(body, drop)
		prog = append(prog, bpf.JumpIf{Cond: bpf.JumpEqual, Val: family.ether, SkipTrue: 1}, bpf.Jump{Skip: uint32(len(body))}) //nolint:gosec // bounded below
		prog = append(prog, body...)
	}
	prog = append(prog, drop)
	if len(prog) > maxProgram {
		return nil, fmt.Errorf("a filter for %d networks takes %d instructions and the kernel takes %d: name fewer or larger ones", len(f.Networks), len(prog), maxProgram)
	}
	return prog, nil
}

// anyOf goes on if the accumulator is one of values, and drops otherwise.
func anyOf(values []uint8) []bpf.Instruction {
	var out []bpf.Instruction
	for i, v := range values[:min(len(values), 200)] { // a jump goes 255 at most
		left := min(len(values), 200) - i
		out = append(out, bpf.JumpIf{Cond: bpf.JumpEqual, Val: uint32(v), SkipTrue: uint8(left)})
	}
	return append(out, bpf.RetConstant{})
}

// inNetwork passes if the address at offset is in n, and goes on otherwise.
func inNetwork(offset uint32, n netip.Prefix, pass bpf.Instruction) []bpf.Instruction {
	address, bits := n.Addr().AsSlice(), n.Bits()
	words := (bits + 31) / 32
	var out []bpf.Instruction
	for w := range words {
		value, mask := binary.BigEndian.Uint32(address[w*4:]), ^uint32(0)<<(32-min(32, bits-w*32))
		left := 1 // the return
		for later := w + 1; later < words; later++ {
			left += 2
			if bits-later*32 < 32 {
				left++
			}
		}
		out = append(out, bpf.LoadAbsolute{Off: offset + uint32(w)*4, Size: 4})
		if mask != ^uint32(0) {
			out = append(out, bpf.ALUOpConstant{Op: bpf.ALUOpAnd, Val: mask})
		}
		out = append(out, bpf.JumpIf{Cond: bpf.JumpEqual, Val: value, SkipFalse: uint8(left)})
	}
	return append(out, pass)
}
