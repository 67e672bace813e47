package bus

import (
	"testing"

	"github.com/nats-io/nats.go/jetstream"
)

// DenyDeletesOfLetters makes the stream of dead letters one of an old folder.
func DenyDeletesOfLetters(t *testing.T, b *Bus) {
	t.Helper()
	for _, s := range Streams() {
		if s.Name != DeadLetters.Stream {
			continue
		}
		c := s.config()
		c.DenyDelete = true
		if err := b.js.DeleteStream(t.Context(), s.Name); err != nil {
			t.Fatal(err)
		}
		if _, err := b.js.CreateStream(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
}

// PlaceStreams asks for servers with a tag, as an operator of a cluster would.
func PlaceStreams(t *testing.T, b *Bus, tag string) {
	t.Helper()
	for s := range b.js.ListStreams(t.Context()).Info() {
		s.Config.Placement = &jetstream.Placement{Tags: []string{tag}}
		if _, err := b.js.UpdateStream(t.Context(), s.Config); err != nil {
			t.Fatal(err)
		}
	}
}

// Placements are the tags of every stream.
func Placements(t *testing.T, b *Bus) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for s := range b.js.ListStreams(t.Context()).Info() {
		out[s.Config.Name] = nil
		if s.Config.Placement != nil {
			out[s.Config.Name] = s.Config.Placement.Tags
		}
	}
	return out
}
