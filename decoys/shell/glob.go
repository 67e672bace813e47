package shell

import (
	"path"
	"slices"
	"strings"
)

// maxMatches bounds what one pattern can become.
const maxMatches = 2000

// maxLooked bounds the folders that are looked through for one pattern.
const maxLooked = 600

// glob returns the files that match pattern, or text if none does or it is none.
func (s *Shell) glob(text, pattern string) []string {
	plain := strings.NewReplacer(`\\`, "", `\*`, "", `\?`, "", `\[`, "").Replace(pattern)
	if !strings.ContainsAny(plain, "*?[") || len(pattern) > maxPath {
		return []string{text}
	}
	found, looked := []string{""}, 0
	if strings.HasPrefix(pattern, "/") {
		found = []string{"/"}
	}
	for part := range strings.SplitSeq(strings.Trim(pattern, "/"), "/") {
		var next []string
		for _, base := range found {
			if looked++; looked > maxLooked {
				return []string{text}
			}
			next = append(next, s.globIn(base, part)...)
			if len(next) > maxMatches {
				break
			}
		}
		found = next
	}
	if len(found) == 0 {
		return []string{text}
	}
	slices.Sort(found)
	return found
}

// globIn extends base, a path or "", by the names that match one segment.
func (s *Shell) globIn(base, segment string) []string {
	entries, err := s.FS.list(&s.user, s.abs(base))
	if err != nil {
		return nil
	}
	if base != "" && !strings.HasSuffix(base, "/") {
		base += "/"
	}
	var out []string
	for _, e := range entries {
		if strings.HasPrefix(e.name, ".") && !strings.HasPrefix(segment, ".") {
			continue
		}
		if ok, err := path.Match(segment, e.name); ok && err == nil {
			out = append(out, base+e.name)
		}
	}
	return out
}
