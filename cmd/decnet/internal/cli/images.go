package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"sync"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
	"github.com/decnet/decnet/pkg/decnet/fleet"
	"github.com/decnet/decnet/pkg/docker"
	"github.com/decnet/decnet/services/deployer"
	"github.com/decnet/decnet/services/deployer/containers"
)

func (a *app) imagesCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "images",
		Short: "Container images of the docker driver: build them, and take them where no registry is",
		Args:  noArgs,
	}
	c.AddCommand(a.imagesBuildCommand(), a.imagesSaveCommand(), a.imagesLoadCommand())
	return c
}

// dockerHere is the docker driver of this host as it is configured.
type dockerHere struct {
	*docker.Engine
	cfg deployer.Config
}

// dockerHere connects to the engine that the deployer of this host uses.
func (a *app) dockerHere(ctx context.Context) (*dockerHere, error) {
	cfg, _, err := a.loadConfig(nil)
	if err != nil {
		return nil, err
	}
	e, err := docker.Connect(ctx, cfg.Deployer.Engine)
	if err != nil {
		return nil, err
	}
	return &dockerHere{Engine: e, cfg: cfg.Deployer}, nil
}

// imageFlags say which images a command is about.
type imageFlags struct {
	distros []string
	more    []string
}

func newImageFlags(c *cobra.Command) *imageFlags {
	f := &imageFlags{}
	c.Flags().StringSliceVar(&f.distros, "distro", []string{"debian"}, "operating systems that the deckies claim, with commas; see decnet distros")
	c.Flags().StringSliceVar(&f.more, "image", nil, "an image of your own services as well; may be given more than once")
	_ = c.RegisterFlagCompletionFunc("distro", cobra.FixedCompletions(osNames(), cobra.ShellCompDirectiveNoFileComp))
	return f
}

// bases are the images that decoys are built on.
func (f *imageFlags) bases() ([]string, error) {
	var all []string
	for _, slug := range f.distros {
		o, err := catalog.FindOS(slug)
		if err != nil {
			return nil, usageError{fmt.Errorf("--distro: %w", err)}
		}
		all = append(all, o.Image)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}

func (a *app) imagesBuildCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "build",
		Short: "Pull the bases and put the decoy program on them",
		Long:  "Nothing but the base images is pulled. The deployer builds what is missing by itself; this does it beforehand.",
		Args:  noArgs,
	}
	f := newImageFlags(c)
	noCache := c.Flags().Bool("no-cache", false, "build them anew")
	parallel := c.Flags().Bool("parallel", false, "build them at the same time")
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		h, err := a.dockerHere(c.Context())
		if err != nil {
			return err
		}
		defer func() { _ = h.Close() }() // what is built is there
		refs, err := f.build(c, h, *noCache, *parallel)
		if err != nil {
			return err
		}
		return showImages(c, *output, refs)
	}
	return c
}

// build has the images there and returns the names of all, bases included.
func (f *imageFlags) build(c *cobra.Command, h *dockerHere, noCache, parallel bool) ([]string, error) {
	bases, err := f.bases()
	if err != nil {
		return nil, err
	}
	built, err := h.buildOn(c, bases, noCache, parallel)
	if err != nil {
		return nil, err
	}
	for _, ref := range f.more {
		if err := h.EnsureImage(c.Context(), ref, progressTo(c.ErrOrStderr())); err != nil {
			return nil, err
		}
	}
	return slices.Concat(bases, built, f.more), nil
}

// buildOn puts the decoy program on bases. It goes on after an error.
func (h *dockerHere) buildOn(c *cobra.Command, bases []string, noCache, parallel bool) ([]string, error) {
	binary := func() (string, error) { return deployer.FindBinary(h.cfg.Binary) }
	refs, errs := make([]string, len(bases)), make([]error, len(bases))
	var g errgroup.Group
	g.SetLimit(1)
	if parallel {
		g.SetLimit(len(bases))
	}
	tell := progressTo(c.ErrOrStderr())
	for i, base := range bases {
		g.Go(func() error {
			refs[i], errs[i] = containers.BuildImage(c.Context(), h.Engine, base, binary, noCache, tell)
			return nil
		})
	}
	_ = g.Wait() // the errors are in errs
	return refs, errors.Join(errs...)
}

// progressTo writes what is told, line by line, without repeating itself.
func progressTo(w io.Writer) func(string) {
	var mu sync.Mutex
	last := ""
	return func(text string) {
		mu.Lock()
		defer mu.Unlock()
		if text != last {
			last = text
			_ = printLine(w, dim.Render("  "+text))
		}
	}
}

// buildImages builds beforehand what a plan needs where --no-cache or --parallel ask
// for it; otherwise the deployer does, as far as it has to.
func (d *deployment) buildImages(c *cobra.Command, plan *fleet.Plan) error {
	if !d.flags.noCache && !d.flags.parallel {
		return nil
	}
	if here, err := d.host(""); err != nil || here != d.request.Host {
		return usageError{fmt.Errorf("--no-cache and --parallel build images on this host, not on %s: use \"decnet images build\" there", d.request.Host)}
	}
	h, err := d.dockerHere(c.Context())
	if err != nil {
		return err
	}
	defer func() { _ = h.Close() }() // what is built is there
	var bases []string
	for _, s := range plan.Steps {
		if o, err := catalog.FindOS(s.Decky.OS); err == nil && s.Action != fleet.Remove && s.Decky.Driver == decnet.DriverDocker {
			bases = append(bases, o.Image)
		}
	}
	slices.Sort(bases)
	// What cannot be built is told of the deckies that need it.
	if _, err := h.buildOn(c, slices.Compact(bases), d.flags.noCache, d.flags.parallel); err != nil {
		_ = printLine(c.ErrOrStderr(), warn.Render("note: ")+err.Error())
	}
	return nil
}

func (a *app) imagesSaveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "save FILE",
		Short: "Write images to a file, for a host that reaches no registry",
		Long:  "Writes the bases, the decoy program on them, and images of your own into one tar archive. On the other\nhost it is read with \"decnet images load\".",
		Args:  exactArgs(1, ""),
	}
	f := newImageFlags(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		h, err := a.dockerHere(c.Context())
		if err != nil {
			return err
		}
		defer func() { _ = h.Close() }() // what was saved is
		refs, err := f.build(c, h, false, false)
		if err != nil {
			return err
		}
		return h.save(c, refs, args[0])
	}
	return c
}

// save writes images beside the file first, so that there is a whole one or none.
func (h *dockerHere) save(c *cobra.Command, refs []string, path string) error {
	part := path + ".part"
	out, err := os.Create(part)
	if err != nil {
		return fmt.Errorf("save images: %w", err)
	}
	err = errors.Join(h.Save(c.Context(), refs, out), out.Close())
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part))
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	return printLine(c.OutOrStdout(), fmt.Sprintf("%d images in %s, %.1f MB", len(refs), path, float64(info.Size())/1e6))
}

func (a *app) imagesLoadCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "load FILE",
		Short: "Take images from a file that \"decnet images save\" or \"docker save\" wrote; - reads standard input",
		Args:  exactArgs(1, ""),
	}
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		in := io.Reader(c.InOrStdin())
		if args[0] != "-" {
			f, err := os.Open(args[0])
			if err != nil {
				return fmt.Errorf("load images: %w", err)
			}
			defer func() { _ = f.Close() }() // it was only read
			in = f
		}
		h, err := a.dockerHere(c.Context())
		if err != nil {
			return err
		}
		defer func() { _ = h.Close() }() // what is loaded is there
		refs, err := h.Load(c.Context(), in, progressTo(c.ErrOrStderr()))
		if err != nil {
			return err
		}
		return showImages(c, *output, refs)
	}
	return c
}

func showImages(c *cobra.Command, output format, refs []string) error {
	if done, err := output.write(c.OutOrStdout(), refs); done {
		return err
	}
	for _, ref := range refs {
		if err := printLine(c.OutOrStdout(), ref); err != nil {
			return err
		}
	}
	return nil
}
