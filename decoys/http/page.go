package http

import (
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A page is an answer before the server puts its header around it.
type page struct {
	status int
	// reason is the reason phrase; each server has its own for some.
	reason string
	mime   string
	body   string
	// headers are further ones, in the server's order and place.
	headers []field
	// modified is the time of the file the page is from, zero if it is none,
	// and size the file's, in bytes.
	modified time.Time
	size     int
	// dynamic pages are made by the application behind the server.
	dynamic bool
	// final ends the connection.
	final bool
	// empty has neither length nor type, bare no type, lengthless no length.
	empty, bare, lengthless bool
	// chunked bodies have no length known before, gzip ones are compressed.
	chunked, gzip bool
}

// encoded is the body as it goes on the wire.
func (p *page) encoded() string {
	if !p.chunked {
		return p.body
	}
	if p.body == "" {
		return "0\r\n\r\n"
	}
	return strconv.FormatInt(int64(len(p.body)), 16) + "\r\n" + p.body + "\r\n0\r\n\r\n"
}

const dateFormat = "Mon, 02 Jan 2006 15:04:05 GMT"

// conditional turns p, made from a file, into what If-None-Match, If-Modified-Since
// and Range ask for (RFC 9110 sections 13 and 14). exact compares dates as
// nginx does, where others accept a later one.
func conditional(r *request, p *page, etag string, exact bool) *page {
	if p.status != 200 || p.modified.IsZero() {
		return p
	}
	if match := r.get("If-None-Match"); match != "" {
		if match == "*" || slices.Contains(strings.FieldsFunc(match, isSeparator), etag) {
			return &page{status: 304, reason: "Not Modified", modified: p.modified, size: p.size, empty: true}
		}
	} else if since, err := time.Parse(dateFormat, r.get("If-Modified-Since")); err == nil {
		if p.modified.Equal(since) || !exact && since.After(p.modified) && !since.After(time.Now()) {
			return &page{status: 304, reason: "Not Modified", modified: p.modified, size: p.size, empty: true}
		}
	}
	return ranged(r, p)
}

func isSeparator(c rune) bool { return c == ',' || c == ' ' }

// ranged answers a single range; several at once get the whole page, which a
// server is free to do.
func ranged(r *request, p *page) *page {
	unit, spec, ok := strings.Cut(r.get("Range"), "=")
	first, last, dash := strings.Cut(spec, "-")
	if !ok || unit != "bytes" || !dash || strings.Contains(spec, ",") || r.get("If-Range") != "" {
		return p
	}
	size := len(p.body)
	from, errFrom := strconv.Atoi(first)
	to, errTo := strconv.Atoi(last)
	switch {
	case first == "" && errTo == nil && to > 0: // the last bytes
		from, to = max(0, size-to), size-1
	case errFrom == nil && last == "":
		to = size - 1
	case errFrom != nil || errTo != nil || from > to:
		return p
	}
	if from >= size {
		return &page{status: 416, headers: []field{{"Content-Range", fmt.Sprintf("bytes */%d", size)}}}
	}
	to = min(to, size-1)
	out := *p
	out.status, out.reason, out.body = 206, "Partial Content", p.body[from:to+1]
	out.headers = append(slices.Clone(p.headers), field{"Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to, size)})
	return &out
}

func escape(s string) string { return html.EscapeString(s) }
