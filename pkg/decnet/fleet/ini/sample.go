package ini

import (
	"fmt"
	"slices"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
)

// Sample is a file with every key there is, explained, most of them commented
// out; it can be deployed as it stands. services are those that fleets can name.
func Sample(services []decnet.ServiceSpec) string {
	var b strings.Builder
	b.WriteString("; A fleet of decoy machines. Check it with \"decnet validate FILE\", see what it would do with\n" +
		"; \"decnet deploy --config FILE --dry-run\", and deploy it without --dry-run.\n" +
		"; A comment begins with ; or # at the start of a line or after a blank. A value with such a\n" +
		"; character in it goes into double quotes.\n\n")
	b.WriteString("; The network that the deckies are on.\n[general]\n")
	sampleKeys(&b, General(), "net", "gw")
	b.WriteString("; A decky: the section's name is its name.\n[gateway]\n")
	sampleKeys(&b, Decky(), "ip", "services")
	b.WriteString("; A group of deckies: office-01 to office-03, each one's services and system by its archetype.\n" +
		"[office]\narchetype = " + sampleArchetype + "\namount = 3\n\n")
	for i := range services {
		if s := &services[i]; s.Built {
			sampleService(&b, s)
		}
	}
	b.WriteString("; One of a group may have settings of its own: [office-02.ssh]\n\n")
	b.WriteString("; A service of your own, for the docker driver; deckies name it as services = billing.\n;[custom-billing]\n")
	for _, k := range Custom() {
		comment(&b, k.Doc)
		fmt.Fprintf(&b, ";%s = %s\n", k.Name, k.Example)
	}
	return b.String()
}

// sampleKeys writes keys with what they mean; those that are not live are
// commented out.
func sampleKeys(b *strings.Builder, keys []Key, live ...string) {
	for _, k := range keys {
		mark := ";"
		for _, l := range live {
			if l == k.Name {
				mark = ""
			}
		}
		comment(b, k.Doc)
		fmt.Fprintf(b, "%s%s = %s\n", mark, k.Name, k.Example)
	}
	b.WriteByte('\n')
}

// sampleArchetype is that of the sample's group.
const sampleArchetype = "linux-server"

func sampleService(b *strings.Builder, s *decnet.ServiceSpec) {
	if len(s.Settings) == 0 {
		return
	}
	section := fmt.Sprintf("; Settings of %s on all of [office].\n[office.%s]\n", s.Title, s.Slug)
	if a, err := catalog.FindArchetype(sampleArchetype); err != nil || !slices.Contains(a.Services, s.Slug) {
		section = fmt.Sprintf("; Settings of %s, once it is one of the services of [office].\n;[office.%s]\n", s.Title, s.Slug)
	}
	b.WriteString(section)
	for _, set := range s.Settings {
		kind := string(set.Type)
		switch {
		case len(set.Choices) > 0:
			kind = strings.Join(set.Choices, ", ")
		case set.Type == decnet.SettingInt:
			kind = fmt.Sprintf("%d to %d", set.Min, set.Max)
		}
		comment(b, set.Doc+" ("+kind+")")
		fmt.Fprintf(b, ";%s = %s\n", set.Name, set.Default)
	}
	b.WriteByte('\n')
}

// lineLength is where comments are wrapped.
const lineLength = 96

// comment writes text as comment lines.
func comment(b *strings.Builder, text string) {
	length := 0
	for word := range strings.FieldsSeq(text) {
		if length == 0 || length+1+len(word) > lineLength {
			if length > 0 {
				b.WriteByte('\n')
			}
			b.WriteString("; " + word)
			length = 2 + len(word)
			continue
		}
		b.WriteString(" " + word)
		length += 1 + len(word)
	}
	b.WriteByte('\n')
}
