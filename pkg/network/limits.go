package network

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// reserve is how many files this process has open besides the sockets of
// deckies: the bus, the store, logs.
const reserve = 512

// perDecky is how many neighbours each decky may know before old ones are
// forgotten: the gateway, and whoever is on the LAN and attacks.
const perDecky = 4

// ErrUnseen says that a limit is the host's and cannot be looked at, let alone
// raised, from the network namespace of this process. It may be high enough.
var ErrUnseen = errors.New("not to be seen from this network namespace")

// RaiseLimits makes room for that many deckies on this host, and for that many
// sockets in this process and its children: it raises the soft limit of open
// files, and the size of the host's neighbour tables, which all deckies share
// and without which they fall silent. It lowers nothing.
//
// The error says in one line all that could not be done, and how to do it; what
// could be is done all the same. It wraps ErrNoPrivilege where only the rights
// are missing, and ErrUnseen where it may be all right.
func RaiseLimits(deckies, sockets int) error {
	var errs []error
	if err := raiseOpenFiles(sockets); err != nil {
		errs = append(errs, err)
	}
	for _, family := range []string{"ipv4", "ipv6"} {
		if err := raiseNeighbours(filepath.Join("/proc/sys/net", family, "neigh/default"), family, deckies); err != nil {
			errs = append(errs, err)
		}
	}
	return oneLine(errs)
}

// oneLine joins errors with semicolons.
func oneLine(errs []error) error {
	switch len(errs) {
	case 0:
		return nil
	case 1:
		return errs[0]
	}
	return fmt.Errorf("%w; %w", errs[0], oneLine(errs[1:]))
}

func raiseOpenFiles(sockets int) error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return fmt.Errorf("ask for the limit of open files: %w", err)
	}
	raised, err := openFiles(limit, sockets)
	if err != nil || raised == limit {
		return err
	}
	// Go gives children the limit it was started with, unless it is set here.
	if err := unix.Setrlimit(unix.RLIMIT_NOFILE, &raised); err != nil {
		return fmt.Errorf("raise the limit of open files to %d: %w", raised.Cur, denied(err))
	}
	return nil
}

// openFiles is the limit that is enough for sockets.
func openFiles(limit unix.Rlimit, sockets int) (unix.Rlimit, error) {
	need := uint64(max(sockets, 0)) + reserve
	if limit.Max < need {
		return limit, fmt.Errorf("%d sockets need %d open files, and the hard limit (RLIMIT_NOFILE) is %d: raise it with LimitNOFILE=%d in the systemd unit or \"ulimit -Hn %d\", or have fewer deckies", sockets, need, limit.Max, need, need)
	}
	limit.Cur = max(limit.Cur, need)
	return limit, nil
}

// raiseNeighbours raises the bounds of one family's neighbour table, whose
// folder exists on the host, but in none of its network namespaces.
func raiseNeighbours(dir, family string, deckies int) error {
	const usual = 1024 // the kernel's own gc_thresh3
	base := perDecky * deckies
	// Up to gc_thresh1 entries nothing is forgotten, above gc_thresh3 there are
	// none. The highest comes first, so that they are in order at any time.
	for _, bound := range []struct {
		file string
		want int
	}{{"gc_thresh3", 2 * base}, {"gc_thresh2", base + base/2}, {"gc_thresh1", base}} {
		name := fmt.Sprintf("net.%s.neigh.default.%s", family, bound.file)
		path := filepath.Join(dir, bound.file)
		text, err := os.ReadFile(path)
		if errors.Is(err, os.ErrNotExist) {
			if _, err := os.Stat(filepath.Dir(filepath.Dir(dir))); errors.Is(err, os.ErrNotExist) || 2*base <= usual {
				return nil // there is no such family, or what every host has is enough
			}
			return fmt.Errorf("%w: %d deckies share the host's neighbour table: see that \"sysctl %s\" says at least %d on the host", ErrUnseen, deckies, name, bound.want)
		}
		if err != nil {
			return fmt.Errorf("read the sysctl %s: %w", name, err)
		}
		have, err := strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil {
			return fmt.Errorf("read the sysctl %s: %w", name, err)
		}
		if have >= bound.want {
			continue
		}
		if err := os.WriteFile(path, []byte(strconv.Itoa(bound.want)), 0); err != nil {
			return fmt.Errorf("%d deckies need a larger neighbour table than %d entries: run \"sysctl -w %s=%d\" as root: %w", deckies, have, name, bound.want, refused(err))
		}
	}
	return nil
}

// refused marks what was not written for want of rights; containers have the
// host's settings read-only.
func refused(err error) error {
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) || errors.Is(err, unix.EROFS) {
		return fmt.Errorf("%w: %w", ErrNoPrivilege, err)
	}
	return err
}
