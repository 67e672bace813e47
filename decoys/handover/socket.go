package handover

import (
	"errors"
	"fmt"
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// packetConn returns the connection behind f and closes f.
func packetConn(f *os.File) (*net.UnixConn, error) {
	defer func() { _ = f.Close() }() // FileConn duplicated it
	c, err := net.FileConn(f)
	if err != nil {
		return nil, fmt.Errorf("handover socket: %w", err)
	}
	u, ok := c.(*net.UnixConn)
	if !ok || u.LocalAddr().Network() != "unixpacket" {
		_ = c.Close()
		return nil, fmt.Errorf("handover socket: want a unix SOCK_SEQPACKET socket")
	}
	return u, nil
}

func send(c *net.UnixConn, data []byte, files []*os.File) error {
	var rights []byte
	if len(files) > 0 {
		fds, err := descriptors(files)
		if err != nil {
			return err
		}
		rights = unix.UnixRights(fds...)
	}
	_, _, err := c.WriteMsgUnix(data, rights, nil)
	if err != nil {
		return fmt.Errorf("handover: send: %w", err)
	}
	return nil
}

// descriptors does not use File.Fd, which makes the socket blocking: the decoy
// process may be accepting on the same socket at this moment.
func descriptors(files []*os.File) ([]int, error) {
	fds := make([]int, len(files))
	for i, f := range files {
		if f == nil {
			return nil, fmt.Errorf("handover: file %d is missing", i)
		}
		raw, err := f.SyscallConn()
		if err == nil {
			err = raw.Control(func(fd uintptr) { fds[i] = int(fd) })
		}
		if err != nil {
			return nil, fmt.Errorf("handover: file %d: %w", i, err)
		}
	}
	return fds, nil
}

// receive reads one message into buf, which must hold more than MaxMessage
// bytes. The files are the caller's. At the end of the stream it returns io.EOF.
func receive(c *net.UnixConn, buf []byte) (data []byte, files []*os.File, err error) {
	oob := make([]byte, unix.CmsgSpace(4*(MaxFiles+1)))
	n, oobn, flags, _, err := c.ReadMsgUnix(buf, oob) // sets close-on-exec
	if err != nil {
		return nil, nil, err
	}
	files, err = rights(oob[:oobn])
	if err == nil && flags&(unix.MSG_TRUNC|unix.MSG_CTRUNC) != 0 {
		err = errors.New("message is longer or has more files than allowed")
	}
	if err != nil {
		closeAll(files)
		return nil, nil, fmt.Errorf("handover: receive: %w", err)
	}
	return buf[:n], files, nil
}

// rights returns every file in the control message, also beside an error.
func rights(oob []byte) ([]*os.File, error) {
	if len(oob) == 0 {
		return nil, nil
	}
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return nil, err
	}
	var files []*os.File
	for i := range messages {
		fds, err := unix.ParseUnixRights(&messages[i])
		if err != nil {
			return files, err
		}
		for _, fd := range fds {
			files = append(files, os.NewFile(uintptr(fd), "handed over"))
		}
	}
	return files, nil
}

func closeAll(files []*os.File) {
	for _, f := range files {
		_ = f.Close()
	}
}
