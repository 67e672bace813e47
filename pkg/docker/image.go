package docker

import (
	"context"
	"errors"
	"fmt"
	"strings"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/image"
)

// loadIt is how an image comes to a host that reaches no registry.
const loadIt = "bring it from a host that has it (docker save) and load it with: decnet images load FILE"

// EnsureImage has an image on the engine's host: one that is there is taken as it
// is, another one is pulled without credentials, three times if need be. Progress,
// if not nil, is told in words how far that is.
//
// The error wraps ErrNoImage if the registry does not have it or cannot be reached,
// and ErrDiskFull.
func (e *Engine) EnsureImage(ctx context.Context, ref string, progress func(string)) error {
	_, err := e.api.ImageInspect(ctx, ref)
	if err == nil {
		return nil
	}
	if !isNotFound(err) {
		return e.tell("look for image "+ref, err)
	}
	if err := retry(ctx, passing, func() error { return e.pull(ctx, ref, progress) }); err != nil {
		return e.notPulled(ref, err)
	}
	return nil
}

func (e *Engine) pull(ctx context.Context, ref string, progress func(string)) error {
	l := newLayers(ref, progress)
	l.tell(ref + ": pulling")
	body, err := e.api.ImagePull(ctx, ref, image.PullOptions{})
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // it was only read
	return messages(body, l.add)
}

// absentFromRegistry are words of registries that answered.
var absentFromRegistry = []string{"pull access denied", "manifest unknown", "not found", "repository does not exist", "no matching manifest", "denied", "unauthorized"}

// passing reports whether an error may be gone at the next attempt.
func passing(err error) bool {
	if cerrdefs.IsNotFound(err) || cerrdefs.IsInvalidArgument(err) || cerrdefs.IsUnauthorized(err) || cerrdefs.IsPermissionDenied(err) {
		return false
	}
	return !contains(err, "no space left on device") && !contains(err, absentFromRegistry...)
}

func contains(err error, words ...string) bool {
	for _, w := range words {
		if strings.Contains(err.Error(), w) {
			return true
		}
	}
	return false
}

func (e *Engine) notPulled(ref string, err error) error {
	doing := "pull image " + ref
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), cerrdefs.IsInvalidArgument(err), contains(err, "no space left on device"):
		return e.tell(doing, err)
	case !passing(err):
		return fmt.Errorf("%s: %w, and its registry does not have it: correct the name, or %s: %w", doing, ErrNoImage, loadIt, plain(err))
	}
	return fmt.Errorf("%s: %w, and its registry cannot be reached: %s: %w", doing, ErrNoImage, loadIt, plain(err))
}
