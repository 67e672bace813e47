package jarm

import "slices"

// extensions appends the extensions of a probe.
func (b *builder) extensions(host string) {
	if b.grease {
		b.greaseValue()
		b.u16(0)
	}
	b.extension(0x0000, func() { // server_name
		b.sized(2, func() {
			b.u8(0)
			b.sized(2, func() { b.text(host) })
		})
	})
	b.extension(0x0017, func() {})          // extended_master_secret
	b.extension(0x0001, func() { b.u8(1) }) // max_fragment_length: 512 bytes
	b.extension(0xff01, func() { b.u8(0) }) // renegotiation_info
	b.extension(0x000a, func() {            // supported_groups
		b.sized(2, func() { b.u16s([]uint16{0x001d, 0x0017, 0x0018, 0x0019}) })
	})
	b.extension(0x000b, func() { b.sized(1, func() { b.u8(0) }) }) // ec_point_formats
	b.extension(0x0023, func() {})                                 // session_ticket
	b.extension(0x0010, func() { b.sized(2, b.protocols) })
	b.extension(0x000d, func() { // signature_algorithms
		b.sized(2, func() {
			b.u16s([]uint16{0x0403, 0x0804, 0x0401, 0x0503, 0x0805, 0x0501, 0x0806, 0x0601, 0x0201})
		})
	})
	b.extension(0x0033, func() { b.sized(2, b.keyShares) })
	b.extension(0x002d, func() { b.sized(1, func() { b.u8(1) }) }) // psk_key_exchange_modes
	if b.versions > 0 {
		b.extension(0x002b, func() { b.sized(1, b.supportedVersions) })
	}
}

// protocols are those of ALPN, from the oldest to the newest. The program that
// describes JARM has spdy/3 and h2 as one entry of its list, so they stay in this order
// when it is turned round.
func (b *builder) protocols() {
	groups := [][]string{{"http/0.9"}, {"http/1.0"}, {"http/1.1"}, {"spdy/1"}, {"spdy/2"}, {"spdy/3", "h2"}, {"h2c"}, {"hq"}}
	if b.rare {
		groups = [][]string{{"http/0.9"}, {"http/1.0"}, {"spdy/1"}, {"spdy/2"}, {"spdy/3"}, {"h2c"}, {"hq"}}
	}
	if b.backwards {
		slices.Reverse(groups)
	}
	for _, name := range slices.Concat(groups...) {
		b.sized(1, func() { b.text(name) })
	}
}

// keyShares is one key for X25519, which is no key at all.
func (b *builder) keyShares() {
	if b.grease {
		b.greaseValue()
		b.sized(2, func() { b.u8(0) })
	}
	b.u16(0x001d)
	b.sized(2, func() { b.noise(32) })
}

func (b *builder) supportedVersions() {
	if b.grease {
		b.greaseValue()
	}
	list := []uint16{tls10, tls11, tls12, tls13}[:b.versions]
	if b.backwards {
		slices.Reverse(list)
	}
	b.u16s(list)
}
