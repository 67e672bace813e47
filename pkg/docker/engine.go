package docker

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"time"

	"github.com/docker/docker/client"
)

// oldestAPI is that of engine 20.10, the oldest that distributions still carry.
const oldestAPI = "1.41"

// answerWithin is how long an engine may take to say that it is there.
const answerWithin = 10 * time.Second

// Engine is a connection to a Docker engine. Its methods may be called by several
// goroutines at once, but not for the same container, image or network.
type Engine struct {
	api     *client.Client
	leaving func(ctx context.Context, id string, labels map[string]string)
}

// BeforeRemoval has f called with every container that is about to be removed, when
// it is stopped and its log is still there. It must be set before anything is done.
func (e *Engine) BeforeRemoval(f func(ctx context.Context, id string, labels map[string]string)) {
	e.leaving = f
}

// Version says which engine it is.
type Version struct {
	// Engine is its release, such as "20.10.24".
	Engine string
	// API is the version of the API that is spoken with it, such as "1.41".
	API string
	// OS and Kernel are those of its host.
	OS, Kernel string
}

// Connect connects to the engine at host, such as "unix:///var/run/docker.sock" or
// "tcp://192.0.2.7:2376". Empty means what the docker command takes without a
// context: DOCKER_HOST with DOCKER_TLS_VERIFY and DOCKER_CERT_PATH, or else the
// usual socket. Close ends the connection.
//
// The error wraps ErrAbsent if no engine answers within ten seconds, ErrDenied if
// this user may not ask it, and ErrTooOld if it is older than 20.10.
func Connect(ctx context.Context, host string) (*Engine, error) {
	if strings.HasPrefix(host, "ssh://") {
		return nil, fmt.Errorf("docker engine at %s: ssh is not spoken here: forward its socket (ssh -L) and give the unix:// address", host)
	}
	options := []client.Opt{client.WithHostFromEnv(), client.WithTLSClientConfigFromEnv(), client.WithAPIVersionNegotiation()}
	if host != "" {
		options = append(options, client.WithHost(host))
	}
	api, err := client.NewClientWithOpts(options...)
	if err != nil {
		return nil, fmt.Errorf("docker engine at %s: %w", host, err)
	}
	e := &Engine{api: api}
	ctx, cancel := context.WithTimeout(ctx, answerWithin)
	defer cancel()
	if err := e.greet(ctx); err != nil {
		return nil, errors.Join(err, api.Close())
	}
	return e, nil
}

// greet finds out whether the engine can be talked to.
func (e *Engine) greet(ctx context.Context) error {
	// The client's own errors do not tell why a socket cannot be used.
	if path, ok := strings.CutPrefix(e.api.DaemonHost(), "unix://"); ok {
		conn, err := new(net.Dialer).DialContext(ctx, "unix", path)
		if errors.Is(err, fs.ErrPermission) {
			return fmt.Errorf("%w at %s: add the user to the group docker, or use sudo", ErrDenied, e.api.DaemonHost())
		}
		if err != nil {
			return e.absent(err)
		}
		_ = conn.Close() // nothing was sent
	}
	if err := e.Ping(ctx); err != nil {
		return err
	}
	e.api.NegotiateAPIVersion(ctx)
	if !reaches(e.api.ClientVersion(), oldestAPI) {
		return fmt.Errorf("%w: the one at %s speaks API %s, version 20.10 (API %s) or later is needed: upgrade it",
			ErrTooOld, e.api.DaemonHost(), e.api.ClientVersion(), oldestAPI)
	}
	return nil
}

// Ping reports whether the engine answers.
func (e *Engine) Ping(ctx context.Context) error {
	p, err := e.api.Ping(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		return e.absent(err)
	}
	if err != nil {
		return e.tell("ping the engine", err)
	}
	if p.APIVersion == "" {
		return e.absent(errors.New("what answers there is no Docker engine"))
	}
	return nil
}

// Version asks the engine which one it is.
func (e *Engine) Version(ctx context.Context) (Version, error) {
	v, err := e.api.ServerVersion(ctx)
	if err != nil {
		return Version{}, e.tell("ask the engine for its version", err)
	}
	return Version{Engine: v.Version, API: e.api.ClientVersion(), OS: v.Os, Kernel: v.KernelVersion}, nil
}

// Close ends the connection. Containers go on.
func (e *Engine) Close() error { return e.api.Close() }
