package bus_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus"
)

var update = flag.Bool("update", false, "write docs/reference/bus.md anew")

const referencePath = "../../docs/reference/bus.md"

// The reference page is made from the tables and committed; this test keeps it true.
func TestReferencePageIsCurrent(t *testing.T) {
	want := reference()
	if *update {
		if err := os.WriteFile(referencePath, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(referencePath)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != want {
		t.Errorf("%s is out of date: run go test ./pkg/bus -run TestReferencePageIsCurrent -update", referencePath)
	}
}

func TestTablesAreSound(t *testing.T) {
	var streams []string
	for _, s := range bus.Streams() {
		streams = append(streams, s.Name)
	}
	names := map[string]bool{}
	for _, topic := range bus.Topics() {
		if names[topic.Name] {
			t.Errorf("topic %s is listed twice", topic.Name)
		}
		names[topic.Name] = true
		if topic.Stream != "" && !slices.Contains(streams, topic.Stream) {
			t.Errorf("topic %s is kept in stream %s, which there is not", topic.Name, topic.Stream)
		}
		if len(topic.From) == 0 || len(topic.To) == 0 || topic.Doc == "" {
			t.Errorf("topic %s: producers, consumers and doc must be told", topic.Name)
		}
		for other := range names {
			if other != topic.Name && strings.HasPrefix(topic.Name+".", other+".") {
				t.Errorf("topic %s lies inside topic %s", topic.Name, other)
			}
		}
	}
}

func reference() string {
	var b strings.Builder
	b.WriteString("# The bus\n\nMade from the tables in `pkg/bus` by `go test ./pkg/bus -run TestReferencePageIsCurrent -update`; do not edit.\n\n## Topics\n\n")
	b.WriteString("| subject | kept in | type | from → to | what |\n|---|---|---|---|---|\n")
	for _, t := range bus.Topics() {
		stream := t.Stream
		if stream == "" {
			stream = "–"
		}
		fmt.Fprintf(&b, "| `%s` | %s | `%s` | %s → %s | %s |\n", t.Pattern(), stream, t.Type, roles(t.From), roles(t.To), t.Doc)
	}
	b.WriteString("\n## Streams\n\n| stream | at most | bytes | messages a subject | bytes a message | what |\n|---|---|---|---|---|---|\n")
	for _, s := range bus.Streams() {
		age := "for ever"
		if s.MaxAge > 0 {
			age = fmt.Sprintf("%d h", s.MaxAge/time.Hour)
		}
		fmt.Fprintf(&b, "| %s | %s | %d MiB | %d | %d KiB | %s |\n", s.Name, age, s.MaxBytes>>20, s.MaxPerSubject, s.MaxMessage>>10, s.Doc)
	}
	b.WriteString("\n## Key-value buckets\n\n| bucket | key | history | gone after | what |\n|---|---|---|---|---|\n")
	for _, k := range bus.Buckets() {
		ttl := "never"
		if k.TTL > 0 {
			ttl = k.TTL.String()
		}
		fmt.Fprintf(&b, "| %s | `<%s>` | %d | %s | %s |\n", k.Name, strings.Join(k.Keys, ">.<"), k.History, ttl, k.Doc)
	}
	return b.String()
}

func roles(rs []bus.Role) string {
	names := make([]string, len(rs))
	for i, r := range rs {
		names[i] = string(r)
	}
	return strings.Join(names, ", ")
}
