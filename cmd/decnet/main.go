// Command decnet runs and operates DECNET; "decnet up" is all of it in one process.
package main

import (
	"os"

	"github.com/decnet/decnet/cmd/decnet/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr)) }
