package probe

import (
	"bytes"
	"context"
	"net"
	"strconv"
	"strings"
)

// maxBanner and maxHead bound what is read of a banner and of an answer's head, in bytes.
const (
	maxBanner  = 1 << 10
	maxHead    = 16 << 10
	maxHeaders = 64
)

// banner reads until a line has ended, the peer is through, or time is up. What is no text, such
// as MySQL's greeting, has something random in it, and is not compared.
func (r *run) banner(ctx context.Context, f *Finding) {
	c, err := r.connect(ctx, f, maxBanner)
	if err != nil {
		return
	}
	defer func() { _ = c.Close() }()
	all := readUntil(c, "\n", maxBanner)
	line, _, _ := bytes.Cut(all, []byte("\n"))
	text := clean(string(bytes.TrimRight(line, "\r")), maxBanner)
	switch {
	case bytes.IndexByte(all, 0) >= 0:
		f.found("", map[string]string{"banner": clean(string(all), maxText)})
	case text == "":
		f.Reason = "it says nothing by itself"
	default:
		f.found(text, map[string]string{"banner": text})
	}
}

// readUntil reads until end is there or nothing comes any more.
func readUntil(c *conn, end string, most int) []byte {
	var all []byte
	b := make([]byte, 2<<10)
	for len(all) < most {
		n, err := c.Read(b)
		from := max(len(all)-len(end), 0)
		all = append(all, b[:n]...)
		if err != nil || bytes.Contains(all[from:], []byte(end)) {
			break
		}
	}
	return all
}

// http sends what curl sends.
func (r *run) http(ctx context.Context, f *Finding) {
	c, err := r.connect(ctx, f, maxHead)
	if err != nil {
		return
	}
	defer func() { _ = c.Close() }()
	f.Reason = "no HTTP"
	if _, err := c.Write(request(name(r.addr), f.Port)); err != nil {
		return
	}
	if a, ok := parseHead(readUntil(c, "\r\n\r\n", maxHead)); ok {
		names := strings.Join(a.names, ",")
		f.found(clean(a.server, maxText)+"; "+clean(names, maxText), map[string]string{
			"status": strconv.Itoa(a.status), "status_line": clean(a.line, maxText),
			"server": clean(a.server, maxText), "header_order": clean(names, 4*maxText),
		})
	}
}

func request(host string, port uint16) []byte {
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port != 80 {
		host = net.JoinHostPort(strings.Trim(host, "[]"), strconv.Itoa(int(port)))
	}
	return []byte("GET / HTTP/1.1\r\nHost: " + host + "\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n")
}

// head is the beginning of a server's answer.
type head struct {
	line, server string
	status       int
	names        []string // of headers, in their order and spelling
}

// parseHead reads a status line and headers (RFC 9112, 4 and 5), as far as they are there.
func parseHead(b []byte) (h head, ok bool) {
	lines := strings.Split(string(b), "\n")
	h.line = strings.TrimSuffix(lines[0], "\r")
	version, rest, _ := strings.Cut(h.line, " ")
	code, _, _ := strings.Cut(rest, " ")
	n, err := strconv.Atoi(code)
	if !strings.HasPrefix(version, "HTTP/") || len(code) != 3 || err != nil || n < 100 || len(lines) < 2 {
		return head{}, false
	}
	h.status = n
	for _, line := range lines[1:] {
		line = strings.TrimSuffix(line, "\r")
		key, value, found := strings.Cut(line, ":")
		if line == "" || len(h.names) == maxHeaders {
			break
		}
		if !found || key == "" || strings.ContainsAny(key, " \t") {
			continue
		}
		h.names = append(h.names, key)
		if strings.EqualFold(key, "server") && h.server == "" {
			h.server = strings.TrimSpace(value)
		}
	}
	return h, true
}
