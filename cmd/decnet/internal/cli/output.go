package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"
	"github.com/spf13/cobra"
	"go.yaml.in/yaml/v3"
)

// format is how a list is written.
type format string

const (
	asTable format = "table"
	asJSON  format = "json"
	asYAML  format = "yaml"
)

var formats = []string{string(asTable), string(asJSON), string(asYAML)}

// Set implements pflag.Value.
func (f *format) Set(s string) error {
	if !slices.Contains(formats, s) {
		return fmt.Errorf("want one of %v", formats)
	}
	*f = format(s)
	return nil
}

// String implements pflag.Value.
func (f *format) String() string { return string(*f) }

// Type implements pflag.Value.
func (f *format) Type() string { return "format" }

// outputFlag adds --output to a command that lists.
func outputFlag(c *cobra.Command) *format {
	f := asTable
	c.Flags().VarP(&f, "output", "o", "table, json or yaml")
	_ = c.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(formats, cobra.ShellCompDirectiveNoFileComp))
	return &f
}

// write writes items as JSON or YAML; ok is false for a table, which each
// command lays out itself.
func (f format) write(w io.Writer, items any) (ok bool, err error) {
	switch f {
	case asJSON:
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return true, e.Encode(items)
	case asYAML:
		// By way of JSON, so that both have the same names and forms.
		data, err := json.Marshal(items)
		if err != nil {
			return true, err
		}
		var v any
		if err := yaml.Unmarshal(data, &v); err != nil {
			return true, err
		}
		e := yaml.NewEncoder(w)
		e.SetIndent(2)
		return true, e.Encode(v)
	case asTable:
	}
	return false, nil
}

var (
	dim    = lipgloss.NewStyle().Faint(true)
	bold   = lipgloss.NewStyle().Bold(true)
	good   = lipgloss.NewStyle().Foreground(lipgloss.Green)
	warn   = lipgloss.NewStyle().Foreground(lipgloss.Yellow)
	bad    = lipgloss.NewStyle().Foreground(lipgloss.Red)
	cell   = lipgloss.NewStyle().PaddingRight(2)
	header = cell.Faint(true)
	// paragraph is running text below a term, wrapped.
	paragraph = lipgloss.NewStyle().Width(90).PaddingLeft(6)
)

// printTable writes rows under headers without lines, which is easy on the eye
// and on awk.
func printTable(w io.Writer, headers []string, rows [][]string) error {
	t := table.New().Headers(headers...).Rows(rows...).
		Border(lipgloss.HiddenBorder()).BorderTop(false).BorderBottom(false).BorderLeft(false).BorderRight(false).
		BorderHeader(false).BorderColumn(false).BorderRow(false).
		StyleFunc(func(row, _ int) lipgloss.Style {
			if row == table.HeaderRow {
				return header
			}
			return cell
		})
	return printLine(w, t.String())
}

// printLine writes text with as much colour as the terminal has and NO_COLOR
// allows.
func printLine(w io.Writer, text ...any) error {
	_, err := lipgloss.Fprintln(w, text...)
	return err
}
