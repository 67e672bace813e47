// Package rfc5424 writes and reads syslog messages (RFC 5424) one per line.
//
// Two things go beyond the RFC, both so that a hostile value can never forge a
// line or drive a terminal. Control characters and bytes that are not UTF-8 are
// written as \n, \r, \t or \xHH; a standard reader shows these as plain text,
// and Parse turns them back in the elements it is told are ours. Time stamps
// keep the RFC's six digits at most; who needs nanoseconds adds a parameter.
package rfc5424

import (
	"fmt"
	"time"
)

// Header limits of RFC 5424 section 6, in bytes.
const (
	MaxHost   = 255
	MaxApp    = 48
	MaxProcID = 128
	MaxMsgID  = 32
	MaxSDName = 32
)

// A Message is one syslog message. Empty header fields stand for the nil value "-".
type Message struct {
	// Priority is facility*8 + severity, 0 to 191.
	Priority int
	Time     time.Time
	Host     string
	App      string
	ProcID   string
	MsgID    string
	Elements []Element
	Text     string
}

// Element is one structured data element.
type Element struct {
	ID     string
	Params []Param
}

// Param is one name and value of an element. Names may repeat.
type Param struct{ Name, Value string }

// Get returns the value of the first parameter called name.
func (e *Element) Get(name string) (string, bool) {
	for _, p := range e.Params {
		if p.Name == name {
			return p.Value, true
		}
	}
	return "", false
}

// SyntaxError says where a line stops being a syslog message.
type SyntaxError struct {
	// Offset is the byte at which Want was not found.
	Offset int
	Want   string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("not an RFC 5424 line: byte %d: want %s", e.Offset, e.Want)
}
