package decoytest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// Program builds the decoy program as the product has it, for a TestMain, and returns
// where it is. Any user may run it. Remove takes it away again.
func Program() (path string, remove func()) {
	dir, err := os.MkdirTemp("", "decnet-decoy")
	if err != nil {
		panic(err)
	}
	path = filepath.Join(dir, "decnet-decoy")
	build := exec.Command("go", "build", "-o", path, "github.com/decnet/decnet/decoys/cmd/decnet-decoy") //nolint:gosec,noctx // our own words, for a TestMain
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("build the decoy program: %v\n%s", err, out))
	}
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // as it says
		panic(err)
	}
	return path, func() { _ = os.RemoveAll(dir) } // in a folder for such things
}

// Output is what a process has written so far, read while it is written.
type Output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write takes some of it.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

// String is all so far.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}
