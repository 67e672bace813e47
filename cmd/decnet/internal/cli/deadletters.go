package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/rfc5424"
)

// numberedLetter is a dead letter with the number by which it is settled.
type numberedLetter struct {
	Number uint64 `json:"number"`
	decnet.DeadLetter
}

func (a *app) deadLettersCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "dead-letters",
		Short: "Messages that no retry could handle: look at them, replay or discard them",
		Long: "A message that a worker cannot handle, such as a line that is no event, is kept here whole, with the\n" +
			"reason, for 30 days. Replaying one has it handled once more, for after an upgrade or a repair.",
		Args: noArgs,
	}
	c.AddCommand(a.listLetters(), a.showLetter(),
		a.settleLetters("replay", "Have messages handled once more", "replayed", (*bus.Bus).ReplayLetter),
		a.settleLetters("discard", "Delete messages for good", "discarded", (*bus.Bus).DiscardLetter))
	return c
}

func (a *app) listLetters() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "List them, the newest first", Args: noArgs}
	limit := c.Flags().Int("limit", 50, "how many at most")
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *limit < 1 {
			return usageError{fmt.Errorf("--limit %d: want at least 1", *limit)}
		}
		b, err := a.connect(c.Context())
		if err != nil {
			return err
		}
		defer b.Close()
		ms, total, err := bus.DeadLetters.Newest(c.Context(), b, *limit)
		if err != nil {
			return err
		}
		letters := make([]numberedLetter, len(ms))
		rows := make([][]string, len(ms))
		for i, m := range ms {
			l := m.Body
			letters[i] = numberedLetter{m.Sequence, l}
			rows[i] = []string{strconv.FormatUint(m.Sequence, 10), l.Time.Format(time.RFC3339), l.Stream + " " + l.Consumer, oneLine(l.Reason, 100)}
		}
		if done, err := output.write(c.OutOrStdout(), letters); done {
			return err
		}
		if total == 0 {
			return printLine(c.OutOrStdout(), "there are no dead letters")
		}
		if err := printTable(c.OutOrStdout(), []string{"number", "time", "of", "reason"}, rows); err != nil {
			return err
		}
		if more := int(total) - len(ms); more > 0 { //nolint:gosec // bounded by the stream
			return printLine(c.OutOrStdout(), dim.Render(fmt.Sprintf("… and %d more; --limit shows them", more)))
		}
		return nil
	}
	return c
}

// oneLine is text of an attacker's as one line for a terminal.
func oneLine(text string, most int) string {
	cut := string(rfc5424.AppendEscaped(nil, text[:min(len(text), most)], ""))
	if len(text) > most {
		cut += " …"
	}
	return cut
}

func (a *app) showLetter() *cobra.Command {
	c := &cobra.Command{Use: "show NUMBER", Short: "Show one with its whole message", Args: exactArgs(1, `"decnet dead-letters list" shows them`)}
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		numbers, err := letterNumbers(args)
		if err != nil {
			return err
		}
		b, err := a.connect(c.Context())
		if err != nil {
			return err
		}
		defer b.Close()
		m, err := b.Letter(c.Context(), numbers[0])
		if err != nil {
			return err
		}
		l := &m.Body
		if done, err := output.write(c.OutOrStdout(), numberedLetter{m.Sequence, *l}); done {
			return err
		}
		for _, row := range [][2]string{
			{"number", args[0]},
			{"time", l.Time.Format(time.RFC3339Nano)},
			{"of", l.Stream + " " + l.Consumer},
			{"subject", l.Subject},
			{"attempts", strconv.FormatUint(l.Attempts, 10)},
			{"reason", l.Reason},
			{"message", string(l.Body)},
		} {
			if err := printLine(c.OutOrStdout(), fmt.Sprintf("%-9s %s", row[0], oneLine(row[1], 1<<20))); err != nil {
				return err
			}
		}
		return nil
	}
	return c
}

func letterNumbers(args []string) ([]uint64, error) {
	numbers := make([]uint64, len(args))
	for i, word := range args {
		n, err := strconv.ParseUint(word, 10, 64)
		if err != nil || n == 0 {
			return nil, usageError{fmt.Errorf("%q is no number of a dead letter: see \"decnet dead-letters list\"", word)}
		}
		numbers[i] = n
	}
	return numbers, nil
}

// settleLetters is the command that does something for good with letters.
func (a *app) settleLetters(verb, short, done string, settle func(*bus.Bus, context.Context, uint64) error) *cobra.Command {
	c := &cobra.Command{Use: verb + " NUMBER...", Short: short}
	all := c.Flags().Bool("all", false, "all there are now")
	c.RunE = func(c *cobra.Command, args []string) error {
		if *all == (len(args) > 0) {
			return usageError{errors.New("want numbers, or --all")}
		}
		numbers, err := letterNumbers(args)
		if err != nil {
			return err
		}
		b, err := a.connect(c.Context())
		if err != nil {
			return err
		}
		defer b.Close()
		if *all {
			if numbers, err = allLetters(c.Context(), b); err != nil {
				return err
			}
		}
		n := 0
		for _, number := range numbers {
			serr := settle(b, c.Context(), number)
			if serr == nil {
				n++
			}
			err = errors.Join(err, serr)
		}
		_ = printLine(c.OutOrStdout(), fmt.Sprintf("%d of %d %s", n, len(numbers), done))
		return err
	}
	return c
}

// allLetters are the numbers of those there are, the oldest first.
func allLetters(ctx context.Context, b *bus.Bus) ([]uint64, error) {
	ms, _, err := bus.DeadLetters.Newest(ctx, b, 1_000_000) // more than the stream keeps
	if err != nil {
		return nil, err
	}
	numbers := make([]uint64, len(ms))
	for i, m := range ms {
		numbers[len(ms)-1-i] = m.Sequence
	}
	return numbers, nil
}
