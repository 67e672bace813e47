package decoytest

import (
	"slices"

	"github.com/decnet/decnet/pkg/decnet/artifact"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
)

// An Artifact is content that a decoy kept.
type Artifact struct {
	Type artifact.Type
	// ID is its name on the way, which is the name of a recording for good.
	ID   string
	Data []byte
	// Whole says that its end has come.
	Whole bool
}

// keep puts a piece to the others of its artifact.
func (c *capture) keep(line []byte) {
	piece, err := eventlog.ParseChunk(line)
	if err != nil {
		c.t.Errorf("a piece of an artifact does not parse: %v: %.200q", err, line)
		return
	}
	i := slices.IndexFunc(c.artifacts, func(a *Artifact) bool { return a.ID == piece.ID })
	if i < 0 {
		i = len(c.artifacts)
		c.artifacts = append(c.artifacts, &Artifact{Type: piece.Type, ID: piece.ID})
	}
	a := c.artifacts[i]
	if a.Whole || a.Type != piece.Type || piece.Offset != int64(len(a.Data)) {
		c.t.Errorf("artifact %s of %d bytes goes on at %d", a.ID, len(a.Data), piece.Offset)
	}
	a.Data = append(a.Data, piece.Data...)
	a.Whole = piece.Last
}

// Artifacts returns what the decoy has kept so far of one type, in order.
func (d *Decoy) Artifacts(kind artifact.Type) []Artifact {
	d.events.mu.Lock()
	defer d.events.mu.Unlock()
	var out []Artifact
	for _, a := range d.events.artifacts {
		if a.Type == kind {
			out = append(out, Artifact{a.Type, a.ID, slices.Clone(a.Data), a.Whole})
		}
	}
	return out
}
