// Command twin runs the comparison of decoys with genuine daemons. In go names of
// decoy packages, out comes a report of every difference, by cause:
//
//	go run ./tools/twin [-record] [-runs n] [-only regexp] ssh
//
// It runs the tests of the decoy whose names say "As" and a daemon, with the
// daemon as it is installed here. With -record it writes their fixtures anew.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

func main() {
	record := flag.Bool("record", false, "write the fixtures anew")
	runs := flag.Int("runs", 5, "how often each dialogue is had")
	only := flag.String("only", "", "only dialogues whose name matches the regular expression")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: go run ./tools/twin [-record] [-runs n] [-only regexp] decoy ...")
		os.Exit(2)
	}
	failed := false
	for _, decoy := range flag.Args() {
		if err := compare(decoy, *record, *runs, *only); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", decoy, err)
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}

// compare runs the twins of one decoy and prints their report, then what the
// tests say of it.
func compare(decoy string, record bool, runs int, only string) error {
	dir, err := os.MkdirTemp("", "twin")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }() // in a folder for such things
	report := filepath.Join(dir, "report")
	args := []string{
		"test", "-count=1", "-timeout=60m", "-run=^Test.*As[A-Z]", "./decoys/" + decoy, "-args",
		"-twin.live", "-twin.runs", strconv.Itoa(runs), "-twin.only", only, "-twin.report", report,
	}
	if record {
		args = append(args, "-twin.record")
	}
	test := exec.Command("go", args...) //nolint:gosec,noctx // what its user asks for
	out, failed := test.CombinedOutput()
	text, err := os.ReadFile(report)
	if err != nil {
		return fmt.Errorf("no comparison: %w\n%s", failed, out)
	}
	fmt.Printf("%s%s", text, out)
	return failed
}
