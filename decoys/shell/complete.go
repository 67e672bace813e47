package shell

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// complete is what Tab makes of the text before the cursor: what to put in, or, if
// that is nothing, the lines that list what could follow.
func (s *Shell) complete(before string) (insert string, list []string) {
	begin := strings.LastIndexAny(before, " \t;|&<>=(") + 1
	word := before[begin:]
	head := strings.TrimRight(before[:begin], " \t")
	command := head == "" || strings.HasSuffix(head, ";") || strings.HasSuffix(head, "|") || strings.HasSuffix(head, "&") || strings.HasSuffix(head, "sudo")
	dir, base := "", word
	if i := strings.LastIndexByte(word, '/'); i >= 0 {
		dir, base = word[:i+1], word[i+1:]
	}
	found := map[string]bool{} // name to whether it is a folder
	if command && dir == "" {
		s.commandsWith(base, found)
	} else {
		at := dir
		if home, ok := strings.CutPrefix(dir, "~/"); ok {
			at = s.vars["HOME"] + "/" + home
		}
		entries, err := s.FS.list(&s.user, s.abs(at))
		if err != nil {
			return "", nil
		}
		for _, e := range entries {
			if strings.HasPrefix(e.name, base) && (base != "" || !strings.HasPrefix(e.name, ".")) {
				n, _ := s.lookup(path.Join(s.abs(at), e.name), true)
				found[e.name] = n.kind == directory
			}
		}
	}
	names := slices.Sorted(maps.Keys(found))
	if len(names) == 0 {
		return "", nil
	}
	common := names[0]
	for _, n := range names {
		for !strings.HasPrefix(n, common) {
			common = common[:len(common)-1]
		}
	}
	insert = strings.NewReplacer(" ", `\ `, "'", `\'`).Replace(common[len(base):])
	if len(names) == 1 {
		if found[names[0]] {
			return insert + "/", nil
		}
		return insert + " ", nil
	}
	if insert != "" {
		return insert, nil
	}
	return "", s.tabulated(names[:min(len(names), 500)], found)
}

func (s *Shell) commandsWith(prefix string, found map[string]bool) {
	for name := range s.System.builtins {
		if strings.HasPrefix(name, prefix) {
			found[name] = false
		}
	}
	for dir := range strings.SplitSeq(s.vars["PATH"], ":") {
		entries, err := s.FS.list(&s.user, dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			if strings.HasPrefix(e.name, prefix) {
				found[e.name] = false
			}
		}
	}
}

// tabulated is names in columns.
func (s *Shell) tabulated(names []string, folders map[string]bool) []string {
	widths := make([]int, len(names))
	for i, n := range names {
		if folders[n] {
			names[i] += "/"
		}
		widths[i] = len(names[i])
	}
	return inColumns(names, widths, s.width())
}
