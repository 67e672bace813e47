package eventlog

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/artifact"
)

// KindChunk is the message id of a line that carries a piece of an artifact. It is no
// event: it has no number, and a collector takes it out.
const KindChunk = "blob"

// MaxChunk bounds the data of one chunk, in bytes. In base64 and with its header it is
// shorter than MaxLine.
const MaxChunk = 24 << 10

// A Chunk is a piece of an artifact on its way from a decoy to its collector.
type Chunk struct {
	Time           time.Time
	Decky, Service string
	// ID names the artifact within the decky while it is on its way; see
	// artifact.CheckID. A recording keeps this name.
	ID   string
	Type artifact.Type
	// Offset is where Data begins. The last chunk, which may have no data, ends
	// where the artifact does.
	Offset int64
	Last   bool
	Data   []byte
}

// The parameters of a chunk.
const (
	paramID     = "id"
	paramType   = "type"
	paramOffset = "offset"
	paramLast   = "last"
	paramData   = "data"
)

// AppendChunk adds the line of c, without a newline, to dst.
func AppendChunk(dst []byte, c *Chunk) []byte {
	return Append(dst, &decnet.Event{
		Time: c.Time, Decky: c.Decky, Service: c.Service, Kind: KindChunk,
		Fields: map[string]string{
			paramID: c.ID, paramType: string(c.Type), paramOffset: strconv.FormatInt(c.Offset, 10),
			paramLast: strconv.FormatBool(c.Last), paramData: base64.StdEncoding.EncodeToString(c.Data),
		},
	})
}

// IsChunk reports whether line looks like one of AppendChunk. It is quick.
func IsChunk(line []byte) bool {
	for range 5 { // priority, time, host, program, process
		space := bytes.IndexByte(line[:min(len(line), 256)], ' ')
		if space < 0 {
			return false
		}
		line = line[space+1:]
	}
	return bytes.HasPrefix(line, []byte(KindChunk+" "))
}

// ParseChunk reads a line of AppendChunk. What it returns is within all bounds.
func ParseChunk(line []byte) (*Chunk, error) {
	e, err := Parse(line)
	if err != nil {
		return nil, err
	}
	if e.Kind != KindChunk {
		return nil, fmt.Errorf("kind %.64q is no piece of an artifact", e.Kind)
	}
	c := &Chunk{Time: e.Time, Decky: e.Decky, Service: e.Service, ID: e.Fields[paramID], Type: artifact.Type(e.Fields[paramType])}
	if err := artifact.CheckID(c.ID); err != nil {
		return nil, err
	}
	if c.Type != artifact.Session && c.Type != artifact.File {
		return nil, fmt.Errorf("%.64q is no type of artifact", c.Type)
	}
	if c.Data, err = base64.StdEncoding.DecodeString(e.Fields[paramData]); err != nil {
		return nil, fmt.Errorf("data of a piece of an artifact: %w", err)
	}
	if c.Last, err = strconv.ParseBool(e.Fields[paramLast]); err != nil {
		return nil, fmt.Errorf("last of a piece of an artifact: %w", err)
	}
	c.Offset, err = strconv.ParseInt(e.Fields[paramOffset], 10, 64)
	switch {
	case err != nil:
		return nil, fmt.Errorf("offset of a piece of an artifact: %w", err)
	case c.Offset < 0 || c.Offset > artifact.MaxBytes-int64(len(c.Data)):
		return nil, fmt.Errorf("a piece of an artifact at %d: want one within %d bytes", c.Offset, artifact.MaxBytes)
	}
	return c, nil
}
