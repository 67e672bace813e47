package cli

import (
	"cmp"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/profiler/signature"
)

func (a *app) signaturesCommand() *cobra.Command {
	return group(&cobra.Command{
		Use: "signatures", Short: "What the profiler knows tools and intentions by",
		Long: "Signatures say what events mean. docs/profiles.md tells how to write your own; the setting profiler.signatures\n" +
			"names the folder they are in.",
	}, a.listSignatures(), a.checkSignatures())
}

// signatureLine is one signature in a list.
type signatureLine struct {
	ID         string             `json:"id"`
	Title      string             `json:"title"`
	Tool       string             `json:"tool,omitempty"`
	Phase      decnet.AttackPhase `json:"phase,omitempty"`
	Intent     decnet.Intent      `json:"intent,omitempty"`
	DecoyCheck string             `json:"decoy_check,omitempty"`
	Confidence int                `json:"confidence"`
}

func (a *app) listSignatures() *cobra.Command {
	c := &cobra.Command{Use: "list [FOLDER]", Short: "List the built-in signatures, and those of a folder", Args: cobra.MaximumNArgs(1)}
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		dir := ""
		if len(args) > 0 {
			dir = args[0]
		}
		set, err := readSignatures(dir)
		if err != nil {
			return err
		}
		all := set.Signatures()
		slices.SortFunc(all, func(x, y signature.Signature) int { return cmp.Compare(x.ID, y.ID) })
		list := make([]signatureLine, len(all))
		rows := make([][]string, len(all))
		for i := range all {
			s := &all[i]
			list[i] = signatureLine{s.ID, s.Title, s.Tool, s.Phase, s.Intent, s.DecoyCheck, s.Confidence}
			rows[i] = []string{s.ID, fmt.Sprint(s.Confidence), oneLine(s.Concludes(), 70), oneLine(s.Title, 70)}
		}
		if done, err := output.write(c.OutOrStdout(), list); done {
			return err
		}
		return printTable(c.OutOrStdout(), []string{"id", "sure", "concludes", "title"}, rows)
	}
	return c
}

func (a *app) checkSignatures() *cobra.Command {
	c := &cobra.Command{Use: "check FOLDER", Short: "Read the signatures of a folder and run their tests", Args: exactArgs(1, "a folder with .yaml files")}
	c.RunE = func(c *cobra.Command, args []string) error {
		if _, err := signature.WithFolder(args[0]); err != nil {
			return err
		}
		list, err := signature.Read(os.DirFS(args[0]))
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fmt.Errorf("%s has no .yaml file with signatures", args[0])
		}
		set, err := signature.Compile(list)
		if err != nil {
			return err
		}
		wrong := set.Check()
		for _, err := range wrong {
			if err := printLine(c.OutOrStdout(), bad.Render("wrong  ")+err.Error()); err != nil {
				return err
			}
		}
		tests := 0
		for i := range list {
			tests += len(list[i].Tests)
		}
		if len(wrong) > 0 {
			return fmt.Errorf("%d of %d tests of %d signatures do not come out", len(wrong), tests, len(list))
		}
		return printLine(c.OutOrStdout(), good.Render(fmt.Sprintf("%d signatures are right, and their %d tests come out", len(list), tests)))
	}
	return c
}
