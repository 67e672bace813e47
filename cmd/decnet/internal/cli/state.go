package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/cmd/decnet/internal/stack"
	"github.com/decnet/decnet/pkg/bus/fleetbus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/fleet"
)

// anySubnet stands for a subnet that is not known yet.
var anySubnet = netip.MustParsePrefix("10.0.0.0/8")

// stateVersion is the version of the exported form.
const stateVersion = 1

// state is an exported fleet.
type state struct {
	Version  int            `json:"version"`
	Exported time.Time      `json:"exported"`
	Deckies  []decnet.Decky `json:"deckies"`
}

// maxState bounds a file to import: a fleet of 65,536 deckies with settings.
const maxState = 128 << 20

func (a *app) exportCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "export [FILE]",
		Short: "Write the desired fleet to a file, to be imported elsewhere",
		Long: "Writes the deckies with their identities (keys, names, addresses) as JSON, to FILE or standard\n" +
			"output. Whoever has the file can recognise the deckies: it is written for you alone (0600).",
		Args: cobra.MaximumNArgs(1),
	}
	name := c.Flags().String("fleet", "", "only this fleet")
	c.RunE = func(c *cobra.Command, args []string) error {
		b, err := a.connect(c.Context())
		if err != nil {
			return err
		}
		defer b.Close()
		reading, err := fleetbus.Read(c.Context(), b, stack.Services())
		if err != nil {
			return err
		}
		s := state{Version: stateVersion, Exported: reading.Now, Deckies: slices.DeleteFunc(reading.Deckies, func(d decnet.Decky) bool { return *name != "" && d.Fleet != *name })}
		data, err := json.MarshalIndent(s, "", "  ")
		if err != nil {
			return err
		}
		data = append(data, '\n')
		if len(args) == 0 {
			_, err = c.OutOrStdout().Write(data)
			return err
		}
		if err := writePrivate(args[0], data); err != nil {
			return err
		}
		return printLine(c.OutOrStdout(), fmt.Sprintf("%d deckies written to %s", len(s.Deckies), args[0]))
	}
	return c
}

// writePrivate writes a file that only its owner reads; one that is there it
// leaves alone.
func writePrivate(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s is there already: choose another name or remove it", path)
	}
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

func (a *app) importCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "import FILE",
		Short: "Make the fleets of an exported file the desired ones",
		Long:  "Reads what \"decnet export\" wrote. The fleets in it become as they are there; others stay.",
		Args:  cobra.ExactArgs(1),
	}
	host := c.Flags().String("host", "", "host whose deployer is to run them (default the one in the file)")
	dry := c.Flags().Bool("dry-run", false, "show the plan and do nothing")
	timeout := c.Flags().Duration("timeout", 2*time.Minute, "how long to wait for the deckies")
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		s, err := readState(args[0])
		if err != nil {
			return err
		}
		for i := range s.Deckies {
			if *host != "" {
				s.Deckies[i].Host = *host
			}
			if err := s.Deckies[i].Validate(); err != nil {
				return fmt.Errorf("%s: %w", args[0], err)
			}
		}
		b, err := a.connectOrStart(c, stackOptions{}, always)
		if err != nil {
			return err
		}
		defer b.Close()
		reading, err := fleetbus.Read(c.Context(), b, stack.Services())
		if err != nil {
			return err
		}
		plan, err := fleet.Adopt(s.Deckies, &reading.World)
		if err != nil {
			return err
		}
		if *output == asTable {
			if err := writePlan(c.OutOrStdout(), plan); err != nil {
				return err
			}
		}
		if *dry {
			_, err := output.write(c.OutOrStdout(), itemsOf(plan))
			return err
		}
		applied, err := reading.Apply(c.Context(), b, plan)
		if err != nil {
			return err
		}
		return waitFor(c, b, applied, *output, *timeout)
	}
	return c
}

func readState(path string) (*state, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("import: %w", err)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxState+1))
	if err != nil {
		return nil, fmt.Errorf("import %s: %w", path, err)
	}
	if len(data) > maxState {
		return nil, fmt.Errorf("import %s: more than %d MiB is no fleet", path, maxState>>20)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	var s state
	if err := d.Decode(&s); err != nil {
		return nil, fmt.Errorf("import %s: %w: want a file that \"decnet export\" wrote", path, err)
	}
	if s.Version != stateVersion {
		return nil, fmt.Errorf("import %s: version %d: this decnet reads version %d", path, s.Version, stateVersion)
	}
	if len(s.Deckies) == 0 {
		return nil, fmt.Errorf("import %s: there is no decky in it", path)
	}
	return &s, nil
}
