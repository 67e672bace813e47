package stack

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/decnet/decnet/pkg/worker"
)

// lockDir makes dir and takes it for this process; the returned file is the lock.
func lockDir(dir string) (*os.File, error) {
	if err := worker.MakeDir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data directory %s: %w", dir, cause(err))
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data directory %s: %w", dir, cause(err))
	}
	if err := unix.FcntlFlock(f.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_WRLCK}); err != nil {
		_ = f.Close()
		if r, rerr := ReadRunFile(dir); rerr == nil {
			return nil, fmt.Errorf("data directory %s is in use by decnet with pid %d: stop it, or choose another with --data-dir", dir, r.PID)
		}
		return nil, fmt.Errorf("data directory %s is in use by another decnet: stop it, or choose another with --data-dir", dir)
	}
	return f, nil
}

// cause is the last of a path error's parts; its path was said already.
func cause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// RunFile tells other commands of this user where the running stack is.
type RunFile struct {
	PID     int       `json:"pid"`
	Host    string    `json:"host"` // the stack's name for this machine
	Version string    `json:"version"`
	BusURL  string    `json:"bus_url"` // with its token, hence mode 0600
	APIURL  string    `json:"api_url"`
	Started time.Time `json:"started"`
	// Background says that no terminal holds it, so that teardown may end it.
	Background bool `json:"background,omitempty"`
}

// ErrNotRunning says that no stack runs on a data directory.
var ErrNotRunning = errors.New("no stack runs")

// notRunning is that error in the words that a user needs.
type notRunning struct{ message string }

func (e notRunning) Error() string   { return e.message }
func (notRunning) Is(err error) bool { return err == ErrNotRunning }

// IsRunning reports whether a stack holds dir. Process numbers are used again,
// locks are not.
func IsRunning(dir string) bool {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR, 0)
	if err != nil {
		return errors.Is(err, fs.ErrPermission) // another user's, and we cannot tell
	}
	defer func() { _ = f.Close() }()
	// Asking takes no lock, so it is in nobody's way.
	held := unix.Flock_t{Type: unix.F_WRLCK}
	return unix.FcntlFlock(f.Fd(), unix.F_OFD_GETLK, &held) == nil && held.Type != unix.F_UNLCK
}

func runPath(dir string) string { return filepath.Join(dir, "run.json") }

// ReadRunFile finds the stack that runs on dir. It fails if there is none.
func ReadRunFile(dir string) (*RunFile, error) {
	data, err := os.ReadFile(runPath(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, notRunning{fmt.Sprintf("no decnet runs on data directory %s: start one with \"decnet up\", or name a bus with --bus", dir)}
	}
	if err != nil {
		return nil, fmt.Errorf("data directory %s: %w", dir, err)
	}
	var r RunFile
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", runPath(dir), err)
	}
	if !IsRunning(dir) {
		return nil, notRunning{fmt.Sprintf("the decnet of data directory %s (pid %d) has died: start it again with \"decnet up\"", dir, r.PID)}
	}
	return &r, nil
}

func writeRunFile(dir string, r RunFile) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := writeSecret(runPath(dir), string(data)); err != nil {
		return err
	}
	// Whoever started this with sudo asks how it is without.
	worker.HandBack(dir, filepath.Base(runPath(dir)))
	return nil
}

// writeSecret replaces a file that only its owner may read, whole or not at all.
func writeSecret(path, content string) error {
	tmp := path + ".new"
	if err := os.WriteFile(tmp, []byte(content+"\n"), 0o600); err != nil {
		return fmt.Errorf("write %s: %w", path, cause(err))
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("write %s: %w", path, cause(err))
	}
	return nil
}

// secret returns the content of a file of dir, made at its first use.
func secret(dir, name string, fresh func() string) (value string, isNew bool, err error) {
	path := filepath.Join(dir, name)
	data, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(data)), false, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", false, fmt.Errorf("read %s: %w", path, cause(err))
	}
	value = fresh()
	if err := writeSecret(path, value); err != nil {
		return "", false, err
	}
	if name == passwordFile { // the one secret that is for a person
		worker.HandBack(dir, name)
	}
	return value, true, nil
}

// PasswordFile is where the first user's password is kept until somebody
// deletes it.
func PasswordFile(dir string) string { return filepath.Join(dir, passwordFile) }

const passwordFile = "initial-admin-password"
