package cli

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/artifact"
	"github.com/decnet/decnet/pkg/store"
)

func (a *app) sessionsCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "sessions",
		Short: "What was recorded of terminals: list, play, export",
		Long: "What happens on a decky's terminals is recorded: what was typed, what was shown, and when. The list comes from\n" +
			"the database, the recordings from the folder collector.artifacts of the host that the decky is on.",
	}, a.listSessions(), a.playSession(), a.exportSession())
}

func (a *app) listSessions() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "List recordings, the newest first", Args: noArgs}
	flags := c.Flags()
	limit := flags.Int("limit", 50, "how many at most")
	decky := flags.String("decky", "", "only of this decky")
	service := flags.String("service", "", "only of this service, such as ssh")
	attacker := flags.String("attacker", "", "only of this attacker: an address or an id")
	since := flags.Duration("since", 0, "only of so long ago or less, such as 24h")
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		q := store.EventQuery{Kind: decnet.KindRecorded, Decky: *decky, Service: *service}
		switch {
		case *limit < 1:
			return usageError{fmt.Errorf("--limit %d: want at least 1", *limit)}
		case *since < 0:
			return usageError{fmt.Errorf("--since %v: want a time such as 24h", *since)}
		case *since > 0:
			q.Since = time.Now().Add(-*since)
		}
		var err error
		if q.Attacker, err = attackerID(*attacker); err != nil {
			return usageError{fmt.Errorf("--attacker %q: %w", *attacker, err)}
		}
		cfg, err := a.storeConfig(c)
		if err != nil {
			return err
		}
		list, more, err := recordings(c.Context(), cfg, &q, *limit)
		if err != nil {
			return err
		}
		if done, err := output.write(c.OutOrStdout(), list); done {
			return err
		}
		return printRecordings(c, list, more)
	}
	return c
}

// attackerID reads an id or an address; "" is none.
func attackerID(s string) (decnet.AttackerID, error) {
	if s == "" {
		return "", nil
	}
	if addr, err := netip.ParseAddr(s); err == nil {
		return decnet.AttackerIDOf(addr), nil
	}
	return decnet.ParseAttackerID(s)
}

// recordings are the newest that q selects. more says that there are others.
func recordings(ctx context.Context, cfg store.Config, q *store.EventQuery, limit int) (list []decnet.Recording, more bool, err error) {
	s, err := openToRead(ctx, cfg)
	if err != nil {
		return nil, false, err
	}
	defer func() { _ = s.Close() }() // was only read
	list = []decnet.Recording{}
	for {
		q.Limit = min(limit-len(list), store.MaxLimit)
		events, next, err := s.Events.List(ctx, *q)
		if err != nil {
			return nil, false, err
		}
		for i := range events {
			if r, ok := decnet.RecordingOf(&events[i]); ok {
				list = append(list, r)
			}
		}
		if q.Cursor = next; next == "" || len(list) >= limit {
			return list, next != "", nil
		}
	}
}

func printRecordings(c *cobra.Command, list []decnet.Recording, more bool) error {
	if len(list) == 0 {
		return printLine(c.OutOrStdout(), "no terminal was recorded")
	}
	rows := make([][]string, len(list))
	for i := range list {
		r := &list[i]
		id := r.ID
		if id == "" {
			id = "not kept"
		}
		rows[i] = []string{
			id, r.Started.Format(time.RFC3339), r.Decky, r.Service, r.Source.String(), oneLine(r.User, 32),
			(time.Duration(r.Duration) * time.Millisecond).Round(time.Second).String(), fmt.Sprint(r.Bytes),
		}
		if r.Reason != "" {
			rows[i] = append(rows[i], oneLine(r.Reason, 60))
		} else {
			rows[i] = append(rows[i], "")
		}
	}
	if err := printTable(c.OutOrStdout(), []string{"recording", "started", "decky", "service", "attacker", "user", "length", "bytes", ""}, rows); err != nil {
		return err
	}
	if more {
		return printLine(c.OutOrStdout(), dim.Render("… and more; --limit shows them"))
	}
	return nil
}

// openRecording opens the recording called id.
func (a *app) openRecording(c *cobra.Command, id string) (*os.File, error) {
	if err := artifact.CheckID(id); err != nil {
		return nil, usageError{fmt.Errorf("%q is no name of a recording: see \"decnet sessions list\"", id)}
	}
	cfg, warnings, err := a.loadConfig(nil)
	for _, w := range warnings {
		_, _ = fmt.Fprintln(c.ErrOrStderr(), "warning: "+w)
	}
	if err != nil {
		return nil, err
	}
	dir := artifact.Dir(cfg.Collector.Artifacts)
	path, err := dir.Path(artifact.Session, id)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		return nil, fmt.Errorf("there is no recording %s in %s: it is on another host, still going on, or was removed to make room", id, dir.Sessions())
	}
	return f, err
}
