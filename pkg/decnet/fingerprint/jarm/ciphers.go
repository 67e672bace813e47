package jarm

import "slices"

// ciphers are what is offered, in the order that is called forward.
var ciphers = [...]uint16{
	0x0016, 0x0033, 0x0067, 0xc09e, 0xc0a2, 0x009e, 0x0039, 0x006b, 0xc09f, 0xc0a3, 0x009f, 0x0045,
	0x00be, 0x0088, 0x00c4, 0x009a, 0xc008, 0xc009, 0xc023, 0xc0ac, 0xc0ae, 0xc02b, 0xc00a, 0xc024,
	0xc0ad, 0xc0af, 0xc02c, 0xc072, 0xc073, 0xcca9, 0x1302, 0x1301, 0xcc14, 0xc007, 0xc012, 0xc013,
	0xc027, 0xc02f, 0xc014, 0xc028, 0xc030, 0xc060, 0xc061, 0xc076, 0xc077, 0xcca8, 0x1305, 0x1304,
	0x1303, 0xcc13, 0xc011, 0x000a, 0x002f, 0x003c, 0xc09c, 0xc0a0, 0x009c, 0x0035, 0x003d, 0xc09d,
	0xc0a1, 0x009d, 0x0041, 0x00ba, 0x0084, 0x00c0, 0x0007, 0x0004, 0x0005,
}

// numbered are the same ciphers by their numbers, those of TLS 1.3 last. The place in
// it stands for a cipher in the fingerprint.
var numbered = slices.SortedFunc(slices.Values(ciphers[:]), func(a, b uint16) int { return rank(a) - rank(b) })

func rank(cipher uint16) int {
	if cipher>>8 == 0x13 {
		return int(cipher) + 1<<16
	}
	return int(cipher)
}

// The orders of ciphers. None changes the list.

func forward(list []uint16) []uint16 { return list }

func reverse(list []uint16) []uint16 {
	list = slices.Clone(list)
	slices.Reverse(list)
	return list
}

// bottomHalf is without the middle one of an odd list, topHalf begins with it and goes
// backwards.
func bottomHalf(list []uint16) []uint16 { return list[(len(list)+1)/2:] }
func topHalf(list []uint16) []uint16    { return reverse(list[:(len(list)+1)/2]) }

// middleOut goes from the middle to both sides, to the second half first.
func middleOut(list []uint16) []uint16 {
	middle := len(list) / 2
	out := make([]uint16, 0, len(list))
	if len(list)%2 == 1 {
		out = append(out, list[middle])
	}
	for i, before := range slices.Backward(list[:middle]) {
		out = append(out, list[len(list)-1-i], before)
	}
	return out
}
