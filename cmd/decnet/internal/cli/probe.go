package cli

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/services/prober"
	"github.com/decnet/decnet/services/prober/probe"
)

func (a *app) probeCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "probe ADDRESS", Short: "Ask one host what it is, now and by hand",
		Long: "Connects to a host and says what it answers: SSH server, certificate, JARM, HTTP, banner and SYN-ACK. The rules of the\n" +
			"configuration hold (prober.private, prober.public, prober.allow, prober.deny), and no decky of a stack that runs here is\n" +
			"asked. Nothing is stored, and it is done whether or not the same was asked before.\n\n" +
			"--force probes a public address though prober.public is off: its owner sees connections of yours, and may take them\n" +
			"for an attack. It lifts no other rule.",
		Example: "  decnet probe 10.0.0.7\n  decnet probe 10.0.0.7 --ports jarm=8443,hassh=22 --output json",
		Args:    exactArgs(1, "an IP address, no name"),
	}
	output := outputFlag(c)
	ports := c.Flags().StringSlice("ports", nil, "what to ask for and where, as KIND=PORT with commas, of "+kindNames()+"; default: as configured")
	dry := c.Flags().Bool("dry", false, "only say what would be asked")
	force := c.Flags().Bool("force", false, "probe a public address though prober.public is off")
	c.RunE = func(c *cobra.Command, args []string) error {
		addr, err := netip.ParseAddr(args[0])
		if err != nil {
			return usageError{fmt.Errorf("%q: want an IP address such as 10.0.0.7", args[0])}
		}
		cfg, _, err := a.loadConfig(nil)
		if err != nil {
			return err
		}
		if c.Flags().Changed("ports") {
			if err := choosePorts(&cfg.Prober, *ports); err != nil {
				return usageError{err}
			}
		}
		cfg.Prober.Public = cfg.Prober.Public || *force
		deckies, err := a.deckyAddresses(c.Context())
		if err != nil {
			return err
		}
		found, err := prober.Once(c.Context(), cfg.Prober, addr, deckies, *dry)
		if err != nil {
			return err
		}
		if done, err := output.write(c.OutOrStdout(), found); done {
			return err
		}
		return printFindings(c.OutOrStdout(), found)
	}
	return c
}

func kindNames() string {
	var names []string
	for _, k := range probe.Kinds() {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

// choosePorts has cfg ask for what pairs say, and for nothing else.
func choosePorts(cfg *prober.Config, pairs []string) error {
	cfg.Ports = prober.Ports{}
	for _, pair := range pairs {
		kind, port, ok := strings.Cut(pair, "=")
		list := cfg.Ports.Of(probe.Kind(kind))
		n, err := strconv.ParseUint(port, 10, 16)
		if !ok || list == nil || err != nil || n == 0 {
			return fmt.Errorf("--ports %q: want KIND=PORT such as jarm=443, of %s", pair, kindNames())
		}
		*list = append(*list, port)
	}
	return nil
}

// deckyAddresses are those of the stack that runs here or that is named; none if there is none.
func (a *app) deckyAddresses(ctx context.Context) (map[netip.Addr]bool, error) {
	out := map[netip.Addr]bool{}
	e, err := a.readConfig(nil)
	if err != nil {
		return nil, err
	}
	if a.ownStack() == nil && e.Bus.URL == "" {
		return out, nil
	}
	b, err := a.connect(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask which addresses are deckies': %w", err)
	}
	defer b.Close()
	entries, err := bus.Fleet.List(ctx, b)
	for i := range entries {
		out[entries[i].Value.Address.Unmap()], out[entries[i].Value.Address6.Unmap()] = true, true
	}
	return out, err
}

func printFindings(w io.Writer, found []probe.Finding) error {
	rows := make([][]string, len(found))
	for i := range found {
		f := &found[i]
		text := f.Reason
		if f.Outcome == probe.Found {
			var parts []string
			for _, k := range slices.Sorted(maps.Keys(f.Fields)) {
				parts = append(parts, k+"="+oneLine(f.Fields[k], 70))
			}
			text = strings.Join(parts, " ")
		}
		rows[i] = []string{string(f.Kind), strconv.Itoa(int(f.Port)), string(f.Outcome), text}
	}
	return printTable(w, []string{"kind", "port", "outcome", "what"}, rows)
}
