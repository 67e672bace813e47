package http

import (
	"bufio"
	"strings"
	"time"
)

// A request is one request as far as it was understood.
type request struct {
	// line is the request line without its end, as it came.
	line              string
	method, target    string
	path, query       string // path is decoded and has no dot segments
	version           int    // 9 for HTTP/0.9, 10 or 11
	protocol          string // as it came, such as "HTTP/1.1"
	fields            []field
	host              string // of Host or of an absolute target
	keepAlive, expect bool
	chunked           bool
	length            int64 // of the body, -1 if not given
	body              []byte
	bodyBytes         int64 // read of the body, captured or not
	whole             bool  // the body was read to its end
	userAgent         string
}

type field struct{ name, value string }

// get returns the value of the first field of a name.
func (r *request) get(name string) string {
	for _, f := range r.fields {
		if strings.EqualFold(f.name, name) {
			return f.value
		}
	}
	return ""
}

func (r *request) count(name string) (n int) {
	for _, f := range r.fields {
		if strings.EqualFold(f.name, name) {
			n++
		}
	}
	return n
}

func (r *request) hasBody() bool { return r.chunked || r.length > 0 }

// A fault is why a request is refused.
type fault struct {
	status int
	// detail is what the server's page adds to the status.
	detail string
	// silent closes without an answer.
	silent bool
	// inBody says that it is in the body, not in the header.
	inBody bool
}

var (
	bad     = &fault{status: 400}
	badBody = &fault{status: 400, inBody: true}
)

// rules are the bounds of a server and how it judges what it reads. Sizes are
// in bytes and count what genuine servers count by default.
type rules struct {
	maxLine, maxField, maxFields, maxHeader int
	maxBody                                 int64
	maxRequests                             int
	firstRequest, keepAlive, body           time.Duration
	// early reports that what was read of a request line so far is refused.
	early func(begun []byte) bool
	// parseLine and check judge a whole request line and a whole header.
	parseLine func(r *request) *fault
	// parseField adds a header line to r.
	parseField func(r *request, line string) *fault
	check      func(r *request) *fault
	tooLong    *fault // a request line
	tooLarge   *fault // one header field, or all of them
	tooMany    *fault
	// strictEnds refuses lines that end in LF alone.
	strictEnds bool
	// blankLines is how many of them may come before a request.
	blankLines int
	// bodyFirst reads the body of every request before it is answered.
	bodyFirst bool
}

// readRequest reads a request's line and header. A nil request means that the
// peer sent none. After a fault the request holds what was understood.
func readRequest(in *bufio.Reader, rules *rules) (*request, *fault) {
	r := &request{version: 10, length: -1}
	for blank := 0; ; blank++ {
		line, ended, f := readLine(in, rules.maxLine, rules.early, rules.strictEnds)
		r.line = line
		if f != nil {
			if f == tooLong {
				f = rules.tooLong
			}
			return r, f
		}
		if !ended {
			if line == "" {
				return nil, nil
			}
			return r, &fault{silent: true}
		}
		if line != "" {
			break
		}
		if blank == rules.blankLines {
			return r, bad
		}
	}
	if f := rules.parseLine(r); f != nil {
		return r, f
	}
	if r.version == 9 {
		return r, nil
	}
	if f := readFields(in, r, rules); f != nil {
		return r, f
	}
	r.userAgent = r.get("User-Agent")
	return r, rules.check(r)
}

func readFields(in *bufio.Reader, r *request, rules *rules) *fault {
	total := 0
	for {
		line, ended, f := readLine(in, rules.maxField, nil, rules.strictEnds)
		switch {
		case f == tooLong:
			return rules.tooLarge
		case f != nil:
			return f
		case !ended:
			return &fault{silent: true}
		case line == "":
			return nil
		}
		if total += len(line) + 2; total > rules.maxHeader {
			return rules.tooLarge
		}
		if len(r.fields) >= rules.maxFields {
			return rules.tooMany
		}
		if f := rules.parseField(r, line); f != nil {
			return f
		}
	}
}

// tooLong is replaced by what the server says of a line that is too long.
var tooLong = &fault{status: 400}

// readLine reads up to LF, which it drops with a CR before it. ended is false
// when the input ends first. early may refuse what was read so far.
func readLine(in *bufio.Reader, limit int, early func([]byte) bool, strict bool) (line string, ended bool, f *fault) {
	var b []byte
	for {
		c, err := in.ReadByte()
		if err != nil {
			return string(b), false, nil
		}
		if c == '\n' {
			if n := len(b); n > 0 && b[n-1] == '\r' {
				return string(b[:n-1]), true, nil
			}
			if strict && len(b) > 0 {
				return string(b), true, bad
			}
			return string(b), true, nil
		}
		if b = append(b, c); len(b) > limit {
			return string(b), true, tooLong
		}
		if early != nil && early(b) {
			return string(b), true, bad
		}
	}
}
