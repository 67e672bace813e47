package api

import (
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

// problem is an error as RFC 9457 wants it, with our code as an extension.
type problem struct {
	huma.ErrorModel
	Code decnet.Code `json:"code" doc:"what kind of error it is, for programs"`
}

// statusOf maps codes to statuses, the one place that does.
var statusOf = map[decnet.Code]int{
	decnet.CodeInvalid:      http.StatusBadRequest,
	decnet.CodeUnauthorized: http.StatusUnauthorized,
	decnet.CodeForbidden:    http.StatusForbidden,
	decnet.CodeNotFound:     http.StatusNotFound,
	decnet.CodeConflict:     http.StatusConflict,
	decnet.CodeLimited:      http.StatusTooManyRequests,
	decnet.CodeUnavailable:  http.StatusServiceUnavailable,
	decnet.CodeInternal:     http.StatusInternalServerError,
}

func codeOf(status int) decnet.Code {
	for code, s := range statusOf {
		if s == status {
			return code
		}
	}
	if status >= 500 {
		return decnet.CodeInternal
	}
	return decnet.CodeInvalid
}

// newProblem is how huma makes errors, those of its own validation included.
func newProblem(status int, detail string, errs ...error) huma.StatusError {
	p := &problem{ErrorModel: huma.ErrorModel{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: detail}, Code: codeOf(status)}
	for _, err := range errs {
		if err != nil {
			p.Add(err)
		}
	}
	return p
}

// failure turns an error of our packages into an answer. Faults of ours are
// logged and shown as no more than that.
func (s *Server) failure(err error) error {
	if err == nil {
		return nil
	}
	known, ok := errors.AsType[*decnet.Error](err)
	switch {
	case ok && known.Code != decnet.CodeInternal:
		return newProblem(statusOf[known.Code], known.Message)
	case store.Unavailable(err):
		s.env.Log.Warn("request failed", "error", err)
		return newProblem(http.StatusServiceUnavailable, "the store does not answer now; try again")
	}
	s.env.Log.Error("request failed", "error", err)
	return newProblem(http.StatusInternalServerError, "internal error; the log tells more")
}
