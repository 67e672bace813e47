package cli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/cmd/decnet/internal/stack"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/fleet"
	"github.com/decnet/decnet/pkg/decnet/persona"
	"github.com/decnet/decnet/pkg/docker"
	"github.com/decnet/decnet/services/deployer"
	"github.com/decnet/decnet/services/deployer/compose"
)

// planItem is one step of a plan for programs. It has no seed: plans are shown
// and seeds are secrets.
type planItem struct {
	Action        fleet.Action     `json:"action"`
	Name          string           `json:"name"`
	Host          string           `json:"host"`
	Fleet         string           `json:"fleet"`
	Driver        decnet.Driver    `json:"driver"`
	Address       string           `json:"address"`
	Address6      string           `json:"address6,omitempty"`
	MAC           string           `json:"mac"`
	Hostname      string           `json:"hostname"`
	Archetype     string           `json:"archetype,omitempty"`
	OS            string           `json:"os"`
	Stack         decnet.Family    `json:"stack"`
	Services      []string         `json:"services"`
	MutateMinutes int              `json:"mutate_minutes"`
	LogTarget     decnet.LogTarget `json:"log_target,omitempty"`
	What          []string         `json:"what,omitempty"`
}

func itemsOf(plan *fleet.Plan) []planItem {
	items := make([]planItem, len(plan.Steps))
	for i := range plan.Steps {
		items[i] = itemOf(&plan.Steps[i])
	}
	return items
}

func itemOf(s *fleet.Step) planItem {
	d := &s.Decky
	it := planItem{
		Action: s.Action, Name: d.Name, Host: d.Host, Fleet: d.Fleet, Driver: d.Driver, Address: d.Address.String(), Archetype: d.Archetype,
		OS: d.OS, Stack: d.Stack, Services: []string{}, MutateMinutes: d.MutateMinutes, LogTarget: d.LogTarget, What: s.What,
	}
	if d.Address6.IsValid() {
		it.Address6 = d.Address6.String()
	}
	for _, svc := range d.Services {
		it.Services = append(it.Services, svc.Slug)
	}
	if p, err := persona.Derive(d); err == nil {
		it.MAC, it.Hostname = p.MAC.String(), p.Hostname
	}
	return it
}

// showPlan writes what a dry run is for: the plan and, for the docker driver, the
// compose file, which goes to standard output alone so that it can be kept.
func (d *deployment) showPlan(c *cobra.Command, plan *fleet.Plan) error {
	if done, err := d.output.write(c.OutOrStdout(), itemsOf(plan)); done {
		return err
	}
	if d.request.Driver != decnet.DriverDocker {
		return writePlan(c.OutOrStdout(), plan)
	}
	if err := writePlan(c.ErrOrStderr(), plan); err != nil {
		return err
	}
	var deckies []decnet.Decky
	for _, s := range plan.Steps {
		if s.Action != fleet.Remove {
			deckies = append(deckies, s.Decky)
		}
	}
	cfg, _, err := d.loadConfig(nil)
	if err != nil {
		return err
	}
	file, err := compose.Generate(deckies, compose.Options{
		Installation: cfg.Deployer.Installation, Find: stack.FindService, BuildFlags: d.flags.buildFlags(),
	})
	if err != nil {
		return err
	}
	if d.flags.compose != "" {
		return d.writeCompose(c, file, cfg.Deployer.Binary)
	}
	_, err = c.OutOrStdout().Write(file)
	return err
}

// writeCompose writes everything that Compose needs into the folder of --compose.
func (d *deployment) writeCompose(c *cobra.Command, file []byte, binary string) error {
	program, err := deployer.FindBinary(binary)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(program)
	if err != nil {
		return fmt.Errorf("read the decoy program: %w", err)
	}
	if err := os.MkdirAll(d.flags.compose, 0o700); err != nil {
		return fmt.Errorf("--compose: %w", err)
	}
	for _, f := range []struct {
		name string
		data []byte
		mode os.FileMode
	}{
		{"docker-compose.yml", file, 0o600},
		{compose.Dockerfile, []byte(docker.Dockerfile(compose.Program)), 0o644},
		{compose.Program, data, 0o755},
	} {
		path := filepath.Join(d.flags.compose, f.name)
		if err := os.WriteFile(path, f.data, f.mode); err != nil {
			return fmt.Errorf("--compose: %w", err)
		}
		_ = printLine(c.OutOrStdout(), path)
	}
	return printLine(c.OutOrStdout(), dim.Render("run it there with: docker compose -p decnet up -d --build"))
}

// maxShown is how many steps of a plan are written one by one.
const maxShown = 40

func writePlan(w io.Writer, plan *fleet.Plan) error {
	_ = printLine(w, "Plan for fleet "+bold.Render(plan.Fleet)+"\n")
	changes := plan.Changes()
	var rows [][]string
	for i := range changes {
		if i == maxShown {
			break
		}
		rows = append(rows, planRow(&changes[i]))
	}
	if len(rows) > 0 {
		if err := printTable(w, []string{"", "decky", "hostname", "address", "system", "services", "changes"}, rows); err != nil {
			return err
		}
	}
	if more := len(changes) - len(rows); more > 0 {
		_ = printLine(w, dim.Render(fmt.Sprintf("… and %d more", more)))
	}
	for _, note := range plan.Notes {
		_ = printLine(w, warn.Render("note: ")+note)
	}
	return printLine(w, fmt.Sprintf("\n%d to add, %d to change, %d to remove, %d as they are\n",
		plan.Count(fleet.Add), plan.Count(fleet.Change), plan.Count(fleet.Remove), plan.Count(fleet.Keep)))
}

func planRow(s *fleet.Step) []string {
	it := itemOf(s)
	mark := good.Render("+")
	every := fmt.Sprintf("every %d min", it.MutateMinutes)
	if it.MutateMinutes == 0 {
		every = "never"
	}
	switch s.Action {
	case fleet.Change:
		mark, every = warn.Render("~"), strings.Join(s.What, ", ")
	case fleet.Remove:
		mark, every = bad.Render("-"), ""
	case fleet.Add, fleet.Keep:
	}
	system := it.OS
	if d := string(it.Stack); d != "" && !strings.Contains(it.OS, d) && d != "linux" {
		system += " " + dim.Render(d)
	}
	return []string{mark, it.Name, it.Hostname, it.Address, system, strings.Join(it.Services, " "), dim.Render(every)}
}
