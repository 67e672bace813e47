package twin

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A known difference is a line of the file beside the fixture:
//
//	pattern cause reason in words
//
// The pattern is one of path.Match for names of dialogues, a cause of "*" is any.
// Empty lines and lines that begin with '#' say nothing.
type known struct {
	pattern string
	cause   Cause
	reason  string
	used    bool
}

func (tw *Twin) knownPath() string { return filepath.Join(folder, tw.Name+".known") }

func (tw *Twin) loadKnown() ([]known, error) {
	data, err := os.ReadFile(tw.knownPath())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseKnown(tw.knownPath(), string(data))
}

func parseKnown(file, text string) ([]known, error) {
	var all []known
	n := 0
	for line := range strings.Lines(text) {
		n++
		fields := strings.Fields(line)
		if len(fields) == 0 || fields[0][0] == '#' {
			continue
		}
		if len(fields) < 3 {
			return nil, fmt.Errorf("%s:%d: want a pattern, a cause and a reason", file, n)
		}
		k := known{pattern: fields[0], cause: Cause(fields[1]), reason: strings.Join(fields[2:], " ")}
		if _, err := path.Match(k.pattern, ""); err != nil {
			return nil, fmt.Errorf("%s:%d: pattern %q: %w", file, n, k.pattern, err)
		}
		if k.cause != "*" && !slices.Contains(Causes(), k.cause) {
			return nil, fmt.Errorf("%s:%d: cause %q: want one of %v or *", file, n, k.cause, Causes())
		}
		all = append(all, k)
	}
	return all, nil
}

// split takes the known differences out of all. It marks each line that explains
// one.
func split(all []Difference, reasons []known) (explained, unexplained []Difference) {
	for _, d := range all {
		found := false
		for i := range reasons {
			k := &reasons[i]
			if ok, _ := path.Match(k.pattern, d.Dialogue); ok && (k.cause == "*" || k.cause == d.Cause) { // the pattern was checked
				k.used, found = true, true
			}
		}
		if found {
			explained = append(explained, d)
		} else {
			unexplained = append(unexplained, d)
		}
	}
	return explained, unexplained
}
