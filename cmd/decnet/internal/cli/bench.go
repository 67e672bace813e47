package cli

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/cmd/decnet/internal/bench"
	"github.com/decnet/decnet/pkg/decnet"
)

func (a *app) benchCommand() *cobra.Command {
	c := &cobra.Command{Use: "bench", Short: "Measure DECNET on this machine", Args: noArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(a.benchStart(), a.benchLatency(), a.benchPipeline(), a.benchFleet())
	return c
}

// tell writes progress where it does not mix with results.
func tell(c *cobra.Command) func(string) {
	return func(s string) { _, _ = fmt.Fprintln(c.ErrOrStderr(), dim.Render(s)) }
}

func (a *app) benchStart() *cobra.Command {
	c := &cobra.Command{Use: "start", Short: "Time from start to ready, and memory when idle", Args: noArgs}
	runs := c.Flags().Int("runs", 5, "how many fresh installations to start")
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *runs < 1 {
			return usageError{fmt.Errorf("--runs %d: want at least 1", *runs)}
		}
		self, err := os.Executable()
		if err != nil {
			return err
		}
		r, err := bench.Start(c.Context(), self, *runs, tell(c))
		if err != nil {
			return err
		}
		if done, err := output.write(a.out, []*bench.StartResult{r}); done {
			return err
		}
		row := func(name, unit string, s bench.Spread) []string {
			return []string{name, fmt.Sprintf("%.0f", s.Min), fmt.Sprintf("%.0f", s.Median), fmt.Sprintf("%.0f", s.Max), unit}
		}
		return printTable(a.out, []string{"", "min", "median", "max", ""}, [][]string{
			row("start to ready, first run", "ms", r.FirstMS), row("start to ready, later runs", "ms", r.AgainMS),
			row("resident memory, idle, all processes", "MB", r.MemoryMB),
		})
	}
	return c
}

func (a *app) benchLatency() *cobra.Command {
	c := &cobra.Command{Use: "latency", Short: "Time from a decoy's line to the live stream", Args: noArgs}
	rates := c.Flags().IntSlice("rates", []int{100, 1000}, "events per second")
	duration := c.Flags().Duration("duration", 10*time.Second, "how long to send at each rate")
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		for _, r := range *rates {
			if r < 1 || r > 100_000 {
				return usageError{fmt.Errorf("--rates %d: want 1 to 100000", r)}
			}
		}
		self, err := os.Executable()
		if err != nil {
			return err
		}
		results, err := bench.Latency(c.Context(), self, *rates, *duration, tell(c))
		if err != nil {
			return err
		}
		if done, err := output.write(a.out, results); done {
			return err
		}
		var rows [][]string
		for _, r := range results {
			rows = append(rows, []string{
				fmt.Sprint(r.Rate), fmt.Sprintf("%d of %d", r.Received, r.Sent),
				fmt.Sprintf("%.1f", r.P50), fmt.Sprintf("%.1f", r.P99), fmt.Sprintf("%.1f", r.Max),
			})
		}
		return printTable(a.out, []string{"events/s", "arrived", "p50 ms", "p99 ms", "max ms"}, rows)
	}
	return c
}

func (a *app) benchFleet() *cobra.Command {
	c := &cobra.Command{Use: "fleet", Short: "Cost and connection rate of fleets on a network of their own; needs root", Args: noArgs}
	sizes := c.Flags().IntSlice("sizes", []int{10, 100, 1000, 4000}, "how many deckies")
	driver := c.Flags().String("driver", string(decnet.DriverNative), "native, or docker, which runs a Docker engine of its own")
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if err := oneOfDrivers(*driver, []string{string(decnet.DriverNative), string(decnet.DriverDocker)}); err != nil {
			return usageError{err}
		}
		if *driver == string(decnet.DriverDocker) && !c.Flags().Changed("sizes") {
			*sizes = []int{10, 100}
		}
		for _, n := range *sizes {
			if n < 1 || n > 60_000 {
				return usageError{fmt.Errorf("--sizes %d: want 1 to 60000", n)}
			}
		}
		self, err := os.Executable()
		if err != nil {
			return err
		}
		results, err := bench.Fleet(c.Context(), self, decnet.Driver(*driver), *sizes, tell(c))
		if err != nil {
			return err
		}
		if done, err := output.write(a.out, results); done {
			return err
		}
		var rows [][]string
		for _, r := range results {
			rows = append(rows, []string{
				fmt.Sprint(r.Deckies), fmt.Sprint(r.Sockets), fmt.Sprintf("%.1f", r.ReadyMS/1000), fmt.Sprintf("%.0f", r.ProcessMB),
				fmt.Sprintf("%.0f", r.SystemMB), fmt.Sprintf("%.0f", r.IPv4.Cold), fmt.Sprintf("%.0f", r.IPv4.Warm),
				fmt.Sprintf("%.0f", r.IPv6.Cold), fmt.Sprintf("%.0f", r.IPv6.Warm), fmt.Sprint(r.IPv4.Failed + r.IPv6.Failed), fmt.Sprintf("%.1f", r.DownMS/1000),
			})
		}
		return printTable(a.out, []string{"deckies", "sockets", "ready s", "process MB", "system MB", "IPv4 cold/s", "warm/s", "IPv6 cold/s", "warm/s", "failed", "teardown s"}, rows)
	}
	return c
}
