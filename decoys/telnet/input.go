package telnet

import (
	"io"
	"strings"
)

// An input is what a client types once it is logged in, without the commands in between.
type input struct {
	client  *client
	resized func()
	data    []byte
}

// Read reads at least one byte, and answers commands.
func (i *input) Read(p []byte) (int, error) {
	c := i.client
	for len(i.data) == 0 && len(p) > 0 {
		// What was typed before somebody listened comes first.
		i.data, c.typed = append(i.data, c.typed...), nil
		for _, l := range c.tty.lines {
			i.data = append(i.data, l...)
		}
		i.data = append(i.data, c.tty.line...)
		c.tty.flush()
		if len(i.data) > 0 {
			break
		}
		n, err := c.conn.Read(c.buf[:])
		if n == 0 {
			if err == nil {
				err = io.ErrNoProgress
			}
			return 0, err
		}
		logout := c.decoder.decode(c.buf[:n], func(b byte) { i.data = append(i.data, b) }, c.say)
		i.resized()
		if err := c.flush(); err != nil {
			return 0, err
		}
		if logout {
			return 0, io.EOF
		}
	}
	n := copy(p, i.data)
	i.data = i.data[n:]
	return n, nil
}

// escaped doubles the byte that would begin a command.
type escaped struct{ w io.Writer }

func (e escaped) Write(p []byte) (int, error) {
	if _, err := io.WriteString(e.w, doubled(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

func doubled(s string) string { return strings.ReplaceAll(s, "\xff", "\xff\xff") }
