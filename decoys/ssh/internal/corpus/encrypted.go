package corpus

import (
	"bytes"
	"fmt"

	"github.com/decnet/decnet/decoys/decoytest/twin"
)

// encrypted are packets that are broken after keys were exchanged, for each
// construction of encryption.
func encrypted() []twin.Dialogue {
	var all []twin.Dialogue
	offers := map[string]func() *offer{
		"ctr": usual,
		"etm": func() *offer {
			return usual().with(listMACIn, "hmac-sha2-256-etm@openssh.com").with(listMACOut, "hmac-sha2-256-etm@openssh.com")
		},
		"gcm": func() *offer {
			return usual().with(listCipherIn, "aes128-gcm@openssh.com").with(listCipherOut, "aes128-gcm@openssh.com")
		},
		"chacha": func() *offer {
			return usual().with(listCipherIn, "chacha20-poly1305@openssh.com").with(listCipherOut, "chacha20-poly1305@openssh.com")
		},
	}
	request := message(msgServiceRequest, "ssh-userauth")
	for name, o := range offers {
		add := func(what string, f func(c *client) []byte) {
			all = append(all, keyed("encrypted/"+name+" "+what, o(), func(c *client) error {
				if err := c.w.Send(f(c)); err != nil {
					return err
				}
				c.hear("packet")
				return nil
			}))
		}
		flip := func(place func(n int) int) func(c *client) []byte {
			return func(c *client) []byte {
				b := c.seal(request)
				b[place(len(b))] ^= 1
				return b
			}
		}
		add("corrupt mac", flip(func(n int) int { return n - 1 }))
		add("corrupt body", flip(func(int) int { return 8 }))
		add("corrupt low byte of length", flip(func(int) int { return 3 }))
		add("corrupt high byte of length", flip(func(int) int { return 0 }))
		add("zeros", func(*client) []byte { return make([]byte, 128) })
		add("ones", func(*client) []byte { return repeat("\xff", 128) })
		add("plain packet", func(*client) []byte { return append(packet(request), make([]byte, 64)...) })
		add("wrong sequence number", func(c *client) []byte {
			c.outN += 5
			return c.seal(request)
		})
		add("half a packet", func(c *client) []byte {
			b := c.seal(request)
			return b[:len(b)/2]
		})
		add("much padding", func(c *client) []byte {
			pad := 207
			for (1+len(request)+pad+lengthCounts(c))%16 != 0 {
				pad++
			}
			return c.sealOdd(uint32(1+len(request)+pad), byte(pad), request, make([]byte, pad)) //nolint:gosec // small
		})
		for _, length := range []uint32{0, 1, 4, 5, 8, 12, 16, 24, 28, 33, 35000, 262144, 262148, 1 << 20, 1<<32 - 1} {
			add(fmt.Sprintf("length %d", length), func(c *client) []byte { return c.sealOdd(length, 4, make([]byte, 27), nil) })
		}
		for _, pad := range []byte{0, 1, 3, 27, 28, 200, 255} {
			add(fmt.Sprintf("length 28 with padding %d", pad), func(c *client) []byte {
				n := uint32(28)
				if lengthCounts(c) == 0 {
					n = 32
				}
				return c.sealOdd(n, pad, append(bytes.Clone(message(msgIgnore, "abcdefghijkl")), make([]byte, 64)...)[:n-1], nil)
			})
		}
	}
	sortByName(all)
	return all
}

// lengthCounts is how many bytes of the length field count for the padding.
func lengthCounts(c *client) int {
	if _, with := c.out.block(); with {
		return 4
	}
	return 0
}
