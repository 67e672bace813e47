// Command modsync keeps the go.mod files of the workspace's modules in step:
// go.work and the imports in the code go in, requirements and relative
// replacements of sibling modules come out. With -check it writes nothing and
// fails if something would change.
//
// A module that is used outside the workspace, as by "go mod tidy" or with
// GOWORK=off, needs a replacement for every sibling it reaches, the indirect
// ones too. By hand that is forgotten.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/modfile"
)

// prefix of every module path; the rest is the module's folder.
const prefix = "github.com/decnet/decnet/"

func main() {
	check := flag.Bool("check", false, "write nothing, fail if something would change")
	flag.Parse()
	changed, err := sync(".", *check)
	if err != nil {
		fmt.Fprintln(os.Stderr, "modsync:", err)
		os.Exit(1)
	}
	if *check && len(changed) > 0 {
		fmt.Fprintln(os.Stderr, "modsync: out of step, run make tidy:", strings.Join(changed, ", "))
		os.Exit(1)
	}
}

// sync brings every module of the workspace in root into step and returns those
// whose go.mod changes.
func sync(root string, check bool) (changed []string, err error) {
	data, err := os.ReadFile(filepath.Join(root, "go.work"))
	if err != nil {
		return nil, err
	}
	work, err := modfile.ParseWork("go.work", data, nil)
	if err != nil {
		return nil, err
	}
	siblings := make(map[string]map[string]bool) // folder -> folders it imports directly
	for _, u := range work.Use {
		siblings[filepath.Clean(u.Path)] = nil
	}
	for dir := range siblings {
		if siblings[dir], err = imports(root, dir, siblings); err != nil {
			return nil, err
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(siblings)) {
		touched, err := rewrite(root, dir, work.Go.Version, siblings, check)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", dir, err)
		}
		if touched {
			changed = append(changed, dir)
		}
	}
	return changed, nil
}

// imports lists the sibling modules that the files of dir import.
func imports(root, dir string, modules map[string]map[string]bool) (map[string]bool, error) {
	found := make(map[string]bool)
	err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			name, _ := strconv.Unquote(spec.Path.Value) // the parser accepted it
			if owner := ownerOf(name, modules); owner != "" && owner != dir {
				found[owner] = true
			}
		}
		return nil
	})
	return found, err
}

// ownerOf is the module that a package belongs to, or "".
func ownerOf(pkg string, modules map[string]map[string]bool) string {
	rest, ours := strings.CutPrefix(pkg, prefix)
	for dir := rest; ours && dir != "."; dir = filepath.Dir(dir) {
		if _, ok := modules[dir]; ok {
			return dir
		}
	}
	return ""
}

func rewrite(root, dir, goVersion string, siblings map[string]map[string]bool, check bool) (bool, error) {
	path := filepath.Join(root, dir, "go.mod")
	before, err := os.ReadFile(path)
	if err != nil {
		return false, err
	}
	mod, err := modfile.Parse(path, before, nil)
	if err != nil {
		return false, err
	}
	if mod.Module.Mod.Path != prefix+dir {
		return false, fmt.Errorf("module path is %s: want %s", mod.Module.Mod.Path, prefix+dir)
	}
	if err := mod.AddGoStmt(goVersion); err != nil {
		return false, err
	}
	reached := make(map[string]bool)
	reach(dir, siblings, reached)
	delete(reached, dir)
	for _, r := range slices.Clone(mod.Replace) {
		if rest, ok := strings.CutPrefix(r.Old.Path, prefix); ok && !reached[rest] {
			if err := mod.DropReplace(r.Old.Path, r.Old.Version); err != nil {
				return false, err
			}
			if err := mod.DropRequire(r.Old.Path); err != nil {
				return false, err
			}
		}
	}
	for other := range reached {
		relative, err := filepath.Rel(dir, other)
		if err != nil {
			return false, err
		}
		if err := mod.AddReplace(prefix+other, "", filepath.ToSlash(relative), ""); err != nil {
			return false, err
		}
		if siblings[dir][other] {
			if err := mod.AddRequire(prefix+other, "v0.0.0"); err != nil {
				return false, err
			}
		}
	}
	mod.SortBlocks()
	mod.Cleanup()
	after, err := mod.Format()
	if err != nil || bytes.Equal(before, after) {
		return false, err
	}
	if check {
		return true, nil
	}
	return true, os.WriteFile(path, after, 0o600)
}

func reach(dir string, siblings map[string]map[string]bool, reached map[string]bool) {
	if reached[dir] {
		return
	}
	reached[dir] = true
	for next := range siblings[dir] {
		reach(next, siblings, reached)
	}
}
