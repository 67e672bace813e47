package cli

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

func (a *app) profileCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "profile ADDRESS", Short: "Who one attacker is",
		Long: "Shows what is known of an attacker: manner, tools, intent, how far they got, where they were, what they tried,\n" +
			"and the risk with its reasons. Behind every statement stand the ids of events that it rests on, with --evidence.",
		Args: exactArgs(1, "the address of an attacker, or its id"),
	}
	output := outputFlag(c)
	evidence := c.Flags().Bool("evidence", false, "show the ids of the events behind each statement")
	c.RunE = func(c *cobra.Command, args []string) error {
		id, err := attackerID(args[0])
		if err != nil || id == "" {
			return usageError{fmt.Errorf("%q: want an IP address such as 203.0.113.7, or an attacker's id", args[0])}
		}
		cfg, err := a.storeConfig(c)
		if err != nil {
			return err
		}
		p, err := readProfile(c.Context(), cfg, id)
		switch {
		case decnet.ErrorCode(err) == decnet.CodeNotFound:
			return fmt.Errorf("there is no profile of %s: it was never seen, or only just", id.Addr())
		case err != nil:
			return err
		}
		p = p.Public()
		if done, err := output.write(c.OutOrStdout(), p); done {
			return err
		}
		return (&profilePage{w: c.OutOrStdout(), evidence: *evidence}).print(&p)
	}
	return c
}

func readProfile(ctx context.Context, cfg store.Config, id decnet.AttackerID) (decnet.Profile, error) {
	s, err := openToRead(ctx, cfg)
	if err != nil {
		return decnet.Profile{}, err
	}
	defer func() { _ = s.Close() }() // was only read
	return s.Attackers.Profile(ctx, id)
}

// profilePage lays a profile out for people. It remembers the first error of writing.
type profilePage struct {
	w        io.Writer
	evidence bool
	err      error
}

func (pp *profilePage) line(format string, args ...any) {
	if pp.err == nil {
		pp.err = printLine(pp.w, fmt.Sprintf(format, args...))
	}
}

// section writes a heading, and items below it if there are any.
func (pp *profilePage) section(name string, items []string) {
	if len(items) == 0 {
		return
	}
	pp.line("\n%s", bold.Render(name))
	for _, item := range items {
		pp.line("  %s", item)
	}
}

// with adds evidence to an item, if it was asked for.
func (pp *profilePage) with(item string, ids []string) string {
	if !pp.evidence || len(ids) == 0 {
		return item
	}
	return item + "  " + dim.Render(strings.Join(ids, " "))
}

func (pp *profilePage) print(p *decnet.Profile) error {
	score := fmt.Sprintf("risk %d of 100", p.Risk.Score)
	switch {
	case p.Risk.Score >= 60:
		score = bad.Render(score)
	case p.Risk.Score >= 30:
		score = warn.Render(score)
	}
	pp.line("%s  %s", bold.Render(p.Address.String()), score)
	if l := p.Label; l != nil {
		text := fmt.Sprintf("%s (%s)", oneLine(l.Name, decnet.MaxLabelName), l.Kind)
		if l.Mute {
			text += ", muted"
		}
		pp.line("%s", warn.Render(text))
	}
	pp.line("seen %s to %s UTC, %d events, %d sessions", p.FirstSeen.Format(time.DateTime), p.LastSeen.Format(time.DateTime), p.Events, p.Sessions)
	pp.line("on %s by %s", countsText(p.Deckies), countsText(p.Services))
	pp.line("%s", pp.with(fmt.Sprintf("behavior: %s (%s)", p.Behavior.Class, p.Behavior.Reason), p.Behavior.Evidence))
	actor := fmt.Sprintf("actor: %s", p.Actor.Kind)
	if p.Actor.Confidence > 0 {
		actor += fmt.Sprintf(", %d %% sure (%s)", p.Actor.Confidence, strings.Join(p.Actor.Reasons, "; "))
	}
	pp.line("%s", pp.with(actor, p.Actor.Evidence))
	if p.Phase != "" {
		pp.line("furthest phase: %s", p.Phase)
	}
	if p.Machine != nil {
		pp.section("Machine, by its packets", machineLines(p.Machine))
	}
	pp.statements("Tools", p.Tools)
	pp.statements("Intents", p.Intents)
	pp.statements("Phases", p.Phases)
	pp.statements("Looks whether this is a decoy", p.DecoyChecks)
	pp.path(p)
	pp.tried(p)
	var parts []string
	for i := range p.Risk.Parts {
		r := &p.Risk.Parts[i]
		of := "     "
		if r.Most > 0 {
			of = fmt.Sprintf("of %2d", r.Most)
		}
		parts = append(parts, pp.with(fmt.Sprintf("%+3d %s  %-10s %s", r.Points, of, r.Name, r.Reason), r.Evidence))
	}
	pp.section(fmt.Sprintf("Risk %d", p.Risk.Score), parts)
	return pp.err
}

func (pp *profilePage) statements(name string, list []decnet.Statement) {
	var items []string
	for i := range list {
		s := &list[i]
		items = append(items, pp.with(fmt.Sprintf("%s, %d %% sure, %d times since %s (%s)", s.Name, s.Confidence, s.Count, s.Since.Format(time.DateTime), strings.Join(s.Signatures, ", ")), s.Evidence))
	}
	pp.section(name, items)
}

func (pp *profilePage) path(p *decnet.Profile) {
	if len(p.Deckies) < 2 {
		return
	}
	var items []string
	for i := range p.Path {
		h := &p.Path[i]
		items = append(items, pp.with(fmt.Sprintf("%s  %s for %s, %d events", h.From.Format(time.DateTime), h.Decky, h.Dwell().Round(time.Millisecond), h.Events), []string{h.Event}))
	}
	pp.section(fmt.Sprintf("Path, %d hops", p.HopCount), items)
}

// tried are credentials, commands and files.
func (pp *profilePage) tried(p *decnet.Profile) {
	var items []string
	for i := range p.Credentials {
		c := &p.Credentials[i]
		text := fmt.Sprintf("%s %s:%s  %d times", c.Service, oneLine(c.Principal, 64), oneLine(c.Secret, 64), c.Attempts)
		if c.Accepted {
			text += "  " + bad.Render("let in")
		}
		items = append(items, pp.with(text, []string{c.Event}))
	}
	pp.section(ofAll("Credentials", len(p.Credentials), p.CredentialCount, "first"), items)
	items = nil
	for i := range p.Commands {
		c := &p.Commands[i]
		items = append(items, pp.with(fmt.Sprintf("%s  %s  %s", c.Time.Format(time.DateTime), c.Decky, oneLine(c.Command, 160)), []string{c.Event}))
	}
	pp.section(ofAll("Commands", len(p.Commands), p.CommandCount, "latest"), items)
	items = nil
	for i := range p.Artifacts {
		f := &p.Artifacts[i]
		text := f.URL
		if text == "" {
			text = f.SHA256 + "  " + f.Path
		}
		items = append(items, pp.with(oneLine(text, 160), []string{f.Event}))
	}
	pp.section("Files", items)
}

func ofAll(name string, have int, all uint64, which string) string {
	if uint64(have) >= all { //nolint:gosec // a length
		return name
	}
	return fmt.Sprintf("%s, the %s %d of %d", name, which, have, all)
}

// countsText are the largest counts, such as "web-01 12, db-02 3".
func countsText(counts map[string]uint64) string {
	names := make([]string, 0, len(counts))
	for name := range counts {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int {
		if counts[a] != counts[b] {
			if counts[a] > counts[b] {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	const most = 6
	var parts []string
	for i, name := range names {
		if i == most {
			parts = append(parts, fmt.Sprintf("and %d more", len(names)-most))
			break
		}
		parts = append(parts, fmt.Sprintf("%s %d", oneLine(name, 64), counts[name]))
	}
	return strings.Join(parts, ", ")
}

// machineLines is what is known of an attacker's machine.
func machineLines(m *decnet.Machine) (lines []string) {
	add := func(name, value string) {
		if value != "" {
			lines = append(lines, name+": "+oneLine(value, 200))
		}
	}
	system := m.OS
	if m.Distance > 0 {
		system += fmt.Sprintf(", %d hops away", m.Distance)
	}
	add("system", system)
	add("calls itself", m.Hostname)
	add("network card", strings.TrimSpace(m.MAC+" "+m.Vendor))
	add("programs", strings.Join(m.Clients, ", "))
	if m.Scans > 0 {
		add("scans", fmt.Sprint(m.Scans))
	}
	return lines
}
