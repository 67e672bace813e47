package scp

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/decoys/shell"
)

// then is a time that tests set; all others are now.
var then = time.Unix(1_500_000_000, 0)

// copyIn makes what is in dir in a decoy's files, with the folders above it.
func copyIn(t *testing.T, files *shell.Files, dir string) {
	t.Helper()
	for at, rest := "", dir; rest != ""; {
		part, more, _ := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
		at, rest = at+"/"+part, more
		_ = files.Mkdir(at, 0o755) // some are there
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == dir {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		switch {
		case d.IsDir():
			err = files.Mkdir(path, info.Mode().Perm())
		case d.Type() == fs.ModeSymlink:
			target, _ := os.Readlink(path)
			return files.Symlink(target, path)
		default:
			data, _ := os.ReadFile(path)
			err = files.Write(path, data, info.Mode().Perm())
		}
		if err != nil {
			return err
		}
		return files.Chtimes(path, info.ModTime())
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"times", "times.d"} { // after what is in it
		if err := files.Chtimes(filepath.Join(dir, name), then); err != nil {
			t.Fatal(err)
		}
	}
}

func describe(path string, mode fs.FileMode, modified time.Time, content string) string {
	out := fmt.Sprintf("%s %v", path, mode)
	if modified.Equal(then) {
		out += " then"
	}
	return fmt.Sprintf("%s %q\n", out, content)
}

func genuineTree(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		content := ""
		if d.Type().IsRegular() {
			data, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			content = string(data)
		}
		out.WriteString(describe(path, info.Mode(), info.ModTime(), content))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func treeOf(t *testing.T, files *shell.Files, path string) string {
	t.Helper()
	i, err := files.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	if !i.IsDir() {
		content := ""
		if i.Mode().IsRegular() {
			data, err := files.Read(path)
			if err != nil {
				t.Fatal(err)
			}
			content = string(data)
		}
		return describe(path, i.Mode(), i.ModTime(), content)
	}
	out := describe(path, i.Mode(), i.ModTime(), "")
	entries, err := files.List(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		out += treeOf(t, files, path+"/"+e.Name())
	}
	return out
}
