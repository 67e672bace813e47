package containers

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/decnet/decnet/pkg/docker"
)

// Repository is where the images with the decoy program are, by its tags.
const Repository = "decnet/decoy"

// fresh is how long an image is taken to be there, and one that could not be had not
// to be.
const fresh = 10 * time.Second

// images makes the images with the decoy program, each once for all who need it.
type images struct {
	making sync.WaitGroup
	mu     sync.Mutex
	made   map[string]*made // by base
}

// made is an image that is being made, or was.
type made struct {
	done chan struct{}
	at   time.Time
	ref  string
	err  error

	mu     sync.Mutex
	listen []func(string)
}

// decoy returns the image with the decoy program on base. Progress is told how far it
// is, also by another's call. It is made until whole ends, and waited for until ctx
// does: others may be waiting for it too.
func (i *images) decoy(ctx, whole context.Context, e *docker.Engine, base string, binary func() (string, error), progress func(string)) (string, error) {
	i.mu.Lock()
	m := i.made[base]
	if m != nil && !m.at.IsZero() && time.Since(m.at) > fresh {
		m = nil
	}
	mine := m == nil
	if mine {
		m = &made{done: make(chan struct{})}
		i.made[base] = m
	}
	m.mu.Lock()
	m.listen = append(m.listen, progress)
	m.mu.Unlock()
	i.mu.Unlock()
	if mine {
		i.making.Go(func() {
			defer close(m.done)
			ref, err := BuildImage(whole, e, base, binary, false, m.tell)
			i.mu.Lock()
			defer i.mu.Unlock()
			m.ref, m.err, m.at = ref, err, time.Now()
		})
	}
	select {
	case <-m.done:
		return m.ref, m.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// forget has the image of base looked for again: it is not there any more.
func (i *images) forget(base string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if m := i.made[base]; m != nil && !m.at.IsZero() {
		delete(i.made, base)
	}
}

func (m *made) tell(text string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range m.listen {
		f(text)
	}
}

// BuildImage makes the image with the decoy program on base, which is pulled if it
// is not there, and returns its name. One that is there is not made again unless anew
// is set. Progress may be nil. For the errors see docker.Engine.BuildDecoyImage.
func BuildImage(ctx context.Context, e *docker.Engine, base string, binary func() (string, error), anew bool, progress func(string)) (string, error) {
	path, err := binary()
	if err != nil {
		return "", err
	}
	program, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read the decoy program: %w", err)
	}
	return e.BuildDecoyImage(ctx, docker.DecoyImage{Base: base, Binary: program, Name: Repository + "-" + slugOf(base), NoCache: anew}, progress)
}

// StableName is what Compose calls the image with the decoy program on base: its
// content is the same as that of BuildImage's, whose tag says what that is.
func StableName(base string) string { return Repository + "-" + slugOf(base) + ":compose" }

// slugOf makes a part of an image's name from a base's: debian-bookworm-slim.
func slugOf(base string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(base))
}
