package http

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
)

// Fields of this service's events.
const (
	fieldVia        = "via"
	kindBody        = "request_body"
	fieldBody       = "body"
	fieldBodyB64    = "body_b64"
	fieldBodyBytes  = "body_bytes"
	fieldBodySHA256 = "body_sha256"
	fieldOffset     = "offset"
)

func eventSpecs() []decnet.EventSpec {
	return []decnet.EventSpec{
		{Kind: decnet.KindRequest, Doc: "A request came in.", Fields: []decnet.FieldSpec{
			{Name: "method", Type: decnet.TypeString, Doc: "The method, such as GET."},
			{Name: "path", Type: decnet.TypeString, Doc: "The path as it was sent, without the query."},
			{Name: "query", Type: decnet.TypeString, Doc: "What followed the question mark, as it was sent."},
			{Name: "version", Type: decnet.TypeString, Doc: "The protocol as it was sent, such as HTTP/1.1."},
			{Name: "host", Type: decnet.TypeString, Doc: "The host asked for, from Host or an absolute target."},
			{Name: "user_agent", Type: decnet.TypeString, Doc: "The User-Agent header.", Findings: []decnet.Finding{decnet.FindUserAgent}},
			{
				Name: "headers", Type: decnet.TypeHeaders, Doc: "All headers in their order, as a JSON array of [name, value].",
				Findings: []decnet.Finding{decnet.FindSpoofedSource, decnet.FindIPLeak, decnet.FindHTTPQuirks},
			},
			{Name: "line", Type: decnet.TypeString, Doc: "The request line as it was sent, of a request that was not understood."},
			{Name: fieldBody, Type: decnet.TypeString, Doc: "The body if it is text; see also request_body."},
			{Name: fieldBodyB64, Type: decnet.TypeBase64, Doc: "The beginning of the body in standard base64 if it is not text."},
			{Name: fieldBodyBytes, Type: decnet.TypeInt, Doc: "The length of the body in bytes, as far as it was read."},
			{
				Name: fieldBodySHA256, Type: decnet.TypeSHA256, Findings: []decnet.Finding{decnet.FindFile},
				Doc: "SHA-256 of a body that is a file, captured whole: one that is no text, comes with PUT or is multipart.",
			},
			{Name: "status", Type: decnet.TypeInt, Doc: "The status of the answer, 0 if there was none."},
		}},
		{Kind: kindBody, Doc: "More of a request's body, which does not fit one event.", Fields: []decnet.FieldSpec{
			{Name: fieldOffset, Type: decnet.TypeInt, Doc: "Where in the body this part begins, in bytes."},
			{Name: fieldBodyB64, Type: decnet.TypeBase64, Doc: "The part in standard base64."},
		}},
		decoy.AuthEvent("A credential came with a request.",
			decnet.FieldSpec{Name: fieldVia, Type: decnet.TypeString, Doc: "Where it was: form, json, query, basic, bearer or digest."}),
	}
}

const (
	// maxInEvent is how much of a body, in bytes, goes into its request event,
	// and into each that follows; in base64 it stays below decoy.MaxField.
	maxInEvent = 6 << 10
	// maxHeaders bounds the JSON of the headers, maxHeaderValue each value.
	maxHeaders     = 7 << 10
	maxHeaderValue = 2 << 10
)

func logRequest(conn *decoy.Conn, r *request, status int) {
	f := decoy.Fields{"status": strconv.Itoa(status)}
	set := func(name, value string) {
		if value != "" {
			f[name] = value
		}
	}
	set("method", r.method)
	set("version", r.protocol)
	set("host", r.host)
	set("user_agent", r.userAgent)
	set("headers", headersJSON(r, f))
	_, path, query, ok := splitTarget(r.target)
	if ok {
		set("path", path)
		set("query", query)
	} else if r.target != "" {
		set("path", r.target)
	}
	if r.method == "" || status == 0 || status == 400 || status == 414 || status == 505 {
		set("line", r.line)
	}
	head := r.body[:min(len(r.body), maxInEvent)]
	if r.bodyBytes > 0 {
		f[fieldBodyBytes] = strconv.FormatInt(r.bodyBytes, 10)
		if decoy.IsText(head) {
			f[fieldBody] = string(head)
		} else {
			f[fieldBodyB64] = base64.StdEncoding.EncodeToString(head)
		}
		if r.whole && int64(len(r.body)) == r.bodyBytes && isFile(r) {
			sum := sha256.Sum256(r.body)
			f[fieldBodySHA256] = hex.EncodeToString(sum[:])
		}
	}
	conn.Log(decnet.KindRequest, f, "%s %s: %d", clip(r.method), clip(r.target), status)
	for offset := len(head); offset < len(r.body); offset += maxInEvent {
		part := r.body[offset:min(len(r.body), offset+maxInEvent)]
		conn.Log(kindBody, decoy.Fields{
			fieldOffset:  strconv.Itoa(offset),
			fieldBodyB64: base64.StdEncoding.EncodeToString(part),
		}, "%d more bytes of the body", len(part))
	}
}

// isFile tells a body that is something to keep from what a form or a script sends.
func isFile(r *request) bool {
	mime := strings.ToLower(r.get("Content-Type"))
	return r.method == "PUT" || strings.HasPrefix(mime, "multipart/") || !decoy.IsText(r.body)
}

// headersJSON leaves out what does not fit and says so in f.
func headersJSON(r *request, f decoy.Fields) string {
	if len(r.fields) == 0 {
		return ""
	}
	pairs := make([][2]string, 0, len(r.fields))
	size := 2
	for _, h := range r.fields {
		value := h.value
		if len(value) > maxHeaderValue {
			value = value[:maxHeaderValue]
			f[decoy.FieldCut] = "headers=" + strconv.Itoa(len(r.fields))
		}
		one, err := json.Marshal([2]string{h.name, value})
		if err != nil || size+len(one)+1 > maxHeaders {
			f[decoy.FieldCut] = "headers=" + strconv.Itoa(len(r.fields))
			break
		}
		size += len(one) + 1
		pairs = append(pairs, [2]string{h.name, value})
	}
	text, err := json.Marshal(pairs)
	if err != nil {
		return ""
	}
	return string(text)
}

// clip makes s fit a message.
func clip(s string) string {
	if len(s) > 200 {
		s = s[:200] + "..."
	}
	return s
}
