package seccomp

import (
	"fmt"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// Where the filter finds what it looks at, in struct seccomp_data (seccomp(2)).
// Both architectures are little-endian: the low half of an argument comes first.
const (
	offNumber = 0
	offArch   = 4
	offArgs   = 16
)

// x32 is set in the numbers of a second set of calls that x86-64 has, with which
// filters that forget it are walked around.
const x32 = 0x40000000

// program returns the filter for calls of one architecture. With watched, what is
// noticed waits for the answer of the Listener; without, the kernel answers by
// itself.
func program(rules []rule, arch uint32, watched bool) []bpf.Instruction {
	kill := bpf.RetConstant{Val: unix.SECCOMP_RET_KILL_PROCESS}
	number := bpf.LoadAbsolute{Off: offNumber, Size: 4}
	out := []bpf.Instruction{
		// The number means nothing before it is known whose it is.
		bpf.LoadAbsolute{Off: offArch, Size: 4},
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: arch, SkipTrue: 1},
		kill,
		number,
		bpf.JumpIf{Cond: bpf.JumpLessThan, Val: x32, SkipTrue: 1},
		kill,
	}
	last := result(&rule{}, watched)
	for i := range rules {
		ret := result(&rules[i], watched)
		if ret == last {
			continue // the last instruction does it; see TestRulesAreInOrder
		}
		out = append(out, block(&rules[i], ret)...)
		if len(rules[i].tests) > 0 {
			out = append(out, number) // a test has loaded something else
		}
	}
	return append(out, last)
}

// result is what the kernel is to do with a call that r is for.
func result(r *rule, watched bool) bpf.RetConstant {
	errno := r.errno
	if errno == 0 {
		errno = uint32(unix.EPERM)
	}
	switch {
	case r.verdict == Allow:
		return bpf.RetConstant{Val: unix.SECCOMP_RET_ALLOW}
	case r.verdict == Decline:
		return bpf.RetConstant{Val: unix.SECCOMP_RET_ERRNO | errno}
	case watched:
		return bpf.RetConstant{Val: unix.SECCOMP_RET_USER_NOTIF}
	case r.verdict == Fatal:
		return bpf.RetConstant{Val: unix.SECCOMP_RET_KILL_PROCESS}
	default:
		return bpf.RetConstant{Val: unix.SECCOMP_RET_ERRNO | errno}
	}
}

// block returns ret for the call of r, if its tests hold. In all other cases the
// program goes on behind the block.
func block(r *rule, ret bpf.RetConstant) []bpf.Instruction {
	out := []bpf.Instruction{ret}
	for i := len(r.tests) - 1; i >= 0; i-- {
		out = before(&r.tests[i], out)
	}
	return append([]bpf.Instruction{bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: r.number, SkipTrue: skip(len(out))}}, out...)
}

// before puts t before the rest of a block: if it does not hold, all of that is
// skipped.
func before(t *test, rest []bpf.Instruction) []bpf.Instruction {
	low := bpf.LoadAbsolute{Off: offArgs + 8*uint32(t.arg), Size: 4} //nolint:gosec // 0 to 5
	high := bpf.LoadAbsolute{Off: low.Off + 4, Size: 4}
	end := skip(len(rest))
	switch t.kind {
	case hasAny:
		return append([]bpf.Instruction{low, bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: t.values[0], SkipFalse: end}}, rest...)
	case hasOnly:
		return append([]bpf.Instruction{
			high,
			bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: 0, SkipTrue: end + 2},
			low,
			bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: ^t.values[0], SkipTrue: end},
		}, rest...)
	default:
		return beforeOneOf(t, high, low, rest)
	}
}

func beforeOneOf(t *test, high, low bpf.Instruction, rest []bpf.Instruction) []bpf.Instruction {
	n, end := len(t.values), skip(len(rest))
	out := []bpf.Instruction{high, bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: 0, SkipTrue: end + skip(n+1)}, low}
	for i, v := range t.values {
		jump := bpf.JumpIf{Cond: bpf.JumpEqual, Val: v, SkipTrue: skip(n - 1 - i)}
		if i == n-1 {
			jump.SkipFalse = end
		}
		out = append(out, jump)
	}
	return append(out, rest...)
}

// skip is n as the length of a jump. Blocks are short; one that is not is a
// mistake in the policy that the first test meets.
func skip(n int) uint8 {
	if n > 200 {
		panic(fmt.Sprintf("seccomp: a jump over %d instructions", n))
	}
	return uint8(n) //nolint:gosec // at most 200
}
