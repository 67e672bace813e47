package decnet

import "errors"

// Code classifies an error for whoever has to act on it: the API maps it to an
// HTTP status, the command line to an exit status.
type Code string

// The codes.
const (
	CodeInvalid      Code = "invalid"      // the request is wrong; sending it again will not help
	CodeUnauthorized Code = "unauthorized" // who are you?
	CodeForbidden    Code = "forbidden"    // you may not
	CodeNotFound     Code = "not_found"
	CodeConflict     Code = "conflict"    // somebody else changed it meanwhile
	CodeLimited      Code = "limited"     // too many requests; try later
	CodeUnavailable  Code = "unavailable" // something it needs is down; try later
	CodeInternal     Code = "internal"    // a fault of ours; details are in the log only
)

// Error is an error that may be shown to a user. Message says what, where and
// how to mend it in one line; the wrapped Err is for the log.
type Error struct {
	Code    Code
	Message string
	Err     error
}

func (e *Error) Error() string {
	if e.Err == nil {
		return e.Message
	}
	return e.Message + ": " + e.Err.Error()
}

func (e *Error) Unwrap() error { return e.Err }

// ErrorCode returns the code of the first Error in err's tree, and CodeInternal
// for everything foreign, so that nothing leaks by default.
func ErrorCode(err error) Code {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code
	}
	return CodeInternal
}

// ErrorMessage returns what may be shown of err.
func ErrorMessage(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Message
	}
	return "internal error"
}
