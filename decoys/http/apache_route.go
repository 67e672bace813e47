package http

import (
	"slices"
	"strings"
)

// apacheMethods are those that Apache knows without further modules.
var apacheMethods = []string{
	"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "PROPFIND", "PROPPATCH", "MKCOL", "COPY",
	"MOVE", "LOCK", "UNLOCK", "VERSION-CONTROL", "CHECKOUT", "UNCHECKOUT", "CHECKIN", "UPDATE", "LABEL", "REPORT",
	"MKWORKSPACE", "MKACTIVITY", "BASELINE-CONTROL", "MERGE",
}

const apacheAllow = "GET,POST,OPTIONS,HEAD"

func (s *apache) route(r *request, a *app) *page {
	p := a.page(r)
	allow := field{"Allow", apacheAllow}
	switch {
	case r.method == "OPTIONS" && r.path == "*":
		return &page{status: 200, reason: "OK", bare: true}
	case !slices.Contains(apacheMethods, r.method):
		return s.failure(r, &fault{status: 501}, allow)
	case r.method == "TRACE":
		return s.failure(r, &fault{status: 405}, field{"Allow", ""})
	case strings.HasPrefix(r.path[strings.LastIndexByte(r.path, '/')+1:], ".ht"):
		return s.failure(r, &fault{status: 403})
	case p != nil && p.status == 401:
		return s.failure(r, &fault{status: 401}, p.headers...)
	case p != nil && p.dynamic:
		return p
	case r.method == "OPTIONS":
		out := &page{status: 200, reason: "OK", headers: []field{allow}, bare: p == nil}
		if p != nil {
			out.mime = p.mime
		}
		return out
	case r.method != "GET" && r.method != "HEAD" && r.method != "POST":
		return s.failure(r, &fault{status: 405}, allow)
	case p == nil:
		return s.failure(r, &fault{status: 404})
	}
	if p = conditional(r, p, apacheTag(p), false); p.status == 416 {
		out := s.failure(r, &fault{status: 416})
		out.lengthless = true
		return out
	}
	return p
}
