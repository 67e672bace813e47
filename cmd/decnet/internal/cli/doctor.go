package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/docker"
	"github.com/decnet/decnet/pkg/network"
	"github.com/decnet/decnet/services/deployer"
)

// finding is one thing that the doctor looked at.
type finding struct {
	Driver decnet.Driver `json:"driver"`
	Check  string        `json:"check"`
	// State is ok, warning or missing; what is missing keeps the driver from
	// working.
	State string `json:"state"`
	What  string `json:"what"`
	Fix   string `json:"fix,omitempty"`
}

// States of a finding.
const (
	stateOK      = "ok"
	stateWarning = "warning"
	stateMissing = "missing"
)

func (a *app) doctorCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Say which drivers this host can run, and what is missing",
		Long: "Tries what each driver needs, in a network namespace of its own that is gone afterwards, and says\n" +
			"what is missing with the fix. Nothing of the host is changed. Fails if the driver of --driver\n" +
			"cannot run here.",
		Args: noArgs,
	}
	driver := c.Flags().String("driver", "", "only this driver: loopback, native or docker")
	iface := c.Flags().StringP("interface", "i", "", "interface to the deckies' network (default that of the default route)")
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *driver != "" {
			if err := oneOfDrivers(*driver, names(decnet.Drivers())); err != nil {
				return usageError{err}
			}
		}
		var all []finding
		for _, examine := range []func() []finding{a.examineLoopback, func() []finding { return examineNative(*iface) }, func() []finding { return a.examineDocker(c.Context()) }} {
			all = append(all, examine()...)
		}
		var shown []finding
		missing := 0
		for _, f := range all {
			if *driver == "" || f.Driver == decnet.Driver(*driver) {
				shown = append(shown, f)
				if f.State == stateMissing {
					missing++
				}
			}
		}
		if err := showFindings(c, *output, shown); err != nil {
			return err
		}
		if *driver != "" && missing > 0 {
			return fmt.Errorf("driver %s cannot run here: %d things are missing", *driver, missing)
		}
		return nil
	}
	return c
}

func showFindings(c *cobra.Command, output format, list []finding) error {
	if done, err := output.write(c.OutOrStdout(), list); done {
		return err
	}
	marks := map[string]string{stateOK: good.Render("✓"), stateWarning: warn.Render("!"), stateMissing: bad.Render("✗")}
	for _, f := range list {
		line := fmt.Sprintf("%s %-9s %-22s %s", marks[f.State], f.Driver, f.Check, f.What)
		if f.Fix != "" {
			line += "\n" + paragraph.Render(dim.Render(f.Fix))
		}
		if err := printLine(c.OutOrStdout(), line); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) examineLoopback() []finding {
	f := finding{Driver: decnet.DriverLoopback, Check: "ports below 1024", State: stateOK, What: "can be had"}
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.77.255.254:1")
	if err != nil {
		f.State, f.What = stateWarning, "cannot be had: "+lastPart(err)
		f.Fix = "they are shifted by 10,000 (22 becomes 10022) and the table says so; run as root to have them as they are"
	} else {
		_ = l.Close() // it was only to see
	}
	return []finding{f}
}

func lastPart(err error) string {
	parts := strings.Split(err.Error(), ": ")
	return parts[len(parts)-1]
}

// examineNative tries what the driver does on a stage of its own, and looks at
// the interface it would use.
func examineNative(iface string) []finding {
	var out []finding
	add := func(check, state, what, fix string) {
		out = append(out, finding{Driver: decnet.DriverNative, Check: check, State: state, What: what, Fix: fix})
	}
	if os.Geteuid() != 0 {
		add("privileges", stateMissing, "this is not root", "run decnet with sudo: namespaces, interfaces and their walls need it; decoys and everything else give it up")
	} else {
		for _, t := range network.Try() {
			state := stateOK
			if t.Err != nil {
				state = stateMissing
				if t.Optional {
					state = stateWarning
				}
			}
			what := "works"
			if t.Err != nil {
				what = t.Err.Error()
			}
			fix := ""
			if t.Err != nil {
				fix = t.Fix
			}
			add(t.Name, state, what, fix)
		}
	}
	link, err := network.Detect(iface)
	if err != nil {
		add("interface", stateMissing, err.Error(), "plug it in and give it an address, or name another with --interface")
		return out
	}
	what := fmt.Sprintf("%s, %s in %s", link.Name, link.Address, link.Prefix)
	switch {
	case !link.Up:
		add("interface", stateMissing, link.Name+" has no carrier", "plug the cable in, or name another interface with --interface")
	case link.Wireless:
		add("interface", stateWarning, link.Name+" is Wi-Fi, which takes one MAC address per host", "deploy with --ipvlan, or name a wired interface with --interface")
	default:
		add("interface", stateOK, what, "")
	}
	if virtual := network.Hypervisor(); virtual != "" {
		add("many MAC addresses", stateWarning, "this is a virtual machine ("+virtual+")",
			"its virtual switch must let other MAC addresses through: promiscuous mode and forged transmits on VMware, MAC spoofing on Hyper-V; most clouds cannot")
	} else {
		add("many MAC addresses", stateOK, "a switch with port security would have to allow them", "")
	}
	return out
}

// examineDocker asks the engine who it is, and says what it cannot know.
func (a *app) examineDocker(ctx context.Context) []finding {
	f := finding{Driver: decnet.DriverDocker, Check: "engine", State: stateOK}
	h, err := a.dockerHere(ctx)
	if err != nil {
		f.State, f.What, f.Fix = stateMissing, firstPart(err), "install Docker Engine 20.10 or later and start it (Debian: apt install docker.io), or set DOCKER_HOST"
		if errors.Is(err, docker.ErrDenied) {
			f.Fix = "add the user to the group docker, or use sudo"
		}
		return []finding{f}
	}
	defer func() { _ = h.Close() }() // it was only asked
	v, err := h.Version(ctx)
	if err != nil {
		f.State, f.What = stateMissing, err.Error()
		return []finding{f}
	}
	f.What = fmt.Sprintf("answers: release %s, API %s", v.Engine, v.API)
	program := finding{Driver: decnet.DriverDocker, Check: "decoy program", State: stateOK, What: "is there"}
	if path, err := deployer.FindBinary(h.cfg.Binary); err != nil {
		program.State, program.What, program.Fix = stateMissing, err.Error(), "run make build"
	} else {
		program.What = path
	}
	return []finding{f, program}
}

// firstPart is an error without its causes.
func firstPart(err error) string {
	first, _, _ := strings.Cut(err.Error(), ": ")
	return first
}
