package http

import (
	"fmt"
	"strings"
	"time"
)

// nginxReasons are the reason phrases of nginx, which are its own for some.
var nginxReasons = map[int]string{
	200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
	405: "Not Allowed", 413: "Request Entity Too Large", 414: "Request-URI Too Large",
	416: "Requested Range Not Satisfiable", 501: "Not Implemented", 505: "HTTP Version Not Supported",
}

func (n *nginx) route(r *request, a *app) *page {
	p := a.page(r)
	switch {
	case p == nil:
		return n.failure(r, 404, "")
	case p.status == 401:
		out := n.failure(r, 401, "")
		out.headers = p.headers
		return out
	case p.dynamic && (r.method == "GET" || r.method == "HEAD" || r.method == "POST"):
		// PHP behind FastCGI: nginx learns the length at the end.
		p.lengthless, p.chunked = true, r.version == 11
		p.final = r.version != 11 // the end of the connection ends the body
		return p
	case r.method != "GET" && r.method != "HEAD":
		return n.failure(r, 405, "")
	}
	if p = conditional(r, p, nginxTag(p), true); p.status == 416 {
		out := n.failure(r, 416, "")
		out.headers = p.headers
		return out
	}
	return p
}

func (n *nginx) refuse(r *request, f *fault) *page {
	p := n.failure(r, f.status, f.detail)
	p.final = true
	return p
}

// failure is one of nginx's built-in pages.
func (n *nginx) failure(r *request, status int, detail string) *page {
	text := fmt.Sprintf("%d %s", status, nginxReasons[status])
	title := text
	var b strings.Builder
	if detail != "" {
		title = fmt.Sprintf("%d %s", status, detail)
	}
	fmt.Fprintf(&b, "<html>\r\n<head><title>%s</title></head>\r\n<body>\r\n<center><h1>%s</h1></center>\r\n", title, text)
	if detail != "" {
		fmt.Fprintf(&b, "<center>%s</center>\r\n", detail)
	}
	fmt.Fprintf(&b, "<hr><center>%s</center>\r\n</body>\r\n</html>\r\n", n.token)
	if padded(r) {
		b.WriteString(strings.Repeat("<!-- a padding to disable MSIE and Chrome friendly error page -->\r\n", 6))
	}
	return &page{status: status, reason: nginxReasons[status], mime: "text/html", body: b.String()}
}

// padded reports browsers that show a page of their own for short errors, which
// nginx makes longer for them (directive msie_padding).
func padded(r *request) bool {
	if r.version < 10 || strings.Contains(r.userAgent, "Opera") {
		return false
	}
	return strings.Contains(r.userAgent, "MSIE ") ||
		strings.Contains(r.userAgent, "Chrome/") && !strings.Contains(r.userAgent, "Gecko/")
}

// nginxTag is time and size in hex, in seconds and bytes; weak if compressed.
func nginxTag(p *page) string {
	if p.gzip {
		return fmt.Sprintf(`W/"%x-%x"`, p.modified.Unix(), p.size)
	}
	return fmt.Sprintf(`"%x-%x"`, p.modified.Unix(), p.size)
}

func (n *nginx) head(r *request, p *page, keep keepAlive) []byte {
	b := fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nServer: %s\r\nDate: %s\r\n", p.status, p.reason, n.token, time.Now().UTC().Format(dateFormat))
	if !p.empty {
		b = fmt.Appendf(b, "Content-Type: %s\r\n", p.mime)
		if !p.lengthless {
			b = fmt.Appendf(b, "Content-Length: %d\r\n", len(p.body))
		}
	}
	if !p.modified.IsZero() {
		b = fmt.Appendf(b, "Last-Modified: %s\r\n", p.modified.Format(dateFormat))
	}
	if p.chunked && r.method != "HEAD" {
		b = append(b, "Transfer-Encoding: chunked\r\n"...)
	}
	if keep.on {
		b = append(b, "Connection: keep-alive\r\n"...)
	} else {
		b = append(b, "Connection: close\r\n"...)
	}
	if !p.modified.IsZero() {
		b = fmt.Appendf(b, "ETag: %s\r\n", nginxTag(p))
	}
	if p.status == 200 && !p.modified.IsZero() && !p.gzip {
		b = append(b, "Accept-Ranges: bytes\r\n"...)
	}
	for _, h := range p.headers {
		b = fmt.Appendf(b, "%s: %s\r\n", h.name, h.value)
	}
	return append(b, "\r\n"...)
}
