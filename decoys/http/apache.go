package http

import (
	"fmt"
	"strings"
	"time"
)

// apache answers as Debian's and Ubuntu's packages of Apache 2.4 do with their
// default site and without PHP errors. What it refuses was observed on 2.4.71;
// the strict parsing has been the same since 2.4.25.
type apache struct {
	token string
	rule  rules
}

func newApache(header string) *apache {
	s := &apache{token: header}
	s.rule = rules{
		maxLine: 8190, maxField: 8190, maxHeader: 100 * 8192, maxFields: 100,
		maxBody: 1 << 30, maxRequests: 101, blankLines: 10, strictEnds: true, bodyFirst: true,
		firstRequest: 20 * time.Second, keepAlive: 5 * time.Second, body: 20 * time.Second,
		tooLong:   &fault{status: 414},
		tooLarge:  &fault{status: 400, detail: "Size of a request header field exceeds server limit."},
		tooMany:   &fault{status: 400, detail: "The number of request header fields exceeds this server's limit."},
		parseLine: s.parseLine, parseField: s.parseField, check: s.check,
	}
	return s
}

func (s *apache) rules() *rules { return &s.rule }

func (s *apache) parseLine(r *request) *fault {
	method, rest, _ := strings.Cut(r.line, " ")
	target, version, versioned := strings.Cut(rest, " ")
	if !isToken(method) || target == "" || hasControl(target, "") || strings.Contains(target, "#") {
		return bad
	}
	r.method, r.target, r.protocol = method, target, version
	if !versioned {
		if r.version, r.protocol = 9, "HTTP/0.9"; r.method != "GET" {
			return bad
		}
	} else if f := apacheVersion(r); f != nil {
		return f
	}
	if target == "*" && method == "OPTIONS" {
		r.path = "*"
		return nil
	}
	host, raw, query, ok := splitTarget(target)
	if !ok && method == "CONNECT" { // an authority instead of a path
		host, raw, ok = target, "/", strings.Contains(target, ":")
	}
	if !ok {
		return bad
	}
	r.host, r.query, r.path = host, query, raw // check cleans the path, after Host
	return nil
}

// apacheVersion wants one digit each, and takes what is above 1.1 for that.
func apacheVersion(r *request) *fault {
	p := r.protocol
	if len(p) != 8 || !strings.HasPrefix(p, "HTTP/") || !isDigits(p[5:6]) || p[6] != '.' || !isDigits(p[7:]) || p[5] == '0' {
		return bad
	}
	if r.version = 11; p[5:] == "1.0" {
		r.version = 10
	}
	return nil
}

func (s *apache) parseField(r *request, line string) *fault {
	if line[0] == ' ' || line[0] == '\t' { // goes on with the line before
		if len(r.fields) == 0 || hasControl(line, "\t") {
			return bad
		}
		last := &r.fields[len(r.fields)-1]
		if len(last.value)+len(line) > s.rule.maxField {
			return s.rule.tooLarge
		}
		last.value += " " + strings.Trim(line, " \t")
		return nil
	}
	name, value, ok := strings.Cut(line, ":")
	if !ok || !isToken(name) || hasControl(value, "\t") {
		return bad
	}
	r.fields = append(r.fields, field{name, strings.Trim(value, " \t")})
	return nil
}

func (s *apache) check(r *request) *fault {
	host := r.get("Host")
	if r.count("Host") > 1 || r.count("Host") > 0 && !apacheHost(host) || r.count("Host") == 0 && r.version == 11 {
		r.host = "" // the page names the server itself
		return bad
	}
	if r.host == "" {
		r.host = host
	}
	if f := s.checkBody(r); f != nil {
		r.host = ""
		return f
	}
	if expect := r.get("Expect"); expect != "" && r.version == 11 {
		if r.expect = strings.EqualFold(expect, "100-continue"); !r.expect {
			return &fault{status: 417, detail: expect}
		}
	}
	connection := r.get("Connection")
	r.keepAlive = r.version == 11 && !hasTokenIn(connection, "close") || hasTokenIn(connection, "keep-alive")
	if r.path != "*" {
		clean, ok := cleanPath(r.path)
		if !ok {
			return bad
		}
		if strings.Contains(clean, "\x00") || strings.Contains(strings.ToLower(r.path), "%2f") {
			return &fault{status: 404}
		}
		r.path = clean
	}
	return nil
}

func (s *apache) checkBody(r *request) *fault {
	if coding := r.get("Transfer-Encoding"); coding != "" {
		if r.chunked = strings.EqualFold(coding, "chunked"); !r.chunked {
			return bad
		}
		// With a length as well, the connection cannot be trusted any more.
		return nil
	}
	if n := r.count("Content-Length"); n > 0 {
		length := r.get("Content-Length")
		if n > 1 || !isDigits(length) || len(length) > 18 {
			return bad
		}
		_, _ = fmt.Sscan(length, &r.length)
	}
	return nil
}

// apacheHost wants a name, an address or either with a port.
func apacheHost(host string) bool {
	name, port, hasPort := strings.Cut(host, ":")
	if strings.HasPrefix(host, "[") {
		i := strings.IndexByte(host, ']')
		return i > 0 && !hasControl(host, "")
	}
	return name != "" && (!hasPort || isDigits(port)) && !hasControl(name, "") && !strings.ContainsAny(name, " /\\?#@[]%<>\"") &&
		!strings.Contains(name, "..")
}
