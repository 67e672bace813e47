package twin

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// How tests of twins are run; package tools/twin sets these.
var (
	flagRecord = flag.Bool("twin.record", false, "record the fixtures of twins anew from the genuine daemons")
	flagLive   = flag.Bool("twin.live", false, "compare with the genuine daemon as it is now, timing and segments included")
	flagRuns   = flag.Int("twin.runs", 5, "how often each dialogue is recorded")
	flagOnly   = flag.String("twin.only", "", "only dialogues whose name matches the regular expression")
	flagReport = flag.String("twin.report", "", "append the report to this file")
)

// Check compares the decoy at addr with the genuine daemon, by the fixture, and
// fails the test for each difference that is not known and each known one that
// is not there.
func Check(t *testing.T, tw *Twin, addr string) {
	t.Helper()
	all := tw.only(t, tw.corpus(t))
	if *flagRecord {
		tw.rerecord(t, all)
	}
	f, err := tw.loadFixture()
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%s has no fixture: record it with \"go run ./tools/twin -record\"", tw.Name)
	}
	if err != nil {
		t.Fatal(err)
	}
	if *flagLive && !*flagRecord {
		if why := tw.absent(); why != "" {
			t.Fatal(why)
		}
		records, err := tw.record(t.Context(), tw.genuine(t), all, *flagRuns, 1)
		if err != nil {
			t.Fatal(err)
		}
		f = tw.newFixture(records)
	}
	ds, err := tw.against(t.Context(), f, all, addr, *flagLive)
	if err != nil {
		t.Fatal(err)
	}
	tw.verdict(t, &Report{tw.Name, f.Daemon, len(all), ds})
}

func (tw *Twin) only(t *testing.T, all []Dialogue) (some []Dialogue) {
	t.Helper()
	if *flagOnly == "" {
		return all
	}
	pattern, err := regexp.Compile(*flagOnly)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range all {
		if pattern.MatchString(d.Name) {
			some = append(some, d)
		}
	}
	return some
}

func (tw *Twin) rerecord(t *testing.T, all []Dialogue) {
	t.Helper()
	if *flagOnly != "" {
		t.Fatal("a fixture is recorded as a whole: leave -twin.only out")
	}
	if why := tw.absent(); why != "" {
		t.Fatal(why)
	}
	records, err := tw.record(t.Context(), tw.genuine(t), all, *flagRuns, 1)
	if err == nil {
		err = tw.save(tw.newFixture(records))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// against has all dialogues with addr and compares them with the fixture. A
// dialogue that differs is had again, with more time, and only what differs
// every time counts: a busy machine is no difference.
func (tw *Twin) against(ctx context.Context, f *fixture, all []Dialogue, addr string, exact bool) ([]Difference, error) {
	names := f.names()
	var different []Difference
	slowness := 1
	for try := range 3 {
		runs := 1
		if exact {
			runs = min(3, *flagRuns)
		}
		ours, err := tw.record(ctx, addr, all, runs, slowness)
		if err != nil {
			return nil, err
		}
		different = nil
		var again []Dialogue
		for i := range ours {
			genuine, ok := names[ours[i].Name]
			if !ok {
				return nil, fmt.Errorf("%s: dialogue %q is not in the fixture: record it anew", tw.Name, ours[i].Name)
			}
			if d := compare(genuine, &ours[i], exact); len(d) > 0 {
				different = append(different, d...)
				again = append(again, all[i])
			}
		}
		// When very much differs, the machine is not the reason.
		if len(again) == 0 || try == 0 && len(again) > max(20, len(all)/3) {
			break
		}
		all, slowness = again, slowness*2
	}
	return different, nil
}

func (tw *Twin) verdict(t *testing.T, r *Report) {
	t.Helper()
	reasons, err := tw.loadKnown()
	if err != nil {
		t.Fatal(err)
	}
	_, unexplained := split(r.Differences, reasons)
	if *flagReport != "" {
		if err := appendFile(*flagReport, r.String()); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%s: %.1f %% of %d dialogues as %s, %d known differences", r.Twin, r.Identical(), r.Dialogues, r.Daemon, len(r.Differences)-len(unexplained))
	const most = 40
	for i, d := range unexplained {
		if i == most {
			t.Errorf("and %d more; see \"go run ./tools/twin\"", len(unexplained)-most)
			break
		}
		t.Error(d)
	}
	for _, k := range reasons {
		// A fixture knows less of time and segments than the live daemon does.
		fine := k.cause == Timing || k.cause == Segmentation
		if !k.used && *flagOnly == "" && (*flagLive || !fine) {
			t.Errorf("%s: %s %s is known, but there is no such difference", tw.knownPath(), k.pattern, k.cause)
		}
	}
}

func appendFile(path, text string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // as the tree
		return err
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644) //nolint:gosec // as the tree
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// CheckFixture replays a sample of the dialogues, one in every few, to the
// genuine daemon and fails the test where the fixture says something else. In CI
// the daemon has to be there, elsewhere the test is skipped without it.
func CheckFixture(t *testing.T, tw *Twin, every int) {
	t.Helper()
	if why := tw.absent(); why != "" {
		if os.Getenv("CI") == "true" {
			t.Fatal(why)
		}
		t.Skip(why)
	}
	f, err := tw.loadFixture()
	if err != nil {
		t.Fatal(err)
	}
	all := tw.corpus(t)
	if len(all) != len(f.Records) {
		t.Errorf("the corpus has %d dialogues, the fixture %d: record it anew", len(all), len(f.Records))
	}
	var sample []Dialogue
	for i := 0; i < len(all); i += every {
		sample = append(sample, all[i])
	}
	begin := time.Now()
	ds, err := tw.against(t.Context(), f, sample, tw.genuine(t), false)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range ds {
		t.Errorf("the fixture is not what %s %s does: %v", tw.Package, tw.version(), d)
	}
	t.Logf("%d dialogues in %v", len(sample), time.Since(begin).Round(time.Second))
}
