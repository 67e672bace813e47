package sshwire

import (
	"bytes"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestWhatIsWrittenIsRead(t *testing.T) {
	b := AppendUint32(nil, 7)
	b = AppendMpint(AppendBool(AppendString(AppendString(b, "text\x00"), []byte{0, 1}), true), []byte{0, 0x80})
	r := NewReader(b)
	n, text, data, yes, number := r.Uint32(), r.Text(), r.Bytes(), r.Bool(), r.Mpint()
	if n != 7 || text != "text" || !bytes.Equal(data, []byte{0, 1}) || !yes || number.Int64() != 128 || !r.Done() {
		t.Errorf("have %d %q %q %v %v, done %v", n, text, data, yes, number, r.Done())
	}
	for name, read := range map[string]func(*Reader){
		"a NUL inside": func(r *Reader) { r.Text() }, "a negative number": func(r *Reader) { r.Mpint() }, "more than there is": func(r *Reader) { r.Uint64() },
	} {
		bad := map[string][]byte{"a NUL inside": AppendString(nil, "a\x00b"), "a negative number": AppendString(nil, "\xff"), "more than there is": {1}}[name]
		r := NewReader(bad)
		if read(r); r.OK() || r.Uint32() != 0 || r.Bytes() != nil {
			t.Errorf("%s is read", name)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add(AppendString(AppendUint32(nil, 1), "text"))
	f.Add([]byte("\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r := NewReader(data)
		for range 4 {
			if b := r.Bytes(); len(b) > len(data) {
				t.Errorf("%d bytes in %d", len(b), len(data))
			}
			if s := r.Text(); len(s) > len(data) {
				t.Errorf("a text of %d bytes in %d", len(s), len(data))
			}
			r.Mpint()
			r.Byte()
			r.Uint64()
		}
		if r.OK() && len(data) < 68 {
			t.Error("read more than there was")
		}
	})
}
