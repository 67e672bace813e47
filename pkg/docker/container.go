package docker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
)

// EnsureContainer has a container run as spec says. One that is as it should be and
// runs is left alone; one that is stopped is started; one that differs, or whose
// image has been replaced by another one of the same name, is removed and made
// anew; one that joined a container which has been started again since is started
// again too, because what it joined is gone. Changed says whether anything was done.
//
// After every start the MAC address is read back, from the interface itself where
// this process is root on the engine's host; a container that has another one is
// removed again and the error wraps ErrMAC. One that does not stay up is an
// *ExitError, and is left to the engine's restart policy. The error wraps ErrNoImage
// if the image is not there, ErrGone if there is no container to join, and ErrForeign
// if the name belongs to a container that DECNET did not make.
func (e *Engine) EnsureContainer(ctx context.Context, spec Spec) (id string, changed bool, err error) {
	if err := spec.check(); err != nil {
		return "", false, fmt.Errorf("container %s: %w", spec.Name, err)
	}
	id, changed, err = e.ensureContainer(ctx, &spec)
	if err != nil {
		return id, changed, e.tell(fmt.Sprintf("container %s of image %s", spec.Name, spec.imageName()), err)
	}
	return id, changed, nil
}

func (e *Engine) ensureContainer(ctx context.Context, spec *Spec) (string, bool, error) {
	base, err := e.joined(ctx, spec)
	if err != nil {
		return "", false, err
	}
	there, err := e.inspect(ctx, spec.Name)
	if isNotFound(err) {
		id, err := e.makeContainer(ctx, spec)
		return id, true, err
	}
	if err != nil {
		return "", false, err
	}
	keep, err := e.keeps(ctx, spec, &there)
	if err != nil {
		return "", false, err
	}
	if keep && there.State.Running && !there.State.Restarting && !there.State.Paused {
		if base == nil || !startedBefore(&there, base) {
			return there.ID, false, checkMAC(spec, &there)
		}
		none := 0
		if err := e.api.ContainerStop(ctx, there.ID, container.StopOptions{Timeout: &none}); err != nil {
			return there.ID, true, err
		}
		return there.ID, true, e.start(ctx, spec, there.ID)
	}
	if keep {
		err := e.revive(ctx, spec, &there)
		if err == nil || !errors.Is(err, errNotStarted) {
			return there.ID, true, err
		}
	}
	// It differs, or what it needs for a start, such as its network, is not what
	// it was made with.
	if err := e.removeContainer(ctx, there.ID); err != nil {
		return there.ID, false, err
	}
	id, err := e.makeContainer(ctx, spec)
	return id, true, err
}

// joined looks up the container that spec joins and puts its id in the spec, so
// that another container of that name is another spec.
func (e *Engine) joined(ctx context.Context, spec *Spec) (*container.InspectResponse, error) {
	if spec.JoinContainer == "" {
		return nil, nil
	}
	base, err := e.inspect(ctx, spec.JoinContainer)
	if isNotFound(err) {
		return nil, fmt.Errorf("it cannot join %s: %w", spec.JoinContainer, ErrGone)
	}
	if err != nil {
		return nil, err
	}
	if !base.State.Running {
		return nil, fmt.Errorf("it cannot join %s, which does not run: start that first", plainName(&base))
	}
	spec.JoinContainer = base.ID
	return &base, nil
}

// keeps reports whether a container that is there is what spec says.
func (e *Engine) keeps(ctx context.Context, spec *Spec, there *container.InspectResponse) (bool, error) {
	have := there.Config.Labels
	if owner := have[LabelInstallation]; owner != "" && owner != spec.Labels[LabelInstallation] {
		return false, fmt.Errorf("%w but by another installation, which has a container of that name: give one of the two another name", ErrForeign)
	}
	if have[Label] == "" && (len(spec.Labels) == 0 || !carries(have, spec.Labels)) {
		return false, fmt.Errorf("%w: there is another container of that name: remove it with: docker rm -f %s", ErrForeign, spec.Name)
	}
	if have[Label] != digest(spec) || there.State.Dead || there.State.Status == "removing" {
		return false, nil
	}
	image, err := e.api.ImageInspect(ctx, spec.Image)
	if isNotFound(err) { // what runs does not need its name any more
		return true, nil
	}
	return err == nil && image.ID == there.Image, err
}

// startedBefore reports whether a joined container belongs to an earlier run of its base.
func startedBefore(c, base *container.InspectResponse) bool {
	a, errA := time.Parse(time.RFC3339Nano, c.State.StartedAt)
	b, errB := time.Parse(time.RFC3339Nano, base.State.StartedAt)
	return errA == nil && errB == nil && a.Before(b)
}

// revive gets a container that is there to run.
func (e *Engine) revive(ctx context.Context, spec *Spec, there *container.InspectResponse) error {
	if there.State.Paused {
		if err := e.api.ContainerUnpause(ctx, there.ID); err != nil {
			return err
		}
	}
	return e.start(ctx, spec, there.ID)
}

func (e *Engine) makeContainer(ctx context.Context, spec *Spec) (string, error) {
	config, host, networks := e.translate(spec)
	made, err := e.api.ContainerCreate(ctx, config, host, networks, nil, spec.Name)
	switch {
	case err == nil:
	case isNotFound(err) && contains(err, "image", "Image"):
		return "", fmt.Errorf("%w: pull it or %s: %w", ErrNoImage, loadIt, plain(err))
	case cerrdefs.IsConflict(err):
		return "", fmt.Errorf("another process has made one of that name just now: try again: %w", plain(err))
	default:
		return "", err
	}
	if err := e.start(ctx, spec, made.ID); err != nil {
		var exit *ExitError
		if errors.As(err, &exit) {
			return made.ID, err
		}
		// What never ran is of no use to anybody. The context may have ended.
		clean, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerWithin)
		defer cancel()
		return "", errors.Join(err, e.removeContainer(clean, made.ID))
	}
	return made.ID, nil
}

// RemoveContainer ends a container and removes it, with its log and the volumes
// that were made for it alone. It is no error if there is none. The error wraps
// ErrForeign if it has no label of DECNET's.
func (e *Engine) RemoveContainer(ctx context.Context, id string) error {
	there, err := e.inspect(ctx, id)
	switch {
	case isNotFound(err):
		return nil
	case err == nil && !isOurs(there.Config.Labels):
		err = fmt.Errorf("%w: remove it with: docker rm -f %s", ErrForeign, id)
	case err == nil:
		err = e.removeContainer(ctx, there.ID)
	}
	if err != nil {
		return e.tell("remove container "+id, err)
	}
	return nil
}

func (e *Engine) removeContainer(ctx context.Context, id string) error {
	if err := e.takeLeave(ctx, id); err != nil && !isNotFound(err) {
		return err
	}
	wait := backoff{first: 20 * time.Millisecond, most: time.Second}
	for {
		err := e.api.ContainerRemove(ctx, id, container.RemoveOptions{Force: true, RemoveVolumes: true})
		if err == nil || isNotFound(err) {
			return nil
		}
		// Somebody else is at it already: it is gone when the engine knows it no more.
		if !cerrdefs.IsConflict(err) || !strings.Contains(err.Error(), "already in progress") {
			return err
		}
		if err := wait.wait(ctx); err != nil {
			return err
		}
	}
}

// patience is how long a container may take to end when it is asked to, in seconds.
const patience = 2

// takeLeave stops a container and has what BeforeRemoval was given called.
func (e *Engine) takeLeave(ctx context.Context, id string) error {
	if e.leaving == nil {
		return nil
	}
	c, err := e.inspect(ctx, id)
	if err != nil {
		return err
	}
	seconds := patience
	if err := e.api.ContainerStop(ctx, id, container.StopOptions{Timeout: &seconds}); err != nil {
		return err
	}
	e.leaving(ctx, c.ID, c.Config.Labels)
	return nil
}

// nameOf is a container's name; the engine puts slashes into it.
func nameOf(c *container.Summary) string {
	if i := slices.IndexFunc(c.Names, func(n string) bool { return strings.Count(n, "/") == 1 }); i >= 0 {
		return strings.TrimPrefix(c.Names[i], "/")
	}
	return c.ID
}
