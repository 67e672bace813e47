package http

import (
	"fmt"
	"strings"
	"time"
)

// nginx answers as Debian's and Ubuntu's packages of it do. What it refuses was
// observed on 1.22.1; 1.18 is older than the changes of 1.21.1 (see the CHANGES
// file of nginx) and lets more pass.
type nginx struct {
	token  string // of the Server header, and of error pages
	modern bool
	rule   rules
}

func newNginx(header string) *nginx {
	n := &nginx{token: header, modern: !strings.HasPrefix(header, "nginx/1.18.")}
	tooLarge := &fault{status: 400, detail: "Request Header Or Cookie Too Large"}
	n.rule = rules{
		maxLine: 8 << 10, maxField: 8 << 10, maxHeader: 32 << 10, maxFields: 1000,
		maxBody: 1 << 20, maxRequests: 1000, blankLines: 1 << 10,
		firstRequest: 60 * time.Second, keepAlive: 75 * time.Second, body: 60 * time.Second,
		tooLong: &fault{status: 414}, tooLarge: tooLarge, tooMany: tooLarge,
		early: badMethod, parseLine: n.parseLine, parseField: n.parseField, check: n.check,
	}
	return n
}

func (n *nginx) rules() *rules { return &n.rule }

// badMethod is what nginx's state machine does byte by byte.
func badMethod(begun []byte) bool {
	for _, c := range begun {
		if c == ' ' {
			return false
		}
		if (c < 'A' || c > 'Z') && c != '_' && c != '-' && c != '\r' {
			return true
		}
	}
	return false
}

func (n *nginx) parseLine(r *request) *fault {
	method, rest, _ := strings.Cut(r.line, " ")
	parts := strings.FieldsFunc(rest, func(c rune) bool { return c == ' ' })
	if method == "" || len(parts) == 0 || n.modern && len(parts) > 2 {
		return bad
	}
	r.method, r.protocol = method, "HTTP/0.9"
	if last := len(parts) - 1; last > 0 {
		r.protocol = parts[last]
		rest = strings.TrimRight(strings.TrimSuffix(strings.TrimRight(rest, " "), r.protocol), " ")
	}
	r.target = strings.Trim(rest, " ")
	if f := n.parseTarget(r); f != nil {
		return f
	}
	if len(parts) > 1 {
		return parseVersion(r)
	}
	if r.version = 9; r.method != "GET" {
		return bad
	}
	return nil
}

// parseVersion accepts HTTP/1.x with one or two digits for x.
func parseVersion(r *request) *fault {
	digits, ok := strings.CutPrefix(r.protocol, "HTTP/")
	major, minor, dot := strings.Cut(digits, ".")
	if !ok || major == "" || major[0] < '1' || major[0] > '9' {
		return bad
	}
	if isDigits(major) && major != "1" {
		return &fault{status: 505}
	}
	if !dot || !isDigits(major) || !isDigits(minor) || len(minor) > 2 {
		return bad
	}
	if r.version = 11; strings.Trim(minor, "0") == "" {
		r.version = 10
	}
	return nil
}

func (n *nginx) parseTarget(r *request) *fault {
	host, raw, query, ok := splitTarget(r.target)
	if !ok || hasControl(r.target, "") || host == "" && !strings.HasPrefix(r.target, "/") {
		return bad
	}
	raw, _, _ = strings.Cut(raw, "#")
	if r.path, ok = cleanPath(raw); !ok || strings.Contains(r.path, "\x00") {
		return bad
	}
	r.host, r.query = host, query
	return nil
}

func (n *nginx) parseField(r *request, line string) *fault {
	name, value, ok := strings.Cut(line, ":")
	if strings.Contains(line, "\x00") || n.modern && (line[0] == ' ' || ok && (name == "" || strings.Contains(name, " "))) {
		return bad
	}
	if ok { // a line without a colon is ignored
		r.fields = append(r.fields, field{name, strings.Trim(value, " ")})
	}
	return nil
}

func (n *nginx) check(r *request) *fault {
	host := r.get("Host")
	switch {
	case r.count("Host") > 1 && n.modern, r.count("Host") > 0 && !goodHost(host), r.count("Host") == 0 && r.version == 11,
		r.count("Content-Length") > 1:
		return bad
	}
	if r.host == "" {
		r.host = host
	}
	if length := r.get("Content-Length"); r.count("Content-Length") > 0 {
		if !isDigits(length) || len(length) > 18 {
			return bad
		}
		_, _ = fmt.Sscan(length, &r.length)
	}
	if coding := r.get("Transfer-Encoding"); coding != "" {
		if n.modern && (r.version == 10 || r.length >= 0) {
			return bad
		}
		if !strings.EqualFold(coding, "chunked") && (n.modern || !strings.EqualFold(coding, "identity")) {
			return &fault{status: 501}
		}
		if r.chunked = strings.EqualFold(coding, "chunked"); r.chunked {
			r.length = -1
		}
	}
	if r.method == "TRACE" || n.modern && r.method == "CONNECT" {
		return &fault{status: 405}
	}
	connection := r.get("Connection")
	r.keepAlive = r.version == 11 && !hasTokenIn(connection, "close") || hasTokenIn(connection, "keep-alive")
	r.expect = r.version == 11 && strings.EqualFold(r.get("Expect"), "100-continue")
	return nil
}

// goodHost is as lenient as nginx: it looks at separators, not at names.
func goodHost(host string) bool {
	name, _, _ := strings.Cut(host, ":")
	return name != "" && !hasControl(host, "") && !strings.ContainsAny(host, " /") && !strings.Contains(host, "..")
}
