package docker

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/versions"
	"github.com/docker/docker/client"
)

// What errors of this package wrap. Each error says in one line what is to be done.
var (
	// ErrAbsent: no engine answers.
	ErrAbsent = errors.New("no docker engine answers")
	// ErrDenied: this user may not talk to the engine.
	ErrDenied = errors.New("no permission to use the docker engine")
	// ErrTooOld: the engine is older than 20.10.
	ErrTooOld = errors.New("the docker engine is too old")
	// ErrNoImage: an image is neither on the engine's host nor to be had.
	ErrNoImage = errors.New("the image is not there")
	// ErrDiskFull: the disk of the engine's host is full.
	ErrDiskFull = errors.New("the disk of the docker engine is full")
	// ErrGone: there is no such container any more.
	ErrGone = errors.New("there is no such container")
	// ErrInUse: a network that would have to be made anew has containers.
	ErrInUse = errors.New("the network has containers")
	// ErrForeign: it was made by somebody else and is left alone.
	ErrForeign = errors.New("it was not made by DECNET")
	// ErrMAC: the engine gave a container another MAC address than was asked for.
	ErrMAC = errors.New("the engine does not give the MAC address that was asked for")
)

// absent wraps ErrAbsent.
func (e *Engine) absent(cause error) error {
	return fmt.Errorf("%w at %s: install it (apt-get install docker.io) and start it (systemctl start docker), or set DOCKER_HOST: %w",
		ErrAbsent, e.api.DaemonHost(), cause)
}

// tell makes an error of the client one of ours: doing says what was tried.
func (e *Engine) tell(doing string, err error) error {
	switch {
	case client.IsErrConnectionFailed(err):
		return fmt.Errorf("%s: %w", doing, e.absent(plain(err)))
	case strings.Contains(err.Error(), "no space left on device"):
		return fmt.Errorf("%s: %w: free some of it (docker system prune): %w", doing, ErrDiskFull, plain(err))
	}
	return fmt.Errorf("%s: %w", doing, plain(err))
}

// plainError is an engine's error as one line in lower case.
type plainError struct {
	text string
	err  error
}

func (p plainError) Error() string { return p.text }
func (p plainError) Unwrap() error { return p.err }

// maxText is how much of what an engine or a container says is in an error, in bytes.
const maxText = 600

func plain(err error) error {
	text := err.Error()
	for _, prefix := range []string{"Error response from daemon: ", "Error: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	if r := []rune(text); len(r) > 1 && unicode.IsUpper(r[0]) && unicode.IsLower(r[1]) {
		text = strings.ToLower(string(r[:1])) + string(r[1:])
	}
	return plainError{printable(text, maxText), err}
}

// printable is text as one line of at most limit bytes without anything that a
// terminal obeys: what containers write is hostile.
func printable(text string, limit int) string {
	cut := len(text) > limit
	text = strings.ToValidUTF8(text[:min(len(text), limit)], "?")
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsPrint(r):
			return r
		case unicode.IsSpace(r):
			return ' '
		}
		return '?'
	}, strings.TrimSpace(text))
	if cut {
		text += " ..."
	}
	return text
}

func isNotFound(err error) bool { return cerrdefs.IsNotFound(err) }

// reaches compares versions of the API.
func reaches(version, want string) bool { return versions.GreaterThanOrEqualTo(version, want) }
