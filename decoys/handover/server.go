package handover

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/spool"
)

// childFD is where the child finds its end of the connection.
const childFD = 3

// An Executor does what the parent asks for. Its methods are called one at a
// time. The files it is given are its own from then on, also when it fails. The
// text of an error goes to the parent as it is.
type Executor interface {
	Spool(f *os.File, pressure spool.Pressure) error
	Start(d *decnet.Decky, ls []Listener) error
	Stop(decky string) error
}

// A Server is the decoy process's end.
type Server struct{ conn *net.UnixConn }

// Inherit returns the Server on the connection that the parent left open as
// descriptor 3.
func Inherit() (*Server, error) {
	return NewServer(os.NewFile(childFD, "handover"))
}

// NewServer returns the Server on f, the file that Pair returned, and closes f.
func NewServer(f *os.File) (*Server, error) {
	conn, err := packetConn(f)
	if err != nil {
		return nil, err
	}
	return &Server{conn: conn}, nil
}

// Serve carries requests out until the parent closes the connection, which is
// no error, or until ctx is done, and closes the connection.
func (s *Server) Serve(ctx context.Context, x Executor) error {
	defer func() { _ = s.conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = s.conn.Close() })
	defer stop()
	buf := make([]byte, MaxMessage+1)
	for {
		data, files, err := receive(s.conn, buf)
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, io.EOF) {
				return nil
			}
			return err
		}
		r, err := decodeRequest(data, len(files))
		if err != nil {
			closeAll(files)
			return fmt.Errorf("handover: %w", err)
		}
		if err := s.answer(r.ID, execute(x, r, files)); err != nil {
			return err
		}
	}
}

func execute(x Executor, r *request, files []*os.File) error {
	switch r.Op {
	case opSpool:
		return x.Spool(files[0], r.Pressure)
	case opStart:
		for i, f := range files {
			r.Listeners[i].File = f
		}
		return x.Start(r.Decky, r.Listeners)
	default: // decodeRequest knows no other
		return x.Stop(r.Name)
	}
}

func (s *Server) answer(id uint64, result error) error {
	r := reply{ID: id}
	if result != nil {
		r.Error = oneLine(result.Error())
	}
	data, err := encode(r)
	if err != nil {
		return err
	}
	if err := send(s.conn, data, nil); err != nil && !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// oneLine makes s a single line of bounded length.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxReason {
		s = strings.ToValidUTF8(s[:maxReason], "") + "..."
	}
	return s
}
