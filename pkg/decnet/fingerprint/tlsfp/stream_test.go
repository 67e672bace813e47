package tlsfp_test

import (
	"bytes"
	"crypto/sha256"
	"slices"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/tlsfp"
)

// feed adds b in pieces of size bytes and returns all messages and the last state.
func feed(s *tlsfp.Stream, b []byte, size int) (msgs [][]byte, last tlsfp.State) {
	last = tlsfp.More
	for piece := range slices.Chunk(b, size) {
		msg, state := s.Add(piece)
		for ; state == tlsfp.Message; msg, state = s.Add(nil) {
			msgs = append(msgs, msg)
		}
		last = state
	}
	return msgs, last
}

var (
	changeCipherSpec = []byte{20, 3, 3, 0, 1, 1}
	applicationData  = []byte{23, 3, 3, 0, 3, 1, 2, 3}
	warning          = []byte{21, 3, 3, 0, 2, 1, 112}
	fatal            = []byte{21, 3, 3, 0, 2, 2, 40}
)

func TestStream(t *testing.T) {
	random := sha256.Sum256([]byte("HelloRetryRequest"))
	client := chrome.message()
	server := hello{kind: 2, version: 0x0303, ciphers: []uint16{0xc02f}}.message()
	retry := hello{kind: 2, version: 0x0303, random: random[:], ciphers: []uint16{0x1301}}.message()
	certificate := append([]byte{11}, vec(3, vec(3, vec(3, make([]byte, 3000))))...)
	done := []byte{14, 0, 0, 0}
	all := slices.Concat(server, certificate, done)
	tests := []struct {
		name string
		wire []byte
		msgs [][]byte
		last tlsfp.State
	}{
		{"one record", records(1<<14, client), [][]byte{client}, tlsfp.More},
		{"many records", records(7, client), [][]byte{client}, tlsfp.More},
		{"a record for each byte", records(1, client), [][]byte{client}, tlsfp.More},
		{"half of it", records(100, client[:len(client)-1]), nil, tlsfp.More},
		{"what follows is encrypted", slices.Concat(records(1<<14, client), changeCipherSpec, records(64, client)), [][]byte{client}, tlsfp.Ended},
		{"early data", slices.Concat(records(1<<14, client), applicationData), [][]byte{client}, tlsfp.Ended},
		{"a server of TLS 1.2, all in one record", records(1<<14, all), [][]byte{server, certificate, done}, tlsfp.More},
		{"in one for each", slices.Concat(records(1<<14, server), records(1<<14, certificate), records(1<<14, done)), [][]byte{server, certificate, done}, tlsfp.More},
		{"in pieces", records(50, all), [][]byte{server, certificate, done}, tlsfp.More},
		{"a server that asks again", slices.Concat(records(99, retry), changeCipherSpec, records(99, server), changeCipherSpec, applicationData), [][]byte{retry, server}, tlsfp.Ended},
		{"a warning first", slices.Concat(warning, records(99, server)), [][]byte{server}, tlsfp.More},
		{"a server that refuses", fatal, nil, tlsfp.Ended},
		{"that refuses later", slices.Concat(records(99, server), fatal, records(99, certificate)), [][]byte{server}, tlsfp.Ended},
		{"HTTP", []byte("GET / HTTP/1.1\r\n"), nil, tlsfp.NotTLS},
		{"SSH", []byte("SSH-2.0-OpenSSH_9.2\r\n"), nil, tlsfp.NotTLS},
		{"a hello of SSL 2.0", []byte{0x80, 0x2e, 1, 3, 1, 0, 21, 0, 0, 0, 16}, nil, tlsfp.NotTLS},
		{"another version", []byte{22, 2, 0, 0, 4}, nil, tlsfp.NotTLS},
		{"a version of the future", []byte{22, 3, 5, 0, 4}, nil, tlsfp.NotTLS},
		{"a record that is too long", []byte{22, 3, 1, 0x50, 0}, nil, tlsfp.NotTLS},
		{"an empty record", []byte{22, 3, 1, 0, 0}, nil, tlsfp.NotTLS},
		{"another message first", []byte{22, 3, 1, 0, 4, 14, 0, 0, 0}, nil, tlsfp.NotTLS},
		{"an alert that is too long", []byte{21, 3, 1, 0, 3}, nil, tlsfp.NotTLS},
		{"nonsense later", slices.Concat(records(99, client), []byte("nonsense")), [][]byte{client}, tlsfp.Ended},
		{"a message that is too long", []byte{22, 3, 1, 0, 4, 1, 1, 0, 0}, nil, tlsfp.Ended},
		{"more than is taken", records(1<<14, slices.Concat(client, append([]byte{1}, vec(3, make([]byte, 65500))...))), [][]byte{client}, tlsfp.Ended},
		{"no end of warnings", bytes.Repeat(warning, 20000), nil, tlsfp.Ended},
	}
	for _, test := range tests {
		for _, size := range []int{1 << 20, 1460, 11, 1} {
			var s tlsfp.Stream
			msgs, last := feed(&s, test.wire, size)
			if last != test.last || !slices.EqualFunc(msgs, test.msgs, bytes.Equal) {
				t.Errorf("%s, in pieces of %d: state %d, want %d; have %d messages %.80x\nwant %d %.80x", test.name, size, last, test.last, len(msgs), msgs, len(test.msgs), test.msgs)
			}
			if last != tlsfp.NotTLS && last != tlsfp.Ended {
				continue
			}
			if msg, state := s.Add(records(99, client)); msg != nil || state != last {
				t.Errorf("%s: state %d after %d", test.name, state, last)
			}
		}
	}
}

// What is not TLS is known by the first byte that cannot be.
func TestStreamSaysEarly(t *testing.T) {
	tests := []struct {
		wire string
		need int
	}{
		{"GET /", 1}, {"\x16\x02\x00", 2}, {"\x16\x03\x09", 3}, {"\x16\x03\x01\xff\xff", 5}, {"\x16\x03\x01\x00\x04\x0e", 6},
	}
	for _, test := range tests {
		var s tlsfp.Stream
		for i := range test.wire {
			want := tlsfp.More
			if i+1 >= test.need {
				want = tlsfp.NotTLS
			}
			if _, state := s.Add([]byte(test.wire[i : i+1])); state != want {
				t.Errorf("%q: state %d after %d bytes", test.wire, state, i+1)
			}
		}
	}
}

func FuzzStream(f *testing.F) {
	for _, wire := range [][]byte{records(1<<14, chrome.message()), records(20, firefox.message()), warning, changeCipherSpec} {
		f.Add(wire, uint8(1))
		f.Add(slices.Concat(wire, applicationData), uint8(200))
	}
	f.Fuzz(func(t *testing.T, wire []byte, size uint8) {
		var whole, pieces tlsfp.Stream
		a, last := feed(&whole, wire, max(1, len(wire)))
		b, lastOfPieces := feed(&pieces, wire, int(size)+1)
		if last != lastOfPieces || !slices.EqualFunc(a, b, bytes.Equal) {
			t.Errorf("state %d and %d messages at once, %d and %d in pieces", last, len(a), lastOfPieces, len(b))
		}
	})
}
