package probe

import (
	"context"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/sshfp"
)

// clientLine is what OpenSSH's client of Debian 12 says first.
const clientLine = "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u7\r\n"

// maxSSH is enough for the lines and packets that sshfp reads.
const maxSSH = 512 << 10

func (r *run) ssh(ctx context.Context, f *Finding) {
	c, err := r.connect(ctx, f, maxSSH)
	if err != nil {
		return
	}
	defer func() { _ = c.Close() }()
	s := sshfp.Stream{Server: true}
	_, err = c.Write([]byte(clientLine))
	b := make([]byte, 4<<10)
	for err == nil && s.State() < sshfp.Done {
		var n int
		n, err = c.Read(b)
		s.Add(b[:n])
	}
	if s.Line() == "" {
		f.Reason = "no SSH"
		return
	}
	fields := map[string]string{"version": clean(s.Line(), maxText)}
	hash := ""
	if k := s.KexInit(); k != nil {
		var text string
		hash, text = k.HASSHServer()
		fields["hassh_server"], fields["algorithms"] = hash, clean(text, 8*maxText)
	}
	f.found(hash, fields)
}
