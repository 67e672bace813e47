package sftp

import (
	"errors"
	"io/fs"
)

// Status codes (section 7 of the draft).
const (
	fxOK          = 0
	fxEOF         = 1
	fxNoSuchFile  = 2
	fxPermission  = 3
	fxFailure     = 4
	fxBadMessage  = 5
	fxUnsupported = 8
)

// statusTexts are how OpenSSH words them.
var statusTexts = map[uint32]string{
	fxOK: "Success", fxEOF: "End of file", fxNoSuchFile: "No such file", fxPermission: "Permission denied", fxFailure: "Failure",
	fxBadMessage: "Bad message", fxUnsupported: "Operation unsupported",
}

func (s *server) status(id, code uint32) { s.say(id, code, statusTexts[code]) }

func (s *server) say(id, code uint32, text string) {
	s.send(begin(fxpStatus).uint32(id).uint32(code).string(text).string(""))
}

// result is the status of something that was tried.
func (s *server) result(id uint32, err error) { s.status(id, codeOf(err)) }

var (
	errNoFile  = fs.ErrNotExist
	errFailure = errors.New("failure")
)

// codeOf is OpenSSH's code of an error of the file system, which is worded as
// strerror(3) words it.
func codeOf(err error) uint32 {
	if err == nil {
		return fxOK
	}
	switch {
	case errors.Is(err, errNoFile):
		return fxNoSuchFile
	case errors.Is(err, fs.ErrInvalid):
		return fxBadMessage
	}
	switch err.Error() {
	case "No such file or directory", "Not a directory", "Bad file descriptor", "Too many levels of symbolic links":
		return fxNoSuchFile
	case "Operation not permitted", "Permission denied", "Bad address":
		return fxPermission
	case "File name too long":
		return fxBadMessage
	}
	return fxFailure
}
