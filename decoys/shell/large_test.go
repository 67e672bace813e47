package shell_test

import (
	"bytes"
	"testing"

	"github.com/decnet/decnet/decoys/shell"
)

func TestLargeFilesAreAsLongAsTheyShouldBe(t *testing.T) {
	system, _ := machine(t, "debian", 1)
	files := system.NewFS().As("root")
	content := bytes.Repeat([]byte("x"), shell.MaxWhole)
	for i := range 20 { // far more than there is memory for
		if err := files.WriteLarge("/tmp/large", content, 12<<20+int64(i), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	i, err := files.Stat("/tmp/large")
	if err != nil || i.Size() != 12<<20+19 {
		t.Errorf("have %d bytes, %v", i.Size(), err)
	}
	if data, err := files.Read("/tmp/large"); err != nil || len(data) != 64<<10 {
		t.Errorf("%d bytes of it are there, %v", len(data), err)
	}
	if err := files.WriteLarge("/tmp/small", content[:10], 10, 0o644); err != nil {
		t.Fatal(err)
	}
	if data, err := files.Read("/tmp/small"); err != nil || len(data) != 10 {
		t.Errorf("%d bytes of the small one are there, %v", len(data), err)
	}
	if err := files.WriteLarge("/tmp/large", nil, 1<<50, 0o644); err == nil || err.Error() != "No space left on device" {
		t.Errorf("a file larger than the disk: %v", err)
	}
	if err := files.WriteLarge("/dev/null", content, 12<<20, 0o644); err != nil {
		t.Error(err)
	}
	if i, err := files.Stat("/dev/null"); err != nil || i.Size() != 0 {
		t.Errorf("/dev/null has %d bytes, %v", i.Size(), err)
	}
}
