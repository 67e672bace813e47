package cli

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/cmd/decnet/internal/bench"
	"github.com/decnet/decnet/pkg/store"
)

func (a *app) benchPipeline() *cobra.Command {
	c := &cobra.Command{
		Use: "pipeline", Short: "Events a second from spool to committed row and profile, beside the limits of bus and store",
		Long: "Measures in one run what the bus makes durable by itself, what the store commits by itself, and what a whole\n" +
			"stack of its own brings from the spool to committed rows and published profiles; then the time from a decoy's\n" +
			"line to the word that it is stored, and to a reader of the live stream.",
		Example: "  decnet bench pipeline --duration 5m\n  decnet bench pipeline --store postgres://decnet:PASSWORD@localhost:5432/bench --events 1000000 --json",
		Args:    noArgs,
	}
	o := bench.PipelineOptions{}
	database := c.Flags().String("store", "sqlite", "sqlite, which is a file of its own, or the URL of a PostgreSQL database that is filled")
	c.Flags().IntVar(&o.Events, "events", 200_000, "events to send")
	c.Flags().DurationVar(&o.Duration, "duration", 0, "send for this long instead")
	c.Flags().IntVar(&o.Pace, "pace", 0, "events per second to send; 0 is as many as are taken")
	c.Flags().IntVar(&o.Rate, "rate", 1000, "events per second for the measurement of latency; 0 leaves it out")
	c.Flags().StringArrayVar(&o.Args, "up", nil, "a further argument of decnet up, such as --config=FILE; may be repeated")
	short := c.Flags().Bool("json", false, "the same as --output json")
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if o.Events < 1000 || o.Rate < 0 || o.Rate > 100_000 || o.Duration < 0 || o.Pace < 0 {
			return usageError{fmt.Errorf("want --events of at least 1000, --rate from 0 to 100000 and no negative --duration or --pace")}
		}
		o.Store = store.Default()
		if *database != "sqlite" {
			o.Store.URL = *database
			if err := o.Store.Validate(); err != nil {
				return usageError{fmt.Errorf("--store: %w", err)}
			}
		}
		var err error
		if o.Binary, err = os.Executable(); err != nil {
			return err
		}
		if *short {
			*output = asJSON
		}
		r, err := bench.Pipeline(c.Context(), o, tell(c))
		if err != nil {
			return err
		}
		if done, err := output.write(a.out, r); done {
			return err
		}
		return a.printPipeline(r)
	}
	return c
}

func (a *app) printPipeline(r *bench.PipelineResult) error {
	rows := [][]string{
		{"raw limit of the bus", fmt.Sprintf("%.0f", r.PublishLimit), "messages/s"},
		{"raw limit of the store, " + r.Store, fmt.Sprintf("%.0f", r.InsertLimit), "events/s"},
		{"whole pipeline", fmt.Sprintf("%.0f", r.EventsPerSecond), fmt.Sprintf("events/s over %.0f s", r.Seconds)},
		{"  its slowest ten seconds", fmt.Sprintf("%.0f", r.Slowest), "events/s"},
		{"  of the slower limit", fmt.Sprintf("%.0f", 100*r.Ratio), "%"},
		{"  processor", fmt.Sprintf("%.0f", r.ProcessorMicros), "µs per event"},
		{"  resident memory at most, in the first quarter and in all", fmt.Sprintf("%.0f, %.0f", r.MemoryMB[0], r.MemoryMB[1]), "MB"},
	}
	for _, l := range []struct {
		name string
		of   *bench.LatencyResult
	}{{"line to stored", r.Stored}, {"line to live stream", r.Live}} {
		if l.of != nil {
			rows = append(rows, []string{
				fmt.Sprintf("%s at %d/s: p50, p99, max", l.name, l.of.Rate),
				fmt.Sprintf("%.0f, %.0f, %.0f", l.of.P50, l.of.P99, l.of.Max), fmt.Sprintf("ms, %d of %d", l.of.Received, l.of.Sent),
			})
		}
	}
	return printTable(a.out, []string{"", "", ""}, rows)
}
