package http

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"time"
)

// apacheFailures are title and text of Apache's built-in pages. %m is the
// method, %d the detail.
var apacheFailures = map[int]struct{ title, text string }{
	400: {"Bad Request", "Your browser sent a request that this server could not understand.<br />\n%d</p>\n"},
	401: {"Unauthorized", "This server could not verify that you\nare authorized to access the document\nrequested.  " +
		"Either you supplied the wrong\ncredentials (e.g., bad password), or your\nbrowser doesn't understand how to supply\n" +
		"the credentials required.</p>\n"},
	403: {"Forbidden", "You don't have permission to access this resource.</p>\n"},
	404: {"Not Found", "The requested URL was not found on this server.</p>\n"},
	405: {"Method Not Allowed", "The requested method %m is not allowed for this URL.</p>\n"},
	413: {"Request Entity Too Large", "The requested resource does not allow request data with %m requests, " +
		"or the amount of data provided in\nthe request exceeds the capacity limit.</p>\n"},
	414: {"Request-URI Too Long", "The requested URL's length exceeds the capacity\nlimit for this server.<br />\n</p>\n"},
	416: {"Requested Range Not Satisfiable", "None of the range-specifier values in the Range\nrequest-header field overlap " +
		"the current extent\nof the selected resource.</p>\n"},
	417: {"Expectation Failed", "The expectation given in the Expect request-header\nfield could not be met by this server.\n" +
		"The client sent<pre>\n    Expect: %d\n</pre>\n</p><p>Only the 100-continue expectation is supported.</p>\n"},
	501: {"Not Implemented", "%m not supported for current URL.<br />\n</p>\n"},
}

func (s *apache) refuse(r *request, f *fault) *page {
	p := s.failure(r, f)
	// A path that is refused is no reason to end the connection.
	p.final = f.status != 404
	p.lengthless = p.lengthless || f.inBody
	return p
}

// failure is one of Apache's built-in pages.
func (s *apache) failure(r *request, f *fault, headers ...field) *page {
	what := apacheFailures[f.status]
	detail := f.detail
	if f.status == 417 { // the peer's own words
		detail = escape(detail)
	}
	text := strings.NewReplacer("%m", escape(r.method), "%d", detail).Replace(what.text)
	name, port := "127.0.1.1", "80" // Debian's name for a machine without a domain
	if r.host != "" {
		name = r.host
		if host, p, err := net.SplitHostPort(r.host); err == nil {
			name, port = host, p
		}
	}
	body := fmt.Sprintf("<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\">\n"+
		"<html><head>\n<title>%d %s</title>\n</head><body>\n<h1>%s</h1>\n<p>%s<hr>\n<address>%s Server at %s Port %s</address>\n</body></html>\n",
		f.status, what.title, what.title, text, s.token, escape(name), escape(port))
	return &page{
		status: f.status, reason: what.title, mime: "text/html; charset=iso-8859-1", body: body, headers: headers,
		lengthless: r.method == "HEAD",
	}
}

// apacheTag is size and time in hex, in bytes and microseconds.
func apacheTag(p *page) string {
	if p.gzip {
		return fmt.Sprintf(`"%x-%x-gzip"`, p.size, p.modified.UnixMicro())
	}
	return fmt.Sprintf(`"%x-%x"`, p.size, p.modified.UnixMicro())
}

func (s *apache) head(r *request, p *page, keep keepAlive) []byte {
	b := fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nDate: %s\r\nServer: %s\r\n", p.status, p.reason, time.Now().UTC().Format(dateFormat), s.token)
	if !p.modified.IsZero() {
		b = fmt.Appendf(b, "Last-Modified: %s\r\nETag: %s\r\nAccept-Ranges: bytes\r\n", p.modified.Format(dateFormat), apacheTag(p))
	}
	i := slices.IndexFunc(p.headers, func(f field) bool { return f.name == "Content-Range" })
	for j, h := range p.headers {
		if j != i {
			b = fmt.Appendf(b, "%s: %s\r\n", h.name, h.value)
		}
	}
	length := fmt.Sprintf("Content-Length: %d\r\n", len(p.body))
	if p.empty || p.lengthless {
		length = ""
	}
	const vary = "Vary: Accept-Encoding\r\n"
	switch {
	case p.empty || !strings.HasPrefix(p.mime, "text/html") || p.status >= 400 || r.method == "OPTIONS":
		b = append(b, length...)
	case p.gzip:
		b = append(b, vary+"Content-Encoding: gzip\r\n"+length...)
	case p.dynamic: // PHP's output passes the filter before its length is known
		b = append(b, vary+length...)
	default:
		b = append(b, length+vary...)
	}
	if i >= 0 {
		b = fmt.Appendf(b, "Content-Range: %s\r\n", p.headers[i].value)
	}
	switch {
	case !keep.on:
		b = append(b, "Connection: close\r\n"...)
	case hasTokenIn(r.get("Connection"), "keep-alive"):
		b = fmt.Appendf(b, "Keep-Alive: timeout=5, max=%d\r\nConnection: Keep-Alive\r\n", 100-keep.used)
	}
	if !p.empty && !p.bare {
		b = fmt.Appendf(b, "Content-Type: %s\r\n", p.mime)
	}
	return append(b, "\r\n"...)
}
