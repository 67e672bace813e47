// Package world is what one decky remembers of whom, so that it looks like a machine
// that stays: a password that was right is right again, and files that were written
// are there again, whichever service somebody comes in by. In come sources and what
// they did, out go the files and accounts that each of them is to find.
//
// Every source has a world to itself. The least recent are forgotten first, and
// those that stayed away for long find a fresh machine.
package world

import (
	"container/list"
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/shell"
	"github.com/decnet/decnet/pkg/decnet"
)

const (
	// maxSources bounds the sources whose passwords are remembered, maxFiles
	// those whose files are, and maxUsers the user names of one.
	maxSources = 512
	maxFiles   = 16
	maxUsers   = 3
)

// SettingExpiry is the setting of a service that says how long a world is kept.
const SettingExpiry = "world_expiry"

// expirySetting declares SettingExpiry.
func expirySetting() decnet.SettingSpec {
	return decnet.SettingSpec{
		Name: SettingExpiry, Type: decnet.SettingInt, Default: "168", Min: 1, Max: 8760,
		Doc: "After how many hours away a source finds a fresh machine again, without its files and its password; " +
			"services of one decky remember together, for the longest of their times.",
	}
}

// A World is one decky's. Its methods may be called concurrently.
type World struct {
	// System is the machine that all sources find.
	System *shell.System

	mu      sync.Mutex
	expiry  time.Duration
	sources map[netip.Addr]*list.Element
	recent  *list.List // of *remembered, most recent first
	// last is the last login of each user name, by whomever.
	last map[string]Login
}

type remembered struct {
	source    netip.Addr
	visit     time.Time
	passwords map[string][sha256.Size]byte
	wrong     int // passwords that were refused for being too early
	files     *shell.FS
	settings  []string // of a device
}

// Login is when somebody logged in and from where.
type Login struct {
	At   time.Time
	From netip.Addr
}

// Of returns the world that the services of m share. Its settings must have
// SettingExpiry.
func Of(m decoy.Machine) *World {
	fresh := func() any {
		return &World{
			System: shell.NewSystem(m.Persona, m.Address, m.Services...), sources: make(map[netip.Addr]*list.Element), recent: list.New(),
			last: make(map[string]Login),
		}
	}
	w := m.Shared.Value("world", fresh).(*World) //nolint:forcetypeassert // nothing else has this key
	w.mu.Lock()
	defer w.mu.Unlock()
	w.expiry = max(w.expiry, time.Duration(m.Settings.Int(SettingExpiry))*time.Hour)
	return w
}

// FirstPassword accepts the first password that source offers for user, and that
// one from then on.
func (w *World) FirstPassword(source netip.Addr, user string, password []byte) bool {
	return w.passwordAfter(source, user, password, 0)
}

// passwordAfter is FirstPassword after as many wrong ones as wrong says.
func (w *World) passwordAfter(source netip.Addr, user string, password []byte, wrong int) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.of(source, time.Now())
	sum := sha256.Sum256(password)
	if right, ok := r.passwords[user]; ok {
		return right == sum
	}
	if r.wrong < wrong {
		r.wrong++
		return false
	}
	if len(r.passwords) >= maxUsers {
		return false
	}
	r.passwords[user] = sum
	return true
}

// SetPassword makes password the one of user for source, as passwd does. It is
// for users that have one already or of whom there is room for one more.
func (w *World) SetPassword(source netip.Addr, user string, password []byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.of(source, time.Now())
	if _, ok := r.passwords[user]; ok || len(r.passwords) < maxUsers {
		r.passwords[user] = sha256.Sum256(password)
	}
}

// of returns what is known of a source, which is here now, and makes it the most
// recent.
func (w *World) of(source netip.Addr, now time.Time) *remembered {
	for e := w.recent.Back(); e != nil; e = w.recent.Back() {
		old := e.Value.(*remembered) //nolint:forcetypeassert // nothing else is put in
		if now.Sub(old.visit) < w.expiry && w.recent.Len() < maxSources || old.source == source && now.Sub(old.visit) < w.expiry {
			break
		}
		w.recent.Remove(e)
		delete(w.sources, old.source)
	}
	e, ok := w.sources[source]
	if !ok {
		e = w.recent.PushFront(&remembered{source: source, passwords: make(map[string][sha256.Size]byte)})
		w.sources[source] = e
	}
	w.recent.MoveToFront(e)
	r := e.Value.(*remembered) //nolint:forcetypeassert // nothing else is put in
	r.visit = now
	return r
}

// Files returns the files as source left them, or those of a machine that it has
// not been to.
func (w *World) Files(source netip.Addr) *shell.FS {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.of(source, time.Now())
	if r.files == nil {
		r.files = w.System.NewFS()
	}
	kept := 0
	for e := w.recent.Front(); e != nil; e = e.Next() {
		other := e.Value.(*remembered) //nolint:forcetypeassert // nothing else is put in
		if other.files == nil {
			continue
		}
		if kept++; kept > maxFiles {
			other.files = nil
			break
		}
	}
	return r.files
}

// LoggedIn takes note of a login and returns the one before it. Before anybody else
// came, it was somebody of the machine's own network; ok is false for a user name
// that nobody had.
func (w *World) LoggedIn(user string, from netip.Addr, now time.Time) (last Login, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	last, ok = w.last[user]
	if ok || len(w.last) < maxSources {
		w.last[user] = Login{now, from}
	}
	if !ok {
		last.At, last.From, ok = w.System.LastLogin(user)
	}
	return last, ok
}
