package stack

import (
	"errors"
	"fmt"
	"net"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// direction is one of the two ways through an interface.
type direction struct {
	program *ebpf.Program
	tcx     ebpf.AttachType
	clsact  uint32
}

func (p *Program) directions() []direction {
	return []direction{
		{p.enter, ebpf.AttachTCXIngress, netlink.HANDLE_MIN_INGRESS},
		{p.leave, ebpf.AttachTCXEgress, netlink.HANDLE_MIN_EGRESS},
	}
}

// Attach puts the programs on an interface of the calling thread's network namespace,
// in place of those that an earlier Program has put there, without a gap. They stay
// until the interface goes. It uses TCX, which came with Linux 6.6, or else clsact.
func (p *Program) Attach(name string) error {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return fmt.Errorf("give %s a TCP/IP stack: %w", name, err)
	}
	err = p.attachTCX(i.Index)
	if errors.Is(err, ebpf.ErrNotSupported) || errors.Is(err, unix.EINVAL) {
		err = p.attachClsact(i.Index)
	}
	if err != nil {
		return fmt.Errorf("give %s a TCP/IP stack: %w", name, err)
	}
	return nil
}

func (p *Program) attachTCX(index int) error {
	for _, d := range p.directions() {
		options := link.RawAttachProgramOptions{Target: index, Program: d.program, Attach: d.tcx}
		before, same, err := d.before(index)
		if err != nil {
			return err
		}
		if same { // the kernel would refuse
			continue
		}
		if before != nil {
			options.Anchor = link.ReplaceProgram(before)
		}
		if err := errors.Join(link.RawAttachProgram(options), before.Close()); err != nil {
			return err
		}
	}
	return nil
}

// before is the program that an earlier Attach put on the interface, nil if none did;
// same says that it is this one.
func (d *direction) before(index int) (other *ebpf.Program, same bool, err error) {
	own, err := d.program.Info()
	if err != nil {
		return nil, false, err
	}
	id, _ := own.ID()
	there, err := link.QueryPrograms(link.QueryOptions{Target: index, Attach: d.tcx})
	if err != nil {
		return nil, false, err
	}
	for _, t := range there.Programs {
		if t.ID == id {
			return nil, true, nil
		}
		other, err := ebpf.NewProgramFromID(t.ID)
		if err != nil {
			return nil, false, err
		}
		if info, err := other.Info(); err == nil && info.Name == own.Name {
			return other, false, nil
		}
		_ = other.Close() // it was only looked at
	}
	return nil, false, nil
}

// filterPriority is where clsact has the programs among others; a low number is early.
const filterPriority = 1

func (p *Program) attachClsact(index int) error {
	q := &netlink.GenericQdisc{
		QdiscType:  "clsact",
		QdiscAttrs: netlink.QdiscAttrs{LinkIndex: index, Handle: netlink.MakeHandle(0xffff, 0), Parent: netlink.HANDLE_CLSACT},
	}
	if err := netlink.QdiscAdd(q); err != nil && !errors.Is(err, unix.EEXIST) {
		return fmt.Errorf("clsact: %w", err)
	}
	for _, d := range p.directions() {
		info, err := d.program.Info()
		if err != nil {
			return err
		}
		f := &netlink.BpfFilter{
			FilterAttrs: netlink.FilterAttrs{LinkIndex: index, Parent: d.clsact, Handle: 1, Protocol: unix.ETH_P_ALL, Priority: filterPriority},
			Fd:          d.program.FD(), Name: info.Name, DirectAction: true,
		}
		if err := netlink.FilterReplace(f); err != nil {
			return fmt.Errorf("clsact: %w", err)
		}
	}
	return nil
}
