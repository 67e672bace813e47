// Package capture keeps files that an attacker brought. In go their contents, as the
// virtual machine has them; out come artifacts, bounded and each of them once, and an
// event file_captured for every file. Nothing of it is ever run.
package capture

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"sync"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/artifact"
)

const (
	// maxFile bounds what is kept of one file, and maxConn of those of one
	// connection, in bytes.
	maxFile  = 4 << 20
	maxConn  = 16 << 20
	cutLarge = "it is larger than what is kept"
	// maxEvents bounds the files of one connection that are told of.
	maxEvents = 1000
)

// Files are those of one connection. Its methods may be called concurrently.
type Files struct {
	conn *decoy.Conn

	mu   sync.Mutex
	left int64
	told int
	kept map[[sha256.Size]byte]string // the artifact of a content
}

// Of returns the files of a connection on which none has come yet.
func Of(conn *decoy.Conn) *Files {
	return &Files{conn: conn, left: maxConn, kept: make(map[[sha256.Size]byte]string)}
}

// A File is one that came.
type File struct {
	Path string
	// Content is all of it or, of a large one, its beginning. Size is how long all of
	// it was, in bytes, and Sum the SHA-256 of that, in lower-case hex, if it is known.
	Content []byte
	Size    int64
	Sum     string
}

// Keep keeps a file. How says in a word by which way it came, such as sftp.
func (f *Files) Keep(file File, how string) {
	path, content, size := file.Path, file.Content, file.Size
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.told++; f.told > maxEvents || size == 0 {
		return
	}
	fields := decoy.Fields{
		decnet.FieldPath: path, decnet.FieldBytes: strconv.FormatInt(size, 10), decnet.FieldHow: how,
	}
	sum := sha256.Sum256(content)
	whole := int64(len(content)) == size
	switch {
	case whole:
		fields[decnet.FieldSHA256] = hex.EncodeToString(sum[:])
	case file.Sum != "":
		fields[decnet.FieldSHA256] = file.Sum
	}
	name, reason := f.keep(sum, content)
	if name != "" {
		fields[decnet.FieldArtifact] = name
	}
	if reason == "" && !whole {
		reason = cutLarge
	}
	if reason != "" {
		fields[decnet.FieldReason] = reason
	}
	fields[decnet.FieldStored] = strconv.FormatBool(name != "")
	f.conn.Log(decnet.KindCaptured, fields, "a file of %d bytes came by %s", size, how)
}

// keep keeps content under a name, unless it has one already. The reason says why it
// is not there, or not as a whole.
func (f *Files) keep(sum [sha256.Size]byte, content []byte) (name, reason string) {
	if name, ok := f.kept[sum]; ok {
		return name, ""
	}
	b := f.conn.NewBlob(artifact.File, "", min(maxFile, f.left))
	_, _ = b.Write(content) // never fails
	kept := b.Close()
	f.left -= kept.Bytes
	if !kept.Stored {
		return "", kept.Cut
	}
	if kept.Cut == "" {
		f.kept[sum] = kept.Sum
	}
	return kept.Sum, kept.Cut
}

// Event declares file_captured for a spec.
func Event() decnet.EventSpec {
	return decnet.EventSpec{Kind: decnet.KindCaptured, Doc: "A file was brought to the decky.", Fields: []decnet.FieldSpec{
		{Name: decnet.FieldPath, Type: decnet.TypeString, Doc: "Where it was put."},
		{Name: decnet.FieldBytes, Type: decnet.TypeInt, Doc: "How long it is, in bytes."},
		{Name: decnet.FieldSHA256, Type: decnet.TypeSHA256, Doc: "SHA-256 of all of it; absent if it did not come in order.", Findings: []decnet.Finding{decnet.FindFile}},
		{Name: decnet.FieldHow, Type: decnet.TypeString, Doc: "By which way it came: shell, scp or sftp."},
		{Name: decnet.FieldStored, Type: decnet.TypeBool, Doc: "Whether its content is kept, or at least its beginning."},
		{Name: decnet.FieldArtifact, Type: decnet.TypeSHA256, Doc: "The name of what is kept, which is its SHA-256; absent if nothing is."},
		{Name: decnet.FieldReason, Type: decnet.TypeString, Doc: "Why not all of it is kept; absent if it is."},
	}}
}
