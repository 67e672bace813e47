package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/cmd/decnet/internal/replay"
	"github.com/decnet/decnet/pkg/worker"
)

func (a *app) playSession() *cobra.Command {
	c := &cobra.Command{
		Use: "play RECORDING", Short: "Play a recording in this terminal",
		Long: "Shows what the attacker saw, as fast as he saw it; Ctrl-C ends it. Of what his terminal was told, only text,\n" +
			"colours and moves of the cursor reach yours: no titles, no clipboard, nothing that it would answer.",
		Args: exactArgs(1, `"decnet sessions list" shows them`),
	}
	speed := c.Flags().Float64("speed", 1, "how many times as fast; 0 is without pauses")
	idle := c.Flags().Duration("idle", 2*time.Second, "the longest pause; 0 is as long as it was")
	c.RunE = func(c *cobra.Command, args []string) error {
		switch {
		case *speed < 0 || *speed > 1000:
			return usageError{fmt.Errorf("--speed %v: want 0 to 1000", *speed)}
		case *idle < 0:
			return usageError{fmt.Errorf("--idle %v: want a time such as 2s", *idle)}
		}
		f, err := a.openRecording(c, args[0])
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }() // was only read
		return replay.Play(c.Context(), f, c.OutOrStdout(), replay.Options{
			Speed: *speed, Idle: *idle, Wait: func(ctx context.Context, d time.Duration) { worker.Sleep(ctx, d) },
		})
	}
	return c
}

func (a *app) exportSession() *cobra.Command {
	c := &cobra.Command{
		Use: "export RECORDING FILE", Short: "Write a recording to a file, as it is",
		Long: "The file is an asciicast of version 2, for asciinema and its players. It has all that the attacker's terminal\n" +
			"was told: a player that shows it on your terminal passes that on, which \"decnet sessions play\" does not.",
		Args: exactArgs(2, `"decnet sessions list" shows recordings`),
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		f, err := a.openRecording(c, args[0])
		if err != nil {
			return err
		}
		defer func() { _ = f.Close() }() // was only read
		out, err := os.OpenFile(args[1], os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%s is there already: choose another name", args[1])
		}
		if err != nil {
			return err
		}
		n, err := io.Copy(out, f)
		if err := errors.Join(err, out.Close()); err != nil {
			return fmt.Errorf("write %s: %w", args[1], err)
		}
		return printLine(c.OutOrStdout(), fmt.Sprintf("%d bytes are in %s", n, oneLine(args[1], 200)))
	}
	return c
}
