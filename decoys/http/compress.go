package http

import (
	"bytes"
	"compress/gzip"
	"slices"
	"strings"
)

// unix is the operating system in the header of a gzip stream (RFC 1952), which
// zlib sets and Go does not.
const unix = 3

func gzipped(body string, level int) string {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, level)
	if err != nil {
		return body // the level is a constant of ours
	}
	w.OS = unix
	// Writing to a buffer does not fail.
	_, _ = w.Write([]byte(body))
	_ = w.Close()
	return b.String()
}

func acceptsGzip(r *request) bool {
	for part := range strings.SplitSeq(r.get("Accept-Encoding"), ",") {
		coding, quality, _ := strings.Cut(part, ";")
		if strings.EqualFold(strings.TrimSpace(coding), "gzip") {
			return strings.ReplaceAll(quality, " ", "") != "q=0"
		}
	}
	return false
}

// compress is "gzip on" as Debian's nginx.conf has it.
func (n *nginx) compress(r *request, p *page) {
	if r.version != 11 || !acceptsGzip(r) || p.mime == "" || len(p.body) < 20 ||
		!slices.Contains([]int{200, 403, 404}, p.status) {
		return
	}
	p.body = gzipped(p.body, gzip.BestSpeed)
	p.lengthless, p.chunked, p.gzip = true, true, true
	p.headers = append(slices.Clone(p.headers), field{"Content-Encoding", "gzip"})
}

// compress is the module deflate as Debian enables it.
func (s *apache) compress(r *request, p *page) {
	if !acceptsGzip(r) || p.status != 200 || p.empty || p.bare || !strings.HasPrefix(p.mime, "text/html") || p.body == "" {
		return
	}
	p.body = gzipped(p.body, gzip.DefaultCompression)
	p.gzip = true
}
