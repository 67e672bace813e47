package shell

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
)

// Programs are files that begin as every program of a 64-bit Linux does and have
// their name where ours is looked for, so that one that was copied still runs.

// elfHeader is how every program of an x86-64 Linux begins (ELF specification,
// figure 1-3): scripts look at it to learn the architecture.
const elfHeader = "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00\x3e\x00\x01\x00\x00\x00" +
	"\x30\x3a\x00\x00\x00\x00\x00\x00\x40\x00\x00\x00\x00\x00\x00\x00\xa8\x81\x00\x00\x00\x00\x00\x00" +
	"\x00\x00\x00\x00\x40\x00\x38\x00\x0d\x00\x40\x00\x1f\x00\x1e\x00"

const (
	interpreter = "/lib64/ld-linux-x86-64.so.2\x00"
	// nameAt is where the name of a program is, after its headers and interpreter.
	nameAt = 0x318 + len(interpreter)
)

// Where a header has the entry point of a program and its section headers.
const (
	entryAt    = 0x18
	sectionsAt = 0x28
)

// program makes the file of a program of about the given size.
func (s *System) program(name string, about int) *node {
	size := about + 8*s.own("size "+name, about/40)
	return &node{kind: regular, perm: 0o755, size: int64(size), make: func(*user) string { return s.programData(name, size) }}
}

// programData makes the content of a program, which is another on every machine.
func (s *System) programData(name string, size int) string {
	b := make([]byte, size)
	if s.openwrt() {
		return s.mipsProgram(b, name)
	}
	copy(b, elfHeader)
	binary.LittleEndian.PutUint64(b[entryAt:], 0x1000+16*uint64(s.own("entry "+name, size/32))) //nolint:gosec // not negative
	binary.LittleEndian.PutUint64(b[sectionsAt:], uint64(size-0x7c0))                           //nolint:gosec // as long as 31 of them
	copy(b[0x318:], interpreter)
	copy(b[nameAt:], name+".debug\x00")
	r := rand.New(rand.NewPCG(uint64(s.own("content "+name, 1<<62)), uint64(size))) //nolint:gosec // scenery, not secrets
	for i := 0x400; i+8 <= len(b); i += 8 {
		if r.IntN(3) > 0 { // programs have many zeros
			binary.LittleEndian.PutUint64(b[i:], r.Uint64())
		}
	}
	const text = "\x00libc.so.6\x00GLIBC_2.34\x00__libc_start_main\x00__stack_chk_fail\x00"
	copy(b[min(len(b), 0x500):], text)
	return string(b)
}

// programIn is the name of the program that a file is, if it is one of ours.
func programIn(data string) (string, bool) {
	if !strings.HasPrefix(data, elfHeader[:entryAt]) && !strings.HasPrefix(data, mipsHeader[:entryAt]) || len(data) < nameAt+64 {
		return "", false
	}
	name, _, ok := strings.Cut(data[nameAt:nameAt+64], ".debug\x00")
	return name, ok
}

// pretend is what happens when somebody runs a program of his own: nothing runs.
// One for this machine seems to, and goes to the background as such programs do.
func (s *Shell) pretend(p *proc, at, data string) int {
	const (
		machine = 18 // offset of e_machine
		x86     = 3
		x8664   = 62
	)
	if len(data) < 52 {
		return s.notExecutable(p)
	}
	kind := int(data[machine]) | int(data[machine+1])<<8
	mips := data[5] == 2 && kind == 8<<8
	if s.System.openwrt() != mips || !mips && (data[5] != 1 || kind != x86 && kind != x8664) {
		return s.notExecutable(p)
	}
	pid := s.pid + s.forks
	s.FS.spawn(process{
		pid: pid, ppid: 1, user: s.user.name, command: strings.Join(p.args, " "), memoryKB: len(data)/512 + 900, at: s.now(), exe: at,
	})
	return 0
}

// notExecutable is what the shell says of a program for another machine.
func (s *Shell) notExecutable(p *proc) int {
	switch s.dialect {
	case dash:
		return s.fail(p.Streams, 126, p.args[0]+": Exec format error")
	case ash:
		return s.fail(p.Streams, 126, p.args[0]+": Exec format error")
	case bash:
	}
	return s.fail(p.Streams, 126, p.args[0]+": cannot execute binary file: Exec format error")
}

func sum(s string) (n int) {
	for _, c := range s {
		n = (n*31 + int(c)) % 4096
	}
	return n
}
