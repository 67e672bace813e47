package docker

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"strconv"
	"strings"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/build"
)

// DecoyImage is an image of a program on a distribution's base.
type DecoyImage struct {
	// Base is the image it is built on, such as "debian:bookworm-slim".
	Base string
	// Binary is the program: one file that needs no other. If it is nil, it is
	// read from File.
	Binary []byte
	File   string
	// Path is what the program is in the image, and what runs there; empty means
	// DefaultPath. Whoever gets in can see it.
	Path string
	// Name is the image's name without a tag, such as "decnet/decoy". The tag
	// says what it is made of.
	Name   string
	Labels map[string]string
	// NoCache builds it even if it is there.
	NoCache bool
}

// DefaultPath is where the program is in an image: a place that says nothing.
const DefaultPath = "/usr/sbin/svcd"

const dockerfile = `ARG BASE_IMAGE
FROM ${BASE_IMAGE}
COPY %[1]s %[2]s
ENTRYPOINT [%[3]s]
CMD []
`

// Dockerfile is what such an image is built from, with the program as a file of that
// name beside it; base is its build argument BASE_IMAGE.
func Dockerfile(program string) string {
	return fmt.Sprintf(dockerfile, program, DefaultPath, strconv.Quote(DefaultPath))
}

// BuildDecoyImage builds an image and returns its name with the tag. The tag is a
// digest of the base and the program, so that what is built already is not built
// again. The classic builder does it, which every engine has; nothing is executed
// and nothing but the base is fetched. Progress may be nil.
//
// The error wraps ErrNoImage if the base is neither there nor to be had, and
// ErrDiskFull.
func (e *Engine) BuildDecoyImage(ctx context.Context, d DecoyImage, progress func(string)) (ref string, err error) {
	if err := d.complete(); err != nil {
		return "", fmt.Errorf("build image %s: %w", d.Name, err)
	}
	if err := e.EnsureImage(ctx, d.Base, progress); err != nil {
		return "", fmt.Errorf("build image %s: %w", d.Name, err)
	}
	base, err := e.api.ImageInspect(ctx, d.Base)
	if err != nil {
		return "", e.tell("build image "+d.Name, err)
	}
	program := sha256.Sum256(d.Binary)
	sum := digest([]any{dockerfile, base.ID, hex.EncodeToString(program[:]), d.Path, d.Labels})
	ref = d.Name + ":" + sum[:16]
	if there, err := e.api.ImageInspect(ctx, ref); err == nil && !d.NoCache && there.Config != nil && there.Config.Labels[Label] == sum {
		return ref, nil
	}
	// A new file in an old system would be noticed.
	made, err := time.Parse(time.RFC3339Nano, base.Created)
	if err != nil || made.Year() < 2000 {
		made = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	files, err := d.files(made)
	if err != nil {
		return "", fmt.Errorf("build image %s: %w", ref, err)
	}
	err = retry(ctx, passing, func() error { return e.build(ctx, &d, ref, sum, files, progress) })
	if err != nil {
		return "", e.tell(fmt.Sprintf("build image %s on %s", ref, d.Base), err)
	}
	return ref, nil
}

func (d *DecoyImage) complete() (err error) {
	if d.Binary == nil {
		if d.Binary, err = os.ReadFile(d.File); err != nil {
			return err
		}
	}
	if d.Path == "" {
		d.Path = DefaultPath
	}
	switch {
	case d.Base == "" || d.Name == "" || strings.Contains(path.Base(d.Name), ":"):
		return errors.New("it needs a base, and a name without a tag")
	case !path.IsAbs(d.Path) || path.Clean(d.Path) != d.Path || strings.ContainsAny(d.Path, " $\\\"\n"):
		return fmt.Errorf("the program cannot be at %q in it: give an absolute path", d.Path)
	case !bytes.HasPrefix(d.Binary, []byte("\x7fELF")):
		return errors.New("its program is no Linux binary: build it with GOOS=linux CGO_ENABLED=0")
	}
	return nil
}

// files are what the builder gets, as a tar archive.
func (d *DecoyImage) files(made time.Time) ([]byte, error) {
	exec, err := json.Marshal(d.Path)
	if err != nil {
		return nil, err
	}
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, f := range []struct {
		name string
		mode int64
		data []byte
	}{{"Dockerfile", 0o644, fmt.Appendf(nil, dockerfile, "program", d.Path, exec)}, {"program", 0o755, d.Binary}} {
		head := tar.Header{Name: f.name, Mode: f.mode, Size: int64(len(f.data)), ModTime: made, Format: tar.FormatGNU}
		if err := w.WriteHeader(&head); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	return buf.Bytes(), w.Close()
}

func (e *Engine) build(ctx context.Context, d *DecoyImage, ref, sum string, files []byte, progress func(string)) error {
	if progress != nil {
		progress(fmt.Sprintf("%s: building on %s", ref, d.Base))
	}
	answer, err := e.api.ImageBuild(ctx, bytes.NewReader(files), build.ImageBuildOptions{
		Tags: []string{ref}, BuildArgs: map[string]*string{"BASE_IMAGE": &d.Base}, Labels: labelled(d.Labels, sum),
		NoCache: d.NoCache, Remove: true, ForceRemove: true, Version: build.BuilderV1, NetworkMode: "none",
	})
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }() // it was only read
	err = messages(answer.Body, func(m *message) {
		if step := strings.TrimSpace(m.Stream); progress != nil && strings.HasPrefix(step, "Step ") {
			progress(ref + ": " + printable(step, maxText))
		}
	})
	if cerrdefs.IsNotFound(err) || err != nil && contains(err, "not found", "No such image") {
		return fmt.Errorf("%w: the base %s has just been removed: try again: %w", ErrNoImage, d.Base, err)
	}
	return err
}
