package deployer

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"sync"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
	"github.com/decnet/decnet/pkg/decnet/persona"
	"github.com/decnet/decnet/pkg/network"
	"github.com/decnet/decnet/pkg/network/stack"
)

// stacks gives deckies, of namespaces and of containers, the TCP/IP stacks that they
// claim. Where the kernel cannot, they have the sysctls alone, and are served all the
// same.
type stacks struct {
	dir string
	log *slog.Logger

	mu      sync.Mutex
	program *stack.Program // opened at the first use: other drivers need no root
	missing error          // why there is none
	given   map[string][]netip.Addr
}

func newStacks(dir string, log *slog.Logger) *stacks {
	return &stacks{dir: dir, log: log, given: make(map[string][]netip.Addr)}
}

// give does it for a decky whose network namespace inside calls a function in.
func (s *stacks) give(d *decnet.Decky, inside func(func() error) error) decnet.Enforcement {
	err := s.try(d, inside)
	if err == nil {
		return decnet.EnforcedByProgram
	}
	s.log.Warn("decky has the sysctls of its TCP/IP stack alone: nmap sees that it is Linux", "decky", d.Name, "error", err)
	return decnet.EnforcedBySysctls
}

func (s *stacks) try(d *decnet.Decky, inside func(func() error) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.program == nil && s.missing == nil {
		s.program, s.missing = stack.Open(s.dir)
	}
	if s.missing != nil {
		return s.missing
	}
	p, err := persona.Derive(d)
	if err != nil {
		return err
	}
	k, err := catalog.StackOf(&p.OS, d.Stack)
	if err != nil {
		return err
	}
	own := []netip.Addr{d.Address}
	if d.Address6.IsValid() {
		own = append(own, d.Address6, network.LinkLocal(p.MAC))
	}
	if err := s.forget(d.Name, own...); err != nil {
		return err
	}
	if err := s.program.Set(stack.Decky{Stack: k.Slug, Boot: p.Boot}, own...); err != nil {
		return err
	}
	s.given[d.Name] = own
	return inside(func() error {
		// A namespace has it already; a container gets it here.
		if err := network.LimitWindows(k.ReceiveWindow); err != nil {
			return err
		}
		return s.program.Attach(ifname)
	})
}

// forget drops what is known of a decky, but for the addresses to keep. s.mu is held.
func (s *stacks) forget(name string, keep ...netip.Addr) error {
	kept := make(map[netip.Addr]bool)
	for _, a := range keep {
		kept[a] = true
	}
	for _, a := range s.given[name] {
		if kept[a] {
			continue
		}
		if err := s.program.Delete(a); err != nil {
			return err
		}
	}
	delete(s.given, name)
	return nil
}

// take is told that a decky is off the wire.
func (s *stacks) take(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.program == nil {
		return
	}
	err := s.forget(name)
	if err == nil && len(s.given) == 0 {
		err = s.clear()
	}
	if err != nil {
		s.log.Warn("TCP/IP stack of a decky is not forgotten", "decky", name, "error", err)
	}
}

// clear leaves nothing behind, since nobody has a stack. s.mu is held.
func (s *stacks) clear() error {
	var err error
	if s.program != nil {
		err = s.program.Close()
		s.program = nil
	}
	return errors.Join(err, stack.Remove(s.dir))
}

// settle is told that there are no deckies at all, whatever a predecessor had.
func (s *stacks) settle() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.given) > 0 {
		return nil
	}
	return s.clear()
}

// close lets go of the programs; deckies keep theirs.
func (s *stacks) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.program == nil {
		return nil
	}
	if err := s.program.Close(); err != nil {
		return fmt.Errorf("close TCP/IP stacks: %w", err)
	}
	s.program = nil
	return nil
}
