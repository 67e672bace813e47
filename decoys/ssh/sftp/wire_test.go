package sftp

import (
	"encoding/binary"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/decoys/shell"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/persona"
)

// newFiles are the files of a fresh machine as root uses them.
func newFiles(t testing.TB) *shell.Files {
	t.Helper()
	p, err := persona.Derive(&decnet.Decky{
		Name: "decky-01", Host: "test", Driver: "loopback", Address: netip.MustParseAddr("192.0.2.10"), Fleet: "test", OS: "debian",
		Services: []decnet.ServiceRequest{{Slug: "ssh"}}, Stack: decnet.FamilyLinux, Seed: strings.Repeat("5e", 32), Created: time.Now().Add(-72 * time.Hour),
	})
	if err != nil {
		t.Fatal(err)
	}
	return shell.NewSystem(p, netip.MustParseAddr("192.0.2.10")).NewFS().As("root")
}

// request is a packet of a client.
type request struct {
	name string
	kind byte
	body func(*writer)
}

// bytesOf is the packet with an id.
func (q *request) bytesOf(id uint32) []byte {
	w := begin(q.kind)
	if q.kind != fxpInit {
		w.uint32(id)
	}
	if q.body != nil {
		q.body(w)
	}
	binary.BigEndian.PutUint32(w.data, uint32(len(w.data)-4))
	return w.data
}

// reply reads a packet of a server.
func reply(r io.Reader) ([]byte, error) {
	var head [4]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, err
	}
	b := make([]byte, binary.BigEndian.Uint32(head[:]))
	_, err := io.ReadFull(r, b)
	return b, err
}

// show is a reply in words, without what differs from machine to machine.
func show(b []byte) string {
	r := newReader(b)
	kind := r.Byte()
	if kind == fxpVersion {
		out := fmt.Sprint("version ", r.Uint32())
		for len(r.Rest()) > 0 {
			out += fmt.Sprintf(" %s=%s", r.Text(), r.Text())
		}
		return out
	}
	id := r.Uint32()
	out := ""
	switch kind {
	case fxpStatus:
		out = fmt.Sprintf("status %d %q %q", r.Uint32(), r.Text(), r.Text())
	case fxpHandle:
		out = fmt.Sprintf("handle %x", r.Bytes())
	case fxpData:
		out = fmt.Sprintf("data %q", r.Bytes())
	case fxpAttrs:
		out = "attrs " + showAttrs(r)
	case fxpName:
		n := r.Uint32()
		var all []string
		for range n {
			name, long := r.Text(), r.Text()
			all = append(all, name+" ["+showLong(long, name)+"] "+showAttrs(r))
		}
		slices.Sort(all) // no order is the same on two machines
		out = "names " + strings.Join(all, "\n  ")
	case fxpExtendedReply:
		out = fmt.Sprintf("reply %q", r.Rest())
		r = newReader(nil)
	default:
		out = fmt.Sprintf("packet %d", kind)
	}
	if !r.OK() || len(r.Rest()) > 0 {
		out += fmt.Sprintf(" malformed, rest %q", r.Rest())
	}
	return fmt.Sprintf("%d: %s", id, out)
}

// then is a time that a test sets; all others are now.
const then = 1_500_000_000

func showAttrs(r reader) string {
	a := r.attrs()
	out := fmt.Sprintf("flags=%x mode=%o", a.flags, a.perm)
	if a.perm&0o170000 != 0o040000 { // the size of a directory is the file system's business
		out += fmt.Sprint(" size=", a.size)
	}
	if a.mtime == then {
		out += " then"
	}
	return out
}

// showLong is a line of ls without owner and time.
func showLong(long, name string) string {
	f := strings.Fields(long)
	if long == name || len(f) < 8 {
		return long
	}
	if f[0][0] == 'd' {
		f[4] = "*"
	}
	if long[:10] != f[0] || !strings.HasSuffix(long, " "+name) {
		return long
	}
	return fmt.Sprintf("%s %s %s, %d columns", f[0], f[1], f[4], strings.LastIndex(long, " "+name))
}
