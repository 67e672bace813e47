package seccomp

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	"go.uber.org/goleak"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const pid = 4321

// run returns what the filter says to c. The virtual machine reads big-endian
// words where the kernel reads its own.
func run(t *testing.T, vm *bpf.VM, c *Call) uint32 {
	t.Helper()
	data := binary.BigEndian.AppendUint32(nil, c.Number)
	data = binary.BigEndian.AppendUint32(data, c.Arch)
	data = append(data, make([]byte, 8)...)
	for _, a := range c.Args {
		data = binary.BigEndian.AppendUint32(data, uint32(a))
		data = binary.BigEndian.AppendUint32(data, uint32(a>>32))
	}
	out, err := vm.Run(data)
	if err != nil {
		t.Fatal(err)
	}
	return uint32(out)
}

func machine(t *testing.T, watched bool) *bpf.VM {
	t.Helper()
	instructions := program(policy(pid), auditArch, watched)
	vm, err := bpf.NewVM(instructions)
	if err != nil {
		t.Fatal(err)
	}
	if raw, err := bpf.Assemble(instructions); err != nil || len(raw) > 4096 {
		t.Fatalf("%d instructions, want at most 4096: %v", len(raw), err)
	}
	return vm
}

// The program does what the rules say, whatever the call.
func TestProgramIsThePolicy(t *testing.T) {
	rules := policy(pid)
	interesting := []uint64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 0x20, 0x22, 0x28, 0x32, 0x80, 0x81, 0x82, pid, pid + 1, unix.PR_SET_VMA, cloneThread, cloneThread | unix.CLONE_SETTLS, 1030, ^uint64(0)}
	random := rand.New(rand.NewPCG(1, 2))
	for _, watched := range []bool{true, false} {
		vm := machine(t, watched)
		for number := range uint32(600) {
			for range 40 {
				c := Call{Number: number, Arch: auditArch}
				for i := range c.Args {
					c.Args[i] = interesting[random.IntN(len(interesting))]
					if random.IntN(8) == 0 {
						c.Args[i] |= 1 << random.IntN(64)
					}
				}
				r := judge(rules, &c)
				if have, want := run(t, vm, &c), result(&r, watched).Val; have != want {
					t.Fatalf("call %d %x, watched %v: the program says %#x, the rules %#x", number, c.Args, watched, have, want)
				}
			}
		}
	}
}

func TestForeignCallsKill(t *testing.T) {
	for _, watched := range []bool{true, false} {
		vm := machine(t, watched)
		for _, c := range []Call{
			{Number: unix.SYS_READ, Arch: unix.AUDIT_ARCH_I386},
			{Number: unix.SYS_READ, Arch: unix.AUDIT_ARCH_ARM},
			{Number: unix.SYS_READ},
			{Number: x32 | unix.SYS_READ, Arch: auditArch},
			{Number: ^uint32(0), Arch: auditArch},
		} {
			if have := run(t, vm, &c); have != unix.SECCOMP_RET_KILL_PROCESS {
				t.Errorf("%+v: have %#x", c, have)
			}
		}
	}
}

// Verdicts that matter, by hand: with args on call of the name.
func TestVerdicts(t *testing.T) {
	const (
		rw      = unix.PROT_READ | unix.PROT_WRITE
		private = unix.MAP_PRIVATE | unix.MAP_ANON
	)
	tests := []struct {
		name   string
		number uint32
		args   [6]uint64
		want   Verdict
	}{
		{"read", unix.SYS_READ, [6]uint64{}, Allow},
		{"accept4", unix.SYS_ACCEPT4, [6]uint64{}, Allow},
		{"openat", unix.SYS_OPENAT, [6]uint64{}, Refuse},
		{"socket", unix.SYS_SOCKET, [6]uint64{}, Refuse},
		{"system call 999", 999, [6]uint64{}, Refuse},
		{"execve", unix.SYS_EXECVE, [6]uint64{}, Fatal},
		{"mmap anonymous", unix.SYS_MMAP, [6]uint64{0, 1, rw, private}, Allow},
		{"mmap none", unix.SYS_MMAP, [6]uint64{0, 1, 0, private | unix.MAP_FIXED}, Allow},
		{"mmap executable", unix.SYS_MMAP, [6]uint64{0, 1, unix.PROT_READ | unix.PROT_EXEC, private}, Fatal},
		{"mmap only executable", unix.SYS_MMAP, [6]uint64{0, 1, unix.PROT_EXEC, private}, Fatal},
		{"mmap executable in high bits too", unix.SYS_MMAP, [6]uint64{0, 1, 1<<40 | unix.PROT_EXEC, private}, Fatal},
		{"mmap high bits", unix.SYS_MMAP, [6]uint64{0, 1, 1<<40 | rw, private}, Refuse},
		{"mmap of a file", unix.SYS_MMAP, [6]uint64{0, 1, rw, unix.MAP_PRIVATE}, Refuse},
		{"mmap shared", unix.SYS_MMAP, [6]uint64{0, 1, rw, unix.MAP_SHARED | unix.MAP_ANON}, Refuse},
		{"mmap growing", unix.SYS_MMAP, [6]uint64{0, 1, rw, private | unix.MAP_GROWSDOWN}, Refuse},
		{"mprotect", unix.SYS_MPROTECT, [6]uint64{0, 1, unix.PROT_READ}, Allow},
		{"mprotect executable", unix.SYS_MPROTECT, [6]uint64{0, 1, unix.PROT_READ | unix.PROT_EXEC}, Fatal},
		{"a thread", unix.SYS_CLONE, [6]uint64{cloneThread}, Allow},
		{"a process", unix.SYS_CLONE, [6]uint64{uint64(unix.SIGCHLD)}, Fatal},
		{"a thread in a namespace", unix.SYS_CLONE, [6]uint64{cloneThread | unix.CLONE_NEWNET}, Fatal},
		{"to itself", unix.SYS_TGKILL, [6]uint64{pid, pid, 23}, Allow},
		{"to another", unix.SYS_TGKILL, [6]uint64{pid + 1, pid, 23}, Refuse},
		{"sendmsg", unix.SYS_SENDMSG, [6]uint64{}, Allow},
		{"sendmsg fast open", unix.SYS_SENDMSG, [6]uint64{0, 0, unix.MSG_FASTOPEN}, Refuse},
		{"no delay", unix.SYS_SETSOCKOPT, [6]uint64{0, unix.IPPROTO_TCP, unix.TCP_NODELAY}, Allow},
		{"linger", unix.SYS_SETSOCKOPT, [6]uint64{0, unix.SOL_SOCKET, unix.SO_LINGER}, Allow},
		{"TCP_ULP", unix.SYS_SETSOCKOPT, [6]uint64{0, unix.IPPROTO_TCP, unix.TCP_ULP}, Refuse},
		{"13 of TCP is not SO_LINGER", unix.SYS_SETSOCKOPT, [6]uint64{0, unix.IPPROTO_TCP, unix.SO_LINGER}, Refuse},
		{"append mode off", unix.SYS_FCNTL, [6]uint64{0, unix.F_SETFL}, Refuse},
		{"futex wait", unix.SYS_FUTEX, [6]uint64{0, 128}, Allow},
		{"futex lock pi", unix.SYS_FUTEX, [6]uint64{0, 6}, Refuse},
		{"name a mapping", unix.SYS_PRCTL, [6]uint64{unix.PR_SET_VMA}, Decline},
		{"dumpable", unix.SYS_PRCTL, [6]uint64{unix.PR_SET_DUMPABLE, 1}, Refuse},
	}
	rules := policy(pid)
	for _, test := range tests {
		r := judge(rules, &Call{Number: test.number, Arch: auditArch, Args: test.args})
		if r.verdict != test.want {
			t.Errorf("%s: have verdict %d, want %d", test.name, r.verdict, test.want)
		}
	}
}

// program leaves rules out that end like the last instruction: then no rule for
// the same call may come after them.
func TestRulesAreInOrder(t *testing.T) {
	refused, names := map[uint32]bool{}, map[string]uint32{}
	for _, r := range policy(pid) {
		if refused[r.number] {
			t.Errorf("%s: there is a rule behind one that always refuses", r.name)
		}
		refused[r.number] = len(r.tests) == 0
		if other, ok := names[r.name]; ok && other != r.number || r.name == "" {
			t.Errorf("%q is the name of calls %d and %d", r.name, other, r.number)
		}
		names[r.name] = r.number
		if harmless := r.verdict == Refuse || r.verdict == Fatal; harmless && len(r.tests) > 0 && !slices.ContainsFunc(r.tests, func(x test) bool { return x.kind == hasAny }) {
			t.Errorf("%s: a refusal with a test other than for a bit", r.name)
		}
	}
}

// What nobody may do by any verdict but the worst: the list of calls that start,
// reach into or take over something.
func TestTheWorstIsFatal(t *testing.T) {
	rules := policy(pid)
	for name, number := range fatal {
		for _, args := range [][6]uint64{{}, {1, 2, 3, 4, 5, 6}, {pid}} {
			if r := judge(rules, &Call{Number: number, Args: args}); r.verdict != Fatal || r.name != name {
				t.Errorf("%s: have %+v", name, r)
			}
		}
	}
}
