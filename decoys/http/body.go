package http

import (
	"bufio"
	"io"
	"strconv"
	"strings"
)

// maxCaptured bounds what is kept of a body, in bytes. The rest is read and
// dropped, up to the server's own bound.
const maxCaptured = 64 << 10

// invite tells a peer that waits for it to send its body (RFC 9110 section
// 10.1.1).
func invite(in *bufio.Reader, conn io.Writer, r *request) {
	if r.expect && in.Buffered() == 0 {
		// If it fails, so will reading the body.
		_, _ = io.WriteString(conn, "HTTP/1.1 100 Continue\r\n\r\n")
	}
}

// readBody reads the body of r.
func readBody(in *bufio.Reader, r *request, rules *rules) *fault {
	var f *fault
	if r.chunked {
		f = readChunks(in, r, rules)
	} else if !capture(r, in, r.length) {
		f = &fault{silent: true}
	}
	r.whole = f == nil
	return f
}

// capture reads n bytes of body and reports whether they all came.
func capture(r *request, in io.Reader, n int64) bool {
	keep := min(n, int64(maxCaptured-len(r.body)))
	got, err := io.ReadAll(io.LimitReader(in, keep))
	r.body = append(r.body, got...)
	r.bodyBytes += int64(len(got))
	if err != nil || int64(len(got)) < keep {
		return false
	}
	dropped, err := io.CopyN(io.Discard, in, n-keep)
	r.bodyBytes += dropped
	return err == nil
}

// readChunks reads a chunked body (RFC 9112 section 7.1).
func readChunks(in *bufio.Reader, r *request, rules *rules) *fault {
	for {
		line, ended, f := readLine(in, 1024, nil, false)
		if f != nil {
			return badBody
		}
		if !ended {
			return &fault{silent: true}
		}
		digits, _, _ := strings.Cut(line, ";")
		size, err := strconv.ParseUint(strings.TrimSpace(digits), 16, 31)
		if err != nil {
			return badBody
		}
		if r.bodyBytes+int64(size) > rules.maxBody {
			return &fault{status: 413}
		}
		if size == 0 {
			return readTrailer(in)
		}
		if !capture(r, in, int64(size)) {
			return &fault{silent: true}
		}
		if line, ended, f := readLine(in, 2, nil, false); f != nil || ended && line != "" {
			return badBody
		} else if !ended {
			return &fault{silent: true}
		}
	}
}

func readTrailer(in *bufio.Reader) *fault {
	for range 100 {
		line, ended, f := readLine(in, 8<<10, nil, false)
		switch {
		case f != nil:
			return badBody
		case !ended:
			return &fault{silent: true}
		case line == "":
			return nil
		}
	}
	return badBody
}
