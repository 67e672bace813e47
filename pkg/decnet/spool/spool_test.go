package spool_test

import (
	"os"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/spool"
)

func TestSegmentsFromOpenToGone(t *testing.T) {
	dir := t.TempDir()
	a, file, err := spool.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteString("line\n"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := spool.Create(dir); err != nil {
		t.Fatal(err)
	}
	if err := spool.Seal(a); err != nil {
		t.Fatal(err)
	}
	if err := spool.Seal(a); err != nil {
		t.Errorf("sealing again: %v", err)
	}
	// A writer that still has the file open must not lose its line.
	if _, err := file.WriteString("late\n"); err != nil {
		t.Fatal(err)
	}
	list, err := spool.List(dir)
	if err != nil || len(list) != 2 || list[0].Name != a.Name || !list[0].Sealed || list[1].Sealed {
		t.Fatalf("have %+v, %v; want the sealed one first and the open one behind", list, err)
	}
	if data, err := os.ReadFile(list[0].Path()); err != nil || string(data) != "line\nlate\n" {
		t.Errorf("have %q, %v", data, err)
	}
	if err := spool.SealAll(dir); err != nil {
		t.Fatal(err)
	}
	for _, s := range list {
		s.Sealed = true
		if err := spool.Remove(s); err != nil {
			t.Error(err)
		}
	}
	if list, _ := spool.List(dir); len(list) != 0 {
		t.Errorf("have %+v, want none", list)
	}
}
