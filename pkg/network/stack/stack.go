// Package stack makes deckies' TCP/IP look like that of the systems that they claim
// to be, from the option order of a SYN-ACK to the numbering of packets: what
// catalog.Stack says, as far as it takes more than sysctls.
//
// Two eBPF programs (bpf/stack.c) do it, on the interface of every decky inside its
// network namespace: there they see what the decky gets and sends, whoever is at the
// other end, and nothing else. They are the same for all deckies, of namespaces and
// of containers alike, and look an address up in a map. Both the map, which is
// pinned, and the programs, which the interface holds, outlive this process.
//
// Initial sequence numbers, and clocks that begin anywhere for every connection, are
// changed in answers to probes alone that cannot become connections: see bpf/odd.h.
// Otherwise every packet of a connection would need a lookup.
package stack

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"time"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/rlimit"
	"golang.org/x/sys/unix"

	"github.com/decnet/decnet/pkg/decnet/catalog"
)

//go:generate ./generate.sh

// program is bpf/stack.c, compiled.
//
//go:embed stack_bpfel.o
var program []byte

// ErrUnavailable is wrapped by errors where this kernel, or this user, cannot run the
// programs. Deckies then have the sysctls of their stack alone.
var ErrUnavailable = errors.New("TCP/IP stacks cannot be made to look like another system's")

// Program is the programs, loaded, and what they know of stacks and deckies. Its
// methods may be called by several goroutines at once, but for Close.
type Program struct {
	dir          string
	enter, leave *ebpf.Program
	deckies      *ebpf.Map
	stacks       *ebpf.Map
	index        map[string]uint32 // of a stack, by its slug
}

// Open loads the programs. What they know is pinned in dir, where a BPF file system
// is mounted, so that the next process that opens it goes on with it; with "" it is
// gone with the interfaces. It takes Linux 5.17 or later, CAP_BPF, CAP_NET_ADMIN
// and, for dir, CAP_SYS_ADMIN; where that is missing the error wraps ErrUnavailable.
func Open(dir string) (*Program, error) {
	p := &Program{dir: dir, index: make(map[string]uint32)}
	if err := p.open(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnavailable, errors.Join(err, p.Close()))
	}
	return p, nil
}

func (p *Program) open() error {
	if err := rlimit.RemoveMemlock(); err != nil { // before Linux 5.11 maps count as locked memory
		return err
	}
	spec, err := ebpf.LoadCollectionSpecFromReader(bytes.NewReader(program))
	if err != nil {
		return err
	}
	if p.dir != "" {
		if err := mount(p.dir); err != nil {
			return err
		}
		for _, name := range pinned {
			spec.Maps[name].Pinning = ebpf.PinByName
		}
	}
	c, err := p.load(spec)
	if err != nil {
		return err
	}
	p.enter, p.leave, p.deckies, p.stacks = c.Programs["decnet_enter"], c.Programs["decnet_leave"], c.Maps["deckies"], c.Maps["stacks"]
	delete(c.Programs, "decnet_enter")
	delete(c.Programs, "decnet_leave")
	delete(c.Maps, "deckies")
	delete(c.Maps, "stacks")
	c.Close() // what is left belongs to the programs
	for i, s := range catalog.Stacks() {
		w, err := encode(&s)
		if err != nil {
			return err
		}
		if err := p.stacks.Put(uint32(i), w); err != nil {
			return fmt.Errorf("tell the programs of the stack %s: %w", s.Slug, err)
		}
		p.index[s.Slug] = uint32(i)
	}
	return nil
}

// pinned are the maps that outlive this process.
var pinned = []string{"deckies", "stacks", "odds"}

// load makes the collection. Maps of another version, of another shape, are given up.
func (p *Program) load(spec *ebpf.CollectionSpec) (*ebpf.Collection, error) {
	options := ebpf.CollectionOptions{Maps: ebpf.MapOptions{PinPath: p.dir}}
	c, err := ebpf.NewCollectionWithOptions(spec, options)
	if !errors.Is(err, ebpf.ErrMapIncompatible) {
		return c, err
	}
	for _, name := range pinned {
		if err := os.Remove(filepath.Join(p.dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
	return ebpf.NewCollectionWithOptions(spec, options)
}

// mount makes dir a BPF file system, for root alone, if it is none yet.
func mount(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	var at unix.Statfs_t
	if err := unix.Statfs(dir, &at); err != nil {
		return fmt.Errorf("look at %s: %w", dir, err)
	}
	if at.Type == unix.BPF_FS_MAGIC {
		return nil
	}
	if err := unix.Mount("bpf", dir, "bpf", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "mode=0700"); err != nil {
		return fmt.Errorf("mount a BPF file system on %s: %w", dir, err)
	}
	return nil
}

// Decky is what the programs know of one.
type Decky struct {
	// Stack is the slug of its stack in the catalogue.
	Stack string
	// Boot is when its machine was started, for stacks whose clock of timestamps
	// begins then.
	Boot time.Time
}

// sameClock is how far a clock may be from where it should be before it is set: less
// is what comes from this host's own clock being adjusted, and a clock that goes
// back ends connections (RFC 7323, section 5).
const sameClock = time.Minute

// Set says what decky has these addresses. Where one is known, its numbering goes on.
func (p *Program) Set(d Decky, addresses ...netip.Addr) error {
	index, ok := p.index[d.Stack]
	if !ok {
		return fmt.Errorf("there is no TCP/IP stack %q", d.Stack)
	}
	clock := time.Since(d.Boot) - monotonic()
	for _, a := range addresses {
		now := decky{Secret: rand.Uint64(), Clock: clock.Milliseconds(), Stack: index, ISN: rand.Uint32(), ID: rand.Uint32()} // any will do
		var before decky
		if p.deckies.Lookup(a.As16(), &before) == nil && before.Stack == index {
			now.Secret, now.ISN, now.Turn, now.ID = before.Secret, before.ISN, before.Turn, before.ID
			if d := time.Duration(now.Clock-before.Clock) * time.Millisecond; d.Abs() < sameClock {
				now.Clock = before.Clock
			}
		}
		if err := p.deckies.Put(a.As16(), now); err != nil {
			return fmt.Errorf("give %s the TCP/IP stack %s: %w", a, d.Stack, err)
		}
	}
	return nil
}

// monotonic is the clock that the kernel's timestamps are of.
func monotonic() time.Duration {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &t); err != nil {
		return 0 // every Linux has it
	}
	return time.Duration(t.Nano())
}

// Delete forgets addresses. It is no error if they were not set.
func (p *Program) Delete(addresses ...netip.Addr) error {
	var errs []error
	for _, a := range addresses {
		if err := p.deckies.Delete(a.As16()); err != nil && !errors.Is(err, ebpf.ErrKeyNotExist) {
			errs = append(errs, fmt.Errorf("forget the TCP/IP stack of %s: %w", a, err))
		}
	}
	return errors.Join(errs...)
}

// Close lets go of the programs. Interfaces that have them keep them. If no decky is
// known, what was pinned is removed.
func (p *Program) Close() error {
	var errs []error
	if p.dir != "" && p.deckies != nil && p.isEmpty() {
		for _, name := range pinned {
			errs = append(errs, os.Remove(filepath.Join(p.dir, name)))
		}
		errs = append(errs, unix.Unmount(p.dir, 0))
	}
	errs = append(errs, p.enter.Close(), p.leave.Close(), p.deckies.Close(), p.stacks.Close()) // those that are nil too
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("let go of the programs of TCP/IP stacks: %w", err)
	}
	return nil
}

// Remove removes what was pinned in dir, whoever did it, and the file system. It is no
// error if there is none.
func Remove(dir string) error {
	var at unix.Statfs_t
	if err := unix.Statfs(dir, &at); errors.Is(err, os.ErrNotExist) || err == nil && at.Type != unix.BPF_FS_MAGIC {
		return nil
	}
	if err := errors.Join(unix.Unmount(dir, 0), os.Remove(dir)); err != nil {
		return fmt.Errorf("remove the BPF file system %s: %w", dir, err)
	}
	return nil
}

func (p *Program) isEmpty() bool {
	var first [16]byte
	return errors.Is(p.deckies.NextKey(nil, &first), ebpf.ErrKeyNotExist)
}
