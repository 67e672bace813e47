// Command helper enters the sandbox, says so and waits for the end of its input.
package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"

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
	c := sandbox.Config{Memory: sandbox.MinMemory, FileBytes: 1 << 20}
	if len(os.Args) > 3 {
		c.Root = os.Args[1]
		c.UID, _ = strconv.Atoi(os.Args[2])
		c.GID, _ = strconv.Atoi(os.Args[3])
	}
	missing, err := sandbox.Enter(c)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	for _, what := range missing {
		fmt.Fprintln(os.Stderr, what)
	}
	fmt.Println("entered")
	_, _ = io.Copy(io.Discard, os.Stdin)
}
