package wire

import (
	"github.com/decnet/decnet/pkg/decnet/fingerprint/sshfp"
)

// sshStream reads what an SSH client says in clear.
type sshStream struct {
	origin
	up sshfp.Stream
}

// Add implements stream.
func (x *sshStream) Add(fromClient bool, b []byte) bool {
	if !fromClient {
		return true
	}
	switch x.up.Add(b) {
	case sshfp.NotSSH:
		return false
	case sshfp.Done:
		x.End()
		return false
	default:
		return true
	}
}

// End implements stream. Who only asks for the banner sends no KEXINIT.
func (x *sshStream) End() {
	if x.up.Line() == "" {
		return
	}
	program, _ := sshfp.Client(x.up.Line())
	fields := map[string]string{"version": x.up.Line(), "program": program}
	if k := x.up.KexInit(); k != nil {
		fields["hassh"], _ = k.HASSH()
	}
	x.found("ssh_client_banner", fields)
}
