package telnet

import (
	"errors"
	"strings"
)

// shadowName is the name that Debian's login reads: what Ctrl-D ends is a name too.
func (c *client) shadowName() (string, error) {
	c.prompt()
	line, err := c.line()
	if errors.Is(err, errEOF) || err == nil && !strings.HasSuffix(line, "\n") {
		c.tty.print("\r\n")
	}
	if errors.Is(err, errEOF) {
		return "-", nil // is refused without a question
	}
	return strings.TrimSuffix(line, "\n"), err
}

// anyName asks until there is a name.
func (c *client) anyName() (string, error) {
	for {
		c.prompt()
		line, err := c.line()
		if name := strings.TrimSuffix(line, "\n"); err != nil || name != "" {
			return name, err
		}
	}
}

// Bounds of BusyBox's login: empty lines, and the bytes of a name.
const (
	maxEmpty = 10
	maxName  = 62
)

// busyboxName is the name that BusyBox's login reads.
func (c *client) busyboxName() (string, error) {
	rest := ""
	for empty := 0; empty < maxEmpty; {
		if rest == "" {
			c.prompt()
		}
		line, err := c.line()
		if err != nil {
			return "", err
		}
		rest = strings.TrimLeft(rest+line, " \t\v\f\r")
		if rest == "\n" {
			rest = ""
			empty++
			continue
		}
		if rest == "" || !strings.HasSuffix(rest, "\n") {
			if rest == "" {
				rest = " "
			}
			continue
		}
		name := rest[:len(rest)-1]
		if len(rest) > maxName+1 || strings.ContainsRune(rest[1:], 0) {
			return "", errEnd
		}
		// The first character may be any; the others end with one that cannot be seen.
		end := strings.IndexFunc(name[1:], func(r rune) bool { return r <= ' ' || r > '~' })
		if end >= 0 {
			name = name[:1+end]
		}
		return name, nil
	}
	return "", errEnd
}
