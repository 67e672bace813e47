package ssh

import (
	"container/list"
	"crypto/sha256"
	"net/netip"
	"sync"
	"time"

	"github.com/decnet/decnet/decoys/shell"
)

const (
	// maxSources bounds the sources whose passwords are remembered, maxFiles
	// those whose files are, and maxUsers the user names of one.
	maxSources = 512
	maxFiles   = 16
	maxUsers   = 3
)

// memory is what one decky remembers of whom, so that it looks like a machine
// that stays: a password that was right is right again, and files that were
// written are there again. The least recent is forgotten first.
type memory struct {
	mu      sync.Mutex
	sources map[netip.Addr]*list.Element
	recent  *list.List // of *remembered, most recent first
	// lastLogin is the last of each user name, by whomever.
	lastLogin map[string]lastLogin
}

type remembered struct {
	source    netip.Addr
	passwords map[string][sha256.Size]byte
	wrong     int // passwords that were refused for being too early
	files     *shell.FS
}

type lastLogin struct {
	at   time.Time
	from netip.Addr
}

func newMemory() *memory {
	return &memory{sources: make(map[netip.Addr]*list.Element), recent: list.New(), lastLogin: make(map[string]lastLogin)}
}

// first accepts the first password that source offers for user after as many wrong
// ones as wrong says, and that one from then on.
func (m *memory) first(source netip.Addr, user string, password []byte, wrong int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.of(source)
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

// of returns what is known of a source and makes it the most recent.
func (m *memory) of(source netip.Addr) *remembered {
	if e, ok := m.sources[source]; ok {
		m.recent.MoveToFront(e)
		return e.Value.(*remembered) //nolint:forcetypeassert // nothing else is put in
	}
	r := &remembered{source: source, passwords: make(map[string][sha256.Size]byte)}
	m.sources[source] = m.recent.PushFront(r)
	if m.recent.Len() > maxSources {
		oldest := m.recent.Remove(m.recent.Back()).(*remembered) //nolint:forcetypeassert // nothing else is put in
		delete(m.sources, oldest.source)
	}
	return r
}

// filesOf returns the files as source left them; fresh makes those of a machine
// that it has not been to.
func (m *memory) filesOf(source netip.Addr, fresh func() *shell.FS) *shell.FS {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.of(source)
	if r.files == nil {
		r.files = fresh()
	}
	kept := 0
	for e := m.recent.Front(); e != nil; e = e.Next() {
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

// loggedIn notes a login and returns the one before it.
func (m *memory) loggedIn(user string, from netip.Addr, now time.Time) (lastLogin, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	last, ok := m.lastLogin[user]
	if ok || len(m.lastLogin) < maxSources {
		m.lastLogin[user] = lastLogin{now, from}
	}
	return last, ok
}
