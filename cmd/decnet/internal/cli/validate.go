package cli

import (
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/cmd/decnet/internal/stack"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/fleet"
	"github.com/decnet/decnet/pkg/decnet/fleet/ini"
)

// validation is what validate says of a good file, for programs.
type validation struct {
	File    string   `json:"file"`
	Valid   bool     `json:"valid"`
	Deckies int      `json:"deckies"`
	Notes   []string `json:"notes,omitempty"`
	// Problems are empty if Valid.
	Problems []string `json:"problems,omitempty"`
}

func (a *app) validateCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "validate FILE...",
		Short:   "Check fleet files without deploying them",
		Long:    "Checks INI files as \"decnet deploy --config\" would, without a running stack: every problem with its line.",
		Example: "  decnet validate fleet.ini\n  decnet validate --sample > fleet.ini\n  decnet validate --schema",
	}
	sample := c.Flags().Bool("sample", false, "print a commented sample file and end")
	schema := c.Flags().Bool("schema", false, "print the JSON Schema of a fleet and end")
	driver := c.Flags().String("driver", string(decnet.DriverLoopback), "driver it is for: loopback, native or docker")
	incoherent := c.Flags().Bool("allow-incoherent", false, "allow machines that do not exist")
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, files []string) error {
		switch {
		case *sample:
			_, err := c.OutOrStdout().Write([]byte(ini.Sample(stack.Services())))
			return err
		case *schema:
			e := json.NewEncoder(c.OutOrStdout())
			e.SetIndent("", "  ")
			return e.Encode(fleet.Schema(stack.Services()))
		case len(files) == 0:
			return usageError{fmt.Errorf("which file? want %s FILE", c.CommandPath())}
		}
		if err := oneOfDrivers(*driver, names(decnet.Drivers())); err != nil {
			return usageError{err}
		}
		return validateAll(c, files, decnet.Driver(*driver), *incoherent, *output)
	}
	return c
}

func validateAll(c *cobra.Command, files []string, driver decnet.Driver, incoherent bool, output format) error {
	var results []validation
	var problems fleet.Problems
	for _, f := range files {
		v, err := validate(f, driver, incoherent)
		if err != nil {
			return err
		}
		results = append(results, *v)
		problems = append(problems, v.Problems...)
	}
	if done, err := output.write(c.OutOrStdout(), results); done {
		if err == nil && len(problems) > 0 {
			err = fmt.Errorf("%d problems", len(problems))
		}
		return err
	}
	for _, v := range results {
		if v.Valid {
			_ = printLine(c.OutOrStdout(), fmt.Sprintf("%s %s: %d deckies", good.Render("✓"), v.File, v.Deckies))
		}
		for _, n := range v.Notes {
			_ = printLine(c.OutOrStdout(), warn.Render("note: ")+n)
		}
	}
	return problems.Err()
}

// validate checks one file; an error means that it cannot be read at all.
func validate(path string, driver decnet.Driver, incoherent bool) (*validation, error) {
	name, data, err := readINI(path)
	if err != nil {
		return nil, err
	}
	r := fleet.NewRequest("localhost")
	r.Driver, r.AllowIncoherent = driver, incoherent
	v := &validation{File: name}
	err = ini.Load(name, data, stack.Services(), r)
	if err == nil {
		if driver != decnet.DriverLoopback && !r.Network.Subnet.IsValid() {
			// Which subnet it will be is the host's interface's business.
			r.Network.Subnet, r.Notes = anySubnet, append(r.Notes, fmt.Sprintf("%s: no net= in [general]: the subnet of the interface will be taken", name))
		}
		_, err = fleet.Make(r, &fleet.World{Services: stack.Services(), Installation: "validation"})
	}
	v.Notes, v.Deckies = r.Notes, len(r.Deckies)
	if problems, ok := err.(fleet.Problems); ok { //nolint:errorlint // both return it as it is
		v.Problems = problems
		return v, nil
	}
	v.Valid = err == nil
	return v, err
}
