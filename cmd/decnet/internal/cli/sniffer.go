package cli

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/services/sniffer/wire"
)

// longestField is how much of a field a line for people has, in bytes.
const longestField = 120

func (a *app) snifferCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "sniffer --pcap FILE|-", Short: "What a capture tells of attackers",
		Long: "Reads a capture (pcap or pcapng) and prints what the sniffer finds in it, one finding a line: scans, connections,\n" +
			"fingerprints of TCP, TLS, QUIC, SSH, HTTP, RDP and SMB clients, and what hosts of the LAN say of themselves. No\n" +
			"stack has to run.",
		Args: noArgs,
	}
	var file, output string
	var targets []string
	flags := c.Flags()
	flags.StringVar(&file, "pcap", "", "capture file to read, or - for standard input")
	flags.StringVarP(&output, "output", "o", "text", "text or json, which is an object a line")
	flags.StringSliceVar(&targets, "target", nil, "only visitors of these addresses or networks, as 192.0.2.0/24; scans are told wherever they go (default: of all)")
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"text", "json"}, cobra.ShellCompDirectiveNoFileComp))
	c.RunE = func(c *cobra.Command, _ []string) error {
		if file == "" {
			return usageError{errors.New("--pcap is missing: name a capture file, or - for standard input")}
		}
		if output != "text" && output != "json" {
			return usageError{fmt.Errorf("--output %q: want text or json", output)}
		}
		config, err := snifferConfig(targets)
		if err != nil {
			return usageError{err}
		}
		return sniff(c, file, config, output == "json")
	}
	return c
}

// snifferConfig looks for visitors of targets.
func snifferConfig(targets []string) (wire.Config, error) {
	config := wire.Default()
	var networks []netip.Prefix
	for _, t := range targets {
		n, err := parsePrefix(t)
		if err != nil {
			return config, fmt.Errorf("--target %w", err)
		}
		networks = append(networks, n)
	}
	if len(networks) > 0 {
		config.Target = func(a netip.Addr) bool {
			return slices.ContainsFunc(networks, func(n netip.Prefix) bool { return n.Contains(a) })
		}
	}
	return config, nil
}

func sniff(c *cobra.Command, name string, config wire.Config, asJSON bool) error {
	in, _, err := openLog(c, name)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // was only read
	source, err := capture.OpenFile(in)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	out := bufio.NewWriter(c.OutOrStdout())
	var unwritten error
	sniffer, err := wire.New(config, func(f *wire.Finding) {
		if unwritten == nil {
			unwritten = writeFinding(out, f, asJSON)
		}
	})
	if err != nil {
		return err
	}
	var p capture.Packet
	for n := 0; err == nil && unwritten == nil; n++ {
		if err = source.Next(&p); err == nil {
			sniffer.Packet(&p)
		}
		if n%1024 == 0 && c.Context().Err() != nil {
			err = c.Context().Err()
		}
	}
	// What was read before an error is worth as much as without it.
	sniffer.Flush()
	if unwritten = errors.Join(unwritten, out.Flush()); unwritten != nil {
		return unwritten
	}
	if !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: %w", name, err)
	}
	if s := source.Stats(); s.Malformed > 0 {
		_, _ = fmt.Fprintf(c.ErrOrStderr(), "%d of %d packets are malformed and were left out\n", s.Malformed, s.Packets)
	}
	return nil
}

// findingJSON is a finding as scripts get it.
type findingJSON struct {
	Time            time.Time         `json:"time"`
	Kind            string            `json:"kind"`
	Source          string            `json:"source"`
	SourcePort      uint16            `json:"source_port,omitempty"`
	Destination     string            `json:"destination,omitempty"`
	DestinationPort uint16            `json:"destination_port,omitempty"`
	Fields          map[string]string `json:"fields"`
}

func writeFinding(w io.Writer, f *wire.Finding, asJSON bool) error {
	if asJSON {
		j := findingJSON{Time: f.Time.UTC(), Kind: f.Kind, Source: f.Source.Addr().String(), SourcePort: f.Source.Port(), Fields: f.Fields}
		if f.Destination.IsValid() {
			j.Destination, j.DestinationPort = f.Destination.Addr().String(), f.Destination.Port()
		}
		return json.NewEncoder(w).Encode(j)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s  %-20s %s", f.Time.UTC().Format("2006-01-02 15:04:05.000"), f.Kind, endpoint(f.Source))
	if f.Destination.IsValid() {
		b.WriteString(" > " + endpoint(f.Destination))
	}
	for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
		fmt.Fprintf(&b, "  %s=%s", name, oneLine(f.Fields[name], longestField))
	}
	b.WriteByte('\n')
	_, err := io.WriteString(w, b.String())
	return err
}

// endpoint is an address, with its port if there is one.
func endpoint(a netip.AddrPort) string {
	if a.Port() == 0 {
		return a.Addr().String()
	}
	return a.String()
}
