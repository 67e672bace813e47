package ssh

import (
	"io"
	"strconv"
	"strings"
)

// maxIdentification is OpenSSH's bound of the client's line, in bytes.
const maxIdentification = 8192

// What OpenSSH says to a client that it does not understand. It was observed on
// 9.2; 8.2 and 8.9 have the same texts.
const (
	notSSH       = "Invalid SSH identification string."
	otherVersion = "Protocol major versions differ."
)

// exchangeIdentification sends our line, reads the client's (RFC 4253 section
// 4.2) and refuses what OpenSSH refuses, in its words. The line is what came, as
// far as it came, without its end. After a refusal the caller closes.
//
// It reads byte by byte, as OpenSSH does: what the client sent beyond its line
// stays in the kernel, where it makes a close a reset.
func exchangeIdentification(rw io.ReadWriter, banner string) (line, refusal string, err error) {
	if _, err := io.WriteString(rw, banner+"\r\n"); err != nil {
		return "", "", err
	}
	line, ok, err := readIdentification(rw)
	if err != nil {
		return line, "", err
	}
	refusal = notSSH
	if ok {
		refusal = judge(line)
	}
	if refusal != "" {
		// Two writes, as OpenSSH makes: a client that is reset sees one.
		if _, err = io.WriteString(rw, refusal); err == nil {
			_, err = io.WriteString(rw, "\r\n")
		}
	}
	return line, refusal, err
}

// readIdentification reads a line. ok is false if OpenSSH would stop in the
// middle of it: at a NUL, at a CR that no LF follows, or when it is too long.
func readIdentification(r io.Reader) (line string, ok bool, err error) {
	var b []byte
	var c [1]byte
	sawCR := false
	for len(b) <= maxIdentification {
		if _, err := io.ReadFull(r, c[:]); err != nil {
			return string(b), false, err
		}
		switch {
		case c[0] == '\n':
			return string(b), true, nil
		case c[0] == '\r':
			sawCR = true
			continue
		case c[0] == 0 || sawCR:
			return string(b), false, nil
		}
		b = append(b, c[0])
	}
	return string(b), false, nil
}

// judge says how OpenSSH refuses a line, "" if it does not. OpenSSH reads it as
// scanf does with "SSH-%d.%d-%[^\n]".
func judge(line string) string {
	rest, ok := strings.CutPrefix(line, "SSH-")
	if !ok {
		return notSSH
	}
	major, rest, ok := scanNumber(rest)
	if !ok || !strings.HasPrefix(rest, ".") {
		return notSSH
	}
	minor, rest, ok := scanNumber(rest[1:])
	if !ok || len(rest) < 2 || rest[0] != '-' {
		return notSSH
	}
	if major == 2 || major == 1 && minor == 99 {
		return ""
	}
	return otherVersion
}

// scanNumber is scanf's %d: a number of 64 bits, or the largest there is, of which 32 are taken.
func scanNumber(s string) (n int, rest string, ok bool) {
	s = strings.TrimLeft(s, " \t\v\f\r\n")
	negative := strings.HasPrefix(s, "-")
	if negative || strings.HasPrefix(s, "+") {
		s = s[1:]
	}
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	wide, _ := strconv.ParseInt(s[:i], 10, 64) // the largest, if it is larger
	if negative {
		wide = -wide
	}
	return int(int32(wide)), s[i:], i > 0 //nolint:gosec // as scanf does
}
