package cli

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/x/term"
	"github.com/spf13/cobra"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/profiler/analysis"
	"github.com/decnet/decnet/services/profiler/correlate"
	"github.com/decnet/decnet/services/profiler/signature"
)

func (a *app) correlateCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "correlate [FILE|-]", Short: "Who is in a log: profiles of its attackers",
		Long: "Reads a log of RFC 5424 lines or of JSON lines, as the collector writes them, and makes a profile of every\n" +
			"attacker in it: where they went, what they tried, with what, and how far they got. No stack has to run.",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usageError{fmt.Errorf("%s: want one file or - for standard input, got %d arguments", c.CommandPath(), len(args))}
			}
			return nil
		},
	}
	var o correlateOptions
	flags := c.Flags()
	flags.IntVar(&o.limit, "limit", 50, "how many attackers the table has at most")
	flags.IntVar(&o.deckies, "min-deckies", 1, "only attackers that were on so many deckies; 2 is those who traverse")
	flags.IntVar(&o.risk, "min-risk", 0, "only attackers of this risk or more, 0 to 100")
	flags.IntVar(&o.memory, "memory", 24, "how much memory profiles may take, in MiB; what does not fit is put off to temporary files")
	flags.StringVar(&o.signatures, "signatures", "", "folder with signatures of your own, beside the built-in ones")
	flags.StringVarP(&o.output, "output", "o", "table", "table, json or syslog")
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"table", "json", "syslog"}, cobra.ShellCompDirectiveNoFileComp))
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := o.validate(); err != nil {
			return usageError{err}
		}
		return correlateLog(c, cmp.Or(strings.Join(args, ""), "-"), &o)
	}
	return c
}

type correlateOptions struct {
	limit, deckies, risk, memory int
	signatures, output           string
}

func (o *correlateOptions) validate() error {
	switch {
	case o.limit < 1:
		return fmt.Errorf("--limit %d: want at least 1", o.limit)
	case o.deckies < 1:
		return fmt.Errorf("--min-deckies %d: want at least 1", o.deckies)
	case o.risk < 0 || o.risk > 100:
		return fmt.Errorf("--min-risk %d: want 0 to 100", o.risk)
	case o.memory < 1 || o.memory > 1<<20:
		return fmt.Errorf("--memory %d: want 1 to %d MiB", o.memory, 1<<20)
	case !slices.Contains([]string{"table", "json", "syslog"}, o.output):
		return fmt.Errorf("--output %q: want table, json or syslog", o.output)
	}
	return nil
}

func correlateLog(c *cobra.Command, name string, o *correlateOptions) error {
	set, err := readSignatures(o.signatures)
	if err != nil {
		return err
	}
	in, size, err := openLog(c, name)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // was only read
	// Garbage of parsing is collected before it has doubled what profiles may take.
	defer debug.SetMemoryLimit(debug.SetMemoryLimit(int64(o.memory)<<21 + 100<<20))
	out := bufio.NewWriter(c.OutOrStdout())
	r := newReport(out, o)
	sum, err := correlate.Run(c.Context(), in, correlate.Options{
		Engine: analysis.New(set), Memory: o.memory << 20, Progress: readProgress(c.ErrOrStderr(), size),
	}, func(p *decnet.Profile) error {
		if len(p.Deckies) < o.deckies || p.Risk.Score < o.risk {
			return nil
		}
		return r.profile(p)
	})
	if err != nil {
		return err
	}
	if err := r.end(&sum); err != nil {
		return err
	}
	if sum.Refused > 0 {
		_, _ = fmt.Fprintf(c.ErrOrStderr(), "%d of %d lines are no events and were left out; the first is line %d: %s\n",
			sum.Refused, sum.Lines, sum.FirstRefused, oneLine(sum.Reason, 160))
	}
	return out.Flush()
}

// report writes profiles as they come.
type report interface {
	profile(*decnet.Profile) error
	end(*correlate.Summary) error
}

func newReport(w io.Writer, o *correlateOptions) report {
	switch o.output {
	case "json":
		return &jsonReport{w: w, between: "[\n"}
	case "syslog":
		return &syslogReport{w: w}
	}
	return &tableReport{w: w, limit: o.limit}
}

// readSignatures are the built-in ones, and those of a folder if there is one.
func readSignatures(dir string) (*signature.Set, error) {
	if dir == "" {
		return signature.Builtin()
	}
	return signature.WithFolder(dir)
}

// openLog opens a file, or standard input as "-"; the size is 0 if it is not known.
func openLog(c *cobra.Command, name string) (io.ReadCloser, int64, error) {
	if name == "-" {
		return io.NopCloser(c.InOrStdin()), 0, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, err
	}
	st, err := f.Stat()
	if err == nil && st.IsDir() {
		err = fmt.Errorf("%s is a folder: want a log file, or - for standard input", name)
	}
	if err != nil {
		_ = f.Close()
		return nil, 0, err
	}
	return f, st.Size(), nil
}

// readProgress tells a terminal how far it is, twice a second, once it takes longer than a second.
func readProgress(w io.Writer, size int64) func(read, again int64) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(f.Fd()) {
		return nil
	}
	begin, last := time.Now(), time.Time{}
	return func(read, again int64) {
		now := time.Now()
		end := size > 0 && read >= size && again == 0
		if now.Sub(begin) < time.Second || now.Sub(last) < time.Second/2 && !end {
			return
		}
		last = now
		rate := float64(read) / now.Sub(begin).Seconds()
		text := fmt.Sprintf("%.0f MB read, %.0f MB/s", float64(read)/1e6, rate/1e6)
		switch {
		case end:
			text = ""
		case again > 0 && read >= size:
			text = fmt.Sprintf("all read, %.0f MB of it once more: there are many attackers", float64(again)/1e6)
		case size > 0:
			text = fmt.Sprintf("%3.0f %% of %.0f MB, %.0f MB/s, %.0f s left", 100*float64(read)/float64(size), float64(size)/1e6, rate/1e6, float64(size-read)/rate)
		}
		_, _ = fmt.Fprintf(w, "\r\x1b[K%s", text)
	}
}

// tableReport is a table of those with the highest risk.
type tableReport struct {
	w     io.Writer
	limit int
	all   int
	top   []*decnet.Profile
}

func (t *tableReport) profile(p *decnet.Profile) error {
	t.all++
	i, _ := slices.BinarySearchFunc(t.top, p, func(a, b *decnet.Profile) int {
		return cmp.Or(cmp.Compare(b.Risk.Score, a.Risk.Score), cmp.Compare(b.Events, a.Events), a.Address.Compare(b.Address))
	})
	if i < t.limit {
		t.top = slices.Insert(t.top, i, p)
		t.top = t.top[:min(len(t.top), t.limit)]
	}
	return nil
}

func (t *tableReport) end(sum *correlate.Summary) error {
	if len(t.top) == 0 {
		return printLine(t.w, fmt.Sprintf("no such attacker in %d events of %d lines", sum.Events, sum.Lines))
	}
	rows := make([][]string, len(t.top))
	for i, p := range t.top {
		rows[i] = []string{
			p.Address.String(), fmt.Sprint(p.Risk.Score), string(p.Behavior.Class), string(p.Actor.Kind), string(p.Phase), statementNames(p.Tools, 2),
			fmt.Sprint(p.Events), fmt.Sprint(p.CredentialCount), pathOf(p, 3), p.FirstSeen.Format(time.DateTime), p.LastSeen.Sub(p.FirstSeen).Round(time.Second).String(),
		}
	}
	headers := []string{"attacker", "risk", "behavior", "actor", "phase", "tools", "events", "credentials", "path", "first seen", "for"}
	if err := printTable(t.w, headers, rows); err != nil {
		return err
	}
	tail := fmt.Sprintf("attackers: %d, in %d events of %d lines", sum.Attackers, sum.Events, sum.Lines)
	if t.all > len(t.top) {
		tail = fmt.Sprintf("%d more; --limit shows them. ", t.all-len(t.top)) + tail
	}
	return printLine(t.w, dim.Render(tail))
}

// statementNames are the first few names of a list.
func statementNames(list []decnet.Statement, most int) string {
	var names []string
	for i := range list {
		if i == most {
			names = append(names, fmt.Sprintf("+%d", len(list)-most))
			break
		}
		names = append(names, list[i].Name)
	}
	return oneLine(strings.Join(names, ", "), 60)
}

// pathOf is where an attacker went, in short.
func pathOf(p *decnet.Profile, most int) string {
	var names []string
	for i := range p.Path {
		if i == most {
			names = append(names, fmt.Sprintf("… %d hops", p.HopCount))
			break
		}
		names = append(names, p.Path[i].Decky)
	}
	return oneLine(strings.Join(names, " > "), 80)
}

// jsonReport is an array, a profile a line, so that it needs no memory for all.
type jsonReport struct {
	w       io.Writer
	between string
}

func (j *jsonReport) profile(p *decnet.Profile) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(j.w, "%s%s", j.between, data)
	j.between = ",\n"
	return err
}

func (j *jsonReport) end(*correlate.Summary) error {
	end := "\n]\n"
	if j.between == "[\n" {
		end = "[]\n"
	}
	_, err := io.WriteString(j.w, end)
	return err
}
