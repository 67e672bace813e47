package stack

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// lockDir makes dir and takes it for this process; the returned file is the lock.
func lockDir(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data directory %s: %w", dir, cause(err))
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data directory %s: %w", dir, cause(err))
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
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
	Version string    `json:"version"`
	BusURL  string    `json:"bus_url"` // with its token, hence mode 0600
	APIURL  string    `json:"api_url"`
	Started time.Time `json:"started"`
}

func runPath(dir string) string { return filepath.Join(dir, "run.json") }

// ReadRunFile finds the stack that runs on dir. It fails if there is none.
func ReadRunFile(dir string) (*RunFile, error) {
	data, err := os.ReadFile(runPath(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no decnet runs on data directory %s: start one with \"decnet up\", or name a bus with --bus", dir)
	}
	if err != nil {
		return nil, fmt.Errorf("data directory %s: %w", dir, err)
	}
	var r RunFile
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("%s is damaged: %w", runPath(dir), err)
	}
	if syscall.Kill(r.PID, 0) == syscall.ESRCH {
		return nil, fmt.Errorf("the decnet of data directory %s (pid %d) has died: start it again with \"decnet up\"", dir, r.PID)
	}
	return &r, nil
}

func writeRunFile(dir string, r RunFile) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return writeSecret(runPath(dir), string(data))
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
	return value, true, writeSecret(path, value)
}

// PasswordFile is where the first user's password is kept until somebody
// deletes it.
func PasswordFile(dir string) string { return filepath.Join(dir, passwordFile) }

const passwordFile = "initial-admin-password"

// installationSeed is what all deckies of this installation derive from.
func installationSeed(dir string) (string, error) {
	seed, _, err := secret(dir, "installation-seed", func() string {
		var b [32]byte
		_, _ = rand.Read(b[:]) // never fails, see crypto/rand
		return hex.EncodeToString(b[:])
	})
	return seed, err
}
