package shell

import (
	"net/netip"
	"slices"
	"strconv"
	"sync"
	"time"
)

const (
	// maxSessions and maxSpawned bound what a file system keeps of its machine's
	// sessions and of processes that outlive theirs.
	maxSessions = 64
	maxSpawned  = 64
)

// login is a session as others on the machine see it.
type login struct {
	shell      *Shell
	user, tty  string
	uid, pid   int
	source     netip.Addr
	at         time.Time
	name, term string
	port       uint16
	service    string
}

// telnet is Config.Service of a session by Telnet.
const telnet = "telnet"

// local is the port that the session has come to.
func (l *login) local() int {
	if l.service == telnet {
		return 23
	}
	return 22
}

// daemon is the process at our end of its connection.
func (l *login) daemon() process {
	if l.service == telnet {
		return process{pid: l.pid - 2, command: "telnetd"}
	}
	return process{pid: l.pid - 2, command: "sshd: " + l.user}
}

// world is what is on the machine beside its files; see FS.
type world struct {
	// worldMu guards the rest: what is under /proc is made while the files are locked.
	worldMu sync.Mutex
	logins  []login
	spawned []process
	// killed are processes of the machine that are no more, units those that were
	// started, stopped, enabled or disabled.
	killed   map[int]bool
	units    map[string]string
	rules    []string // of iptables
	hostname string
}

// asLogin is the session as others see it.
func (s *Shell) asLogin() login {
	return login{s, s.user.name, s.tty, s.user.uid, s.pid, s.Source.Addr(), s.Login, s.name, s.Term, s.Source.Port(), s.Service}
}

// enter makes a session known and gives it a terminal, if it is to have one.
func (f *FS) enter(s *Shell) {
	f.worldMu.Lock()
	defer f.worldMu.Unlock()
	for n := 0; s.Term != "" && s.tty == ""; n++ {
		tty := "pts/" + strconv.Itoa(n)
		if !slices.ContainsFunc(f.logins, func(l login) bool { return l.tty == tty }) {
			s.tty = tty
		}
	}
	for slices.ContainsFunc(f.logins, func(l login) bool { return l.pid == s.pid }) {
		s.pid += 5
	}
	if len(f.logins) < maxSessions {
		f.logins = append(f.logins, s.asLogin())
	}
}

// leave ends a session.
func (s *Shell) leave() {
	f := s.FS
	for _, j := range slices.Clone(s.jobs) {
		s.detach(j)
	}
	f.worldMu.Lock()
	defer f.worldMu.Unlock()
	f.logins = slices.DeleteFunc(f.logins, func(l login) bool { return l.shell == s })
}

// sessions are those that are there now, the first first.
func (f *FS) sessions() []login {
	f.worldMu.Lock()
	defer f.worldMu.Unlock()
	return slices.Clone(f.logins)
}

// spawn adds a process that outlives its session.
func (f *FS) spawn(x process) {
	f.worldMu.Lock()
	defer f.worldMu.Unlock()
	if len(f.spawned) < maxSpawned {
		f.spawned = append(f.spawned, x)
	}
}

// alive are the processes of the machine and those that were spawned on it.
func (f *FS) alive(now time.Time) []process {
	f.worldMu.Lock()
	defer f.worldMu.Unlock()
	f.spawned = slices.DeleteFunc(f.spawned, func(x process) bool { return !x.until.IsZero() && now.After(x.until) })
	list := slices.DeleteFunc(f.system.processes(), func(x process) bool { return f.killed[x.pid] })
	return append(list, f.spawned...)
}

// kill ends a process that is not a session's.
func (f *FS) kill(pid int) {
	f.worldMu.Lock()
	defer f.worldMu.Unlock()
	f.spawned = slices.DeleteFunc(f.spawned, func(x process) bool { return x.pid == pid })
	if f.killed == nil {
		f.killed = map[int]bool{}
	}
	if len(f.killed) < maxSpawned {
		f.killed[pid] = true
	}
}

// processes are all that this session sees: the machine's, those of all sessions,
// and its own.
func (s *Shell) processes() []process {
	now := time.Now()
	list := s.FS.alive(now)
	for _, l := range s.FS.sessions() {
		if l.shell != s {
			list = append(list, s.System.parent(l.service).session(l)...)
		}
	}
	list = append(list, s.System.parent(s.Service).session(s.asLogin())...)
	for _, j := range s.jobs {
		if j.running(now) || j.stopped {
			list = append(list, process{pid: j.pid, ppid: s.pid, user: s.user.name, command: j.text, memoryKB: 3300, at: j.began, tty: s.tty})
		}
	}
	slices.SortStableFunc(list, func(a, b process) int { return a.pid - b.pid })
	return list
}

// session is the processes of one session.
func (p process) session(l login) []process {
	if l.service == telnet {
		if l.shell.System.busybox() { // its telnetd serves all, and its login becomes the shell
			return []process{{pid: l.pid, ppid: p.pid, user: l.user, command: l.name, memoryKB: 1300, at: l.at, tty: l.tty}}
		}
		return []process{
			{pid: l.pid - 2, ppid: p.pid, user: "root", command: "telnetd: " + l.source.String(), memoryKB: 1900, at: l.at},
			{pid: l.pid - 1, ppid: l.pid - 2, user: "root", command: "login -h " + l.source.String() + " -p", memoryKB: 3700, at: l.at, tty: l.tty},
			{pid: l.pid, ppid: l.pid - 1, user: l.user, command: l.name, memoryKB: 5100, at: l.at, tty: l.tty},
		}
	}
	if l.source.IsValid() {
		tty := l.tty
		if tty == "" {
			tty = "notty"
		}
		list := []process{{pid: l.pid - 2, ppid: p.pid, user: "root", command: "sshd: " + l.user + " [priv]", memoryKB: 11000, at: l.at}}
		if l.uid != 0 {
			list = append(list, process{pid: l.pid - 1, ppid: l.pid - 2, user: l.user, command: "sshd: " + l.user + "@" + tty, memoryKB: 6700, at: l.at})
			return append(list, process{pid: l.pid, ppid: l.pid - 1, user: l.user, command: l.name, memoryKB: 5100, at: l.at, tty: l.tty})
		}
		list[0].command = "sshd: " + l.user + "@" + tty
		return append(list, process{pid: l.pid, ppid: l.pid - 2, user: l.user, command: l.name, memoryKB: 5100, at: l.at, tty: l.tty})
	}
	return []process{{pid: l.pid, ppid: 1, user: l.user, command: l.name, memoryKB: 5100, at: l.at, tty: l.tty}}
}
