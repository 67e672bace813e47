package tlsfp_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/tlsfp"
)

// dtlsRecord is a record with the content given.
func dtlsRecord(kind byte, epoch uint16, content []byte) []byte {
	return slices.Concat([]byte{kind, 0xfe, 0xfd}, u16(epoch), make([]byte, 6), vec(2, content))
}

// fragments cuts a message into records with one fragment of size bytes each.
func fragments(number uint16, msg []byte, size int) [][]byte {
	var out [][]byte
	offset := 0
	for piece := range slices.Chunk(msg[4:], size) {
		b := slices.Concat(msg[:4], u16(number), []byte{0, byte(offset >> 8), byte(offset)}, vec(3, piece))
		out = append(out, dtlsRecord(22, 0, b))
		offset += size
	}
	return out
}

var dtls = hello{
	kind: 1, version: 0xfefd, cookie: []byte{}, ciphers: []uint16{0xc02b, 0xc02f, 0x00ff},
	exts: []ext{sni("turn.example.net"), groups(29, 23), points(0), algorithms(0x0403, 0x0804)},
}

func TestDatagram(t *testing.T) {
	msg := dtls.message()
	again := dtls
	again.cookie = []byte("a cookie of the server's")
	late := fragments(0, msg, 30)
	slices.Reverse(late)
	late = append(late[:2], append([][]byte{late[0]}, late[2:]...)...)
	tests := []struct {
		name      string
		datagrams [][]byte
		want      []byte
		last      tlsfp.State
	}{
		{"whole", fragments(0, msg, 1000), msg, tlsfp.Ended},
		{"in pieces", fragments(0, msg, 30), msg, tlsfp.Ended},
		{"backwards, one twice", late, msg, tlsfp.Ended},
		{"several records in a datagram", [][]byte{bytes.Join(fragments(0, msg, 30), nil)}, msg, tlsfp.Ended},
		{"half of it", fragments(0, msg, 60)[:1], nil, tlsfp.More},
		{"a second hello while the first is not whole", slices.Concat(fragments(0, msg, 60)[:1], fragments(1, again.message(), 60)), again.message(), tlsfp.Ended},
		{"beside something encrypted", [][]byte{dtlsRecord(22, 1, []byte("secret")), fragments(0, msg, 1000)[0]}, msg, tlsfp.Ended},
		{"DNS", [][]byte{[]byte("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01")}, nil, tlsfp.NotTLS},
		{"nothing", [][]byte{nil}, nil, tlsfp.More},
		{"another message", [][]byte{dtlsRecord(22, 0, slices.Concat([]byte{2, 0, 0, 1}, make([]byte, 5), []byte{0, 0, 1, 7}))}, nil, tlsfp.NotTLS},
		{"a fragment beyond the end", [][]byte{dtlsRecord(22, 0, slices.Concat([]byte{1, 0, 0, 1}, []byte{0, 0, 0, 0, 1, 0, 0, 1, 7}))}, nil, tlsfp.NotTLS},
		{"a cut record", [][]byte{fragments(0, msg, 1000)[0][:40]}, nil, tlsfp.NotTLS},
		{"a cut fragment", [][]byte{dtlsRecord(22, 0, []byte{1, 0, 0, 9})}, nil, tlsfp.NotTLS},
		{"too long", [][]byte{dtlsRecord(22, 0, []byte{1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 7})}, nil, tlsfp.NotTLS},
		{"nonsense later", [][]byte{fragments(0, msg, 60)[0], []byte("nonsense")}, nil, tlsfp.More},
		{"no end", slices.Repeat(fragments(0, msg, 60)[:1], tlsfp.MaxDatagrams), nil, tlsfp.Ended},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var d tlsfp.Datagram
			var got []byte
			var last tlsfp.State
			for _, datagram := range test.datagrams {
				msg, state := d.Add(datagram)
				if state == tlsfp.Message {
					got = msg
				}
				last = state
			}
			if last == tlsfp.Message {
				_, last = d.Add(nil)
			}
			if last != test.last || !bytes.Equal(got, test.want) {
				t.Errorf("state %d, want %d; have %x\nwant %x", last, test.last, got, test.want)
			}
		})
	}
}

func TestDTLSHello(t *testing.T) {
	h := dtls
	h.cookie = []byte("a cookie")
	const want = "dd2d030400_" // with what JA4.md says of DTLS
	if got := parse(t, h).JA4(tlsfp.DTLS); got[:len(want)] != want {
		t.Errorf("have %s, want %s", got, want)
	}
	if _, text := parse(t, h).JA3(); text != "65277,49195-49199-255,0-10-11-13,29-23,0" {
		t.Errorf("have %s", text)
	}
}

func FuzzDatagram(f *testing.F) {
	f.Add(fragments(0, dtls.message(), 1000)[0], []byte{})
	two := fragments(0, dtls.message(), 60)
	f.Add(two[0], two[1])
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var d tlsfp.Datagram
		for _, b := range [][]byte{first, second, first} {
			if msg, state := d.Add(b); (state == tlsfp.Message) != (msg != nil) {
				t.Errorf("state %d with %x", state, msg)
			}
		}
	})
}
