package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"
)

// Save writes images to w as one tar archive, with their names, which Load and
// "docker load" take. The error wraps ErrNoImage if one of them is not there; then
// nothing was written.
func (e *Engine) Save(ctx context.Context, refs []string, w io.Writer) error {
	if len(refs) == 0 {
		return errors.New("save images: none are named")
	}
	for _, ref := range refs {
		if _, err := e.api.ImageInspect(ctx, ref); isNotFound(err) {
			return fmt.Errorf("save image %s: %w: see what is with: docker images", ref, ErrNoImage)
		} else if err != nil {
			return e.tell("save image "+ref, err)
		}
	}
	body, err := e.api.ImageSave(ctx, refs)
	if err != nil {
		return e.tell("save images", err)
	}
	defer func() { _ = body.Close() }() // it was only read
	if _, err := io.Copy(w, body); err != nil {
		return fmt.Errorf("save images %s: %w", strings.Join(refs, ", "), err)
	}
	return nil
}

// Load takes images from a tar archive that Save or "docker save" wrote, and returns
// their names, or ids of those that have none. Progress may be nil.
func (e *Engine) Load(ctx context.Context, r io.Reader, progress func(string)) ([]string, error) {
	answer, err := e.api.ImageLoad(ctx, r, client.ImageLoadWithQuiet(false))
	if err != nil {
		return nil, e.tell("load images", err)
	}
	defer func() { _ = answer.Body.Close() }() // it was only read
	var loaded []string
	l := newLayers("loading", progress)
	err = messages(answer.Body, func(m *message) {
		for line := range strings.Lines(m.Stream) {
			// It says "Loaded image: NAME" or "Loaded image ID: ID".
			if _, ref, ok := strings.Cut(line, ": "); ok && strings.HasPrefix(line, "Loaded image") {
				loaded = append(loaded, strings.TrimSpace(ref))
			}
		}
		l.add(m)
	})
	if err != nil {
		return loaded, e.tell("load images", err)
	}
	if len(loaded) == 0 {
		return nil, errors.New("load images: there are none in it: give it what \"docker save\" wrote")
	}
	return loaded, nil
}

// ImportRootfs makes an image of one layer from a tar archive of a root file system
// and names it ref. Changes are instructions of a Dockerfile, such as "USER 65534".
func (e *Engine) ImportRootfs(ctx context.Context, tar io.Reader, ref string, changes ...string) error {
	body, err := e.api.ImageImport(ctx, image.ImportSource{Source: tar, SourceName: "-"}, ref, image.ImportOptions{Changes: changes})
	if err != nil {
		return e.tell("import image "+ref, err)
	}
	defer func() { _ = body.Close() }() // it was only read
	if err := messages(body, func(*message) {}); err != nil {
		return e.tell("import image "+ref, err)
	}
	return nil
}
