package cli

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
)

func (a *app) labelCommand() *cobra.Command {
	return group(&cobra.Command{
		Use: "label", Short: "Say who sources are: your own scanners, others that mean no harm",
		Long: "A label says who the sources of a network are. With --mute they have no risk and nothing they do is told as news;\n" +
			"all of it is stored and counted all the same. It holds from the next event of a source on.",
	}, a.addLabel(), a.listLabels(), a.removeLabel())
}

// parsePrefix reads a network, or an address, which is a network of one.
func parsePrefix(s string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(s); err == nil {
		addr = addr.Unmap().WithZone("")
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return p, fmt.Errorf("%q: want an address such as 192.0.2.7 or a network such as 192.0.2.0/24", s)
	}
	if p != p.Masked() {
		return p, fmt.Errorf("%q has bits beyond its length: want %s", s, p.Masked())
	}
	return p, nil
}

func (a *app) addLabel() *cobra.Command {
	c := &cobra.Command{
		Use: "add NETWORK NAME", Short: "Label a network or an address; the same again replaces it",
		Example: "  decnet label add 192.0.2.7 \"our Nessus\" --mute --for 720h",
		Args:    exactArgs(2, "such as 192.0.2.7 \"our scanner\""),
	}
	kind := c.Flags().String("kind", string(decnet.LabelOwn), "own or benign")
	mute := c.Flags().Bool("mute", false, "no risk, no news")
	lasts := c.Flags().Duration("for", 0, "after how long it is void, such as 720h; 0 is never")
	_ = c.RegisterFlagCompletionFunc("kind", cobra.FixedCompletions([]string{string(decnet.LabelOwn), string(decnet.LabelBenign)}, cobra.ShellCompDirectiveNoFileComp))
	c.RunE = func(c *cobra.Command, args []string) error {
		prefix, err := parsePrefix(args[0])
		if err != nil {
			return usageError{err}
		}
		if *lasts < 0 {
			return usageError{fmt.Errorf("--for %v: want a time such as 720h", *lasts)}
		}
		l := decnet.SourceLabel{Prefix: prefix, Name: args[1], Kind: decnet.LabelKind(*kind), Mute: *mute, Created: time.Now().UTC()}
		if *lasts > 0 {
			l.Expires = l.Created.Add(*lasts)
		}
		if err := l.Validate(); err != nil {
			return usageError{err}
		}
		b, err := a.connect(c.Context())
		if err != nil {
			return err
		}
		defer b.Close()
		if err := bus.Labels.Set(c.Context(), b, l, l.Key()); err != nil {
			return err
		}
		return printLine(c.OutOrStdout(), fmt.Sprintf("%s is %s", prefix, oneLine(l.Name, decnet.MaxLabelName)))
	}
	return c
}

func (a *app) listLabels() *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "List labels, those that are void too", Args: noArgs}
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		b, err := a.connect(c.Context())
		if err != nil {
			return err
		}
		defer b.Close()
		entries, err := bus.Labels.List(c.Context(), b)
		if err != nil {
			return err
		}
		list := make([]decnet.SourceLabel, len(entries))
		for i := range entries {
			list[i] = entries[i].Value
		}
		slices.SortFunc(list, func(x, y decnet.SourceLabel) int { return strings.Compare(x.Key(), y.Key()) })
		if done, err := output.write(c.OutOrStdout(), list); done {
			return err
		}
		if len(list) == 0 {
			return printLine(c.OutOrStdout(), "no source has a label")
		}
		rows := make([][]string, len(list))
		for i := range list {
			rows[i] = labelRow(&list[i], time.Now())
		}
		return printTable(c.OutOrStdout(), []string{"network", "name", "kind", "muted", "until"}, rows)
	}
	return c
}

func labelRow(l *decnet.SourceLabel, now time.Time) []string {
	muted, until := "no", "for ever"
	if l.Mute {
		muted = "yes"
	}
	if !l.Expires.IsZero() {
		if until = l.Expires.Format(time.DateTime); !now.Before(l.Expires) {
			until += ", void"
		}
	}
	return []string{l.Prefix.String(), oneLine(l.Name, decnet.MaxLabelName), string(l.Kind), muted, until}
}

func (a *app) removeLabel() *cobra.Command {
	c := &cobra.Command{Use: "remove NETWORK", Short: "Remove a label", Args: exactArgs(1, `"decnet label list" shows them`)}
	c.RunE = func(c *cobra.Command, args []string) error {
		prefix, err := parsePrefix(args[0])
		if err != nil {
			return usageError{err}
		}
		b, err := a.connect(c.Context())
		if err != nil {
			return err
		}
		defer b.Close()
		entries, err := bus.Labels.List(c.Context(), b)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.Value.Prefix == prefix {
				if err := bus.Labels.Delete(c.Context(), b, e.Revision, e.Keys...); err != nil {
					return err
				}
				return printLine(c.OutOrStdout(), fmt.Sprintf("%s has no label any more", prefix))
			}
		}
		return fmt.Errorf("%s has no label: \"decnet label list\" shows them", prefix)
	}
	return c
}
