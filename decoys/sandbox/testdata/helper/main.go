// Command helper enters the sandbox, says so, tries what must not work any more
// and waits for the end of its input.
package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"syscall"

	"github.com/decnet/decnet/decoys/sandbox"
)

func main() {
	// A few threads that exist before, and must be in it too.
	for range 4 {
		go func() {
			runtime.LockOSThread()
			select {}
		}()
	}
	var c sandbox.Config
	if len(os.Args) > 3 {
		c.Root = os.Args[1]
		c.UID, _ = strconv.Atoi(os.Args[2])
		c.GID, _ = strconv.Atoi(os.Args[3])
	}
	if err := sandbox.Enter(c); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if syscall.Setuid(0) == nil || os.WriteFile("/x", nil, 0o600) == nil || c.Root != "" && syscall.Exec("/proc/self/exe", nil, nil) == nil {
		fmt.Fprintln(os.Stderr, "something works that must not")
		os.Exit(1)
	}
	fmt.Println("entered")
	_, _ = io.Copy(io.Discard, os.Stdin)
}
