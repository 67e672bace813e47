package shell_test

import (
	"io"
	"strings"
	"testing"

	"github.com/decnet/decnet/decoys/shell"
)

func TestWhatSomebodyAtATerminalSees(t *testing.T) {
	tests := []struct {
		name, distro, user, keys string
		want                     []string
	}{
		{"tab lists what is not unique when it is hit twice", "debian", "root", "ls /etc/pass\t\t\t\r", []string{"passwd  passwd-\r\n"}},
		{"tab completes a folder", "debian", "root", "ls -d /etc/ss\tsh\t\r", []string{"/etc/ss"}},
		{"history expansion", "debian", "root", "echo one\r!!\r!e\r!99\r", []string{"one\r\n", "!99: event not found"}},
		{"last word", "debian", "root", "echo a b\recho !$\r", []string{"# echo !$\r\nb\r\n"}},
		{"a job", "debian", "root", "sleep 500 &\rjobs\rkill %1\rtrue\r", []string{"[1] ", "[1]+  Running                 sleep 500 &", "[1]+  Terminated              sleep 500"}},
		{"a job that is done", "debian", "root", "true &\rtrue\r", []string{"[1]+  Done                    true"}},
		{"jobs are in ps", "debian", "root", "sleep 400 &\rps\r", []string{"sleep\r\n", " ps\r\n", " bash\r\n"}},
		{"who and w", "debian", "root", "who; w; tty\r", []string{"root     pts/0", "(203.0.113.7)", "/dev/pts/0", " 1 user,"}},
		{"su and back", "debian", "root", "su - oracle\rsu - debian2\rid -un\rexit\r", []string{"su: user oracle does not exist"}},
		{"su to a user", "ubuntu22", "root", "useradd -m -s /bin/bash eve\rsu - eve\rid -un\rpwd\rexit\rid -un\r", []string{"eve\r\n", "/home/eve\r\n", "exit\r\n", "root\r\n"}},
		{"passwd", "debian", "root", "passwd\rhunter2\rhunter2\r", []string{"New password: \r\nRetype new password: \r\npasswd: password updated successfully"}},
		{"read without echo", "debian", "root", "read -p 'name: ' x\rbob\recho hi $x\r", []string{"name: bob", "hi bob"}},
		{"vi writes", "debian", "root", "vi /tmp/f\rihello\x1b:wq\rcat /tmp/f\r", []string{"-- INSERT --", "hello\r\n"}},
		{"nano writes", "debian", "root", "nano /tmp/g\rhello\x0f\x18cat /tmp/g; echo .\r", []string{"GNU nano", "hello.\r\n"}},
		{"less", "debian", "root", "seq 60 | less\r q", []string{"23\r\n:", "46\r\n:"}},
		{"python's prompt", "debian", "root", "python3\rprint('x')\rexit()\recho back\r", []string{">>> ", "x\r\n", "back\r\n"}},
		{"sh in a shell", "debian", "root", "sh\rnosuch\rexit\rnosuch\r", []string{"sh: 1: nosuch: not found", "-bash: nosuch: command not found"}},
		{"ubuntu knows the package", "ubuntu22", "root", "nmap\r", []string{"Command 'nmap' not found, but can be installed with:\r\napt install nmap\r\n"}},
		{"rhel's prompt", "rocky9", "root", "cd /etc\rnosuch\r", []string{" ~]# ", " etc]# ", "-bash: nosuch: command not found"}},
		{"alpine's shell", "alpine", "root", "nosuch\rcd /nope\r", []string{":~# ", "-ash: nosuch: not found", "-ash: cd: can't cd to /nope: No such file or directory"}},
		{"sudo asks", "debian", "debian", "sudo id -u\rsecret\r", []string{"[sudo] password for"}},
		{"select", "debian", "root", "select x in a b; do echo got $x; break; done\r2\r", []string{"1) a\r\n2) b\r\n#? 2\r\ngot b"}},
		{"colours", "rocky9", "root", "ls -d /etc\r", []string{"\x1b[01;34m/etc\x1b[0m"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			system, p := machine(t, test.distro, 5)
			s := newSession(t, func(c *shell.Config) {
				c.System, c.FS, c.Term, c.User = system, system.NewFS(), "vt100", test.user
				if test.user == "debian" {
					c.User = p.User
				}
			})
			shown, _ := s.terminal(test.keys)
			for _, want := range test.want {
				if !strings.Contains(shown, want) {
					t.Errorf("%q is missing in %q", want, shown)
				}
			}
			if strings.Contains(shown, "hunter2") || strings.Contains(shown, "secret") {
				t.Errorf("a password is shown: %q", shown)
			}
		})
	}
}

func TestPasswordsThatAreSetAreTold(t *testing.T) {
	var told []string
	s := newSession(t, func(c *shell.Config) {
		c.Password = func(user, password string) { told = append(told, user+" "+password) }
	})
	s.exec("echo root:abc:d | chpasswd")
	if strings.Join(told, "|") != "root abc:d" {
		t.Errorf("have %q", told)
	}
}

func TestSessionsSeeEachOther(t *testing.T) {
	system, _ := machine(t, "debian", 3)
	fs := system.NewFS()
	same := func(c *shell.Config) { c.System, c.FS, c.Term = system, fs, "xterm" }
	first, second := newSession(t, same), newSession(t, same)
	out, _ := second.exec("who | wc -l; tty; ps aux | grep -c '[s]shd: root@pts'; ss -tn | grep -c 203.0.113.7")
	if out != "2\n/dev/pts/1\n2\n2\n" {
		t.Errorf("have %q", out)
	}
	first.exec("nohup sleep 9999 >/dev/null 2>&1 & echo x > /dev/shm/m")
	third := newSession(t, same)
	if out, _ := third.exec("who | wc -l; cat /dev/shm/m; pgrep -f 'sleep 9999' | wc -l; kill $(pgrep -f 'sleep 9999'); pgrep -f 'sleep 9999' | wc -l"); out != "1\nx\n1\n0\n" {
		t.Errorf("have %q", out)
	}
}

func TestAProgramOfOnesOwnSeemsToRun(t *testing.T) {
	for machine, want := range map[string]string{`\x3e`: "0\n1\n", `\x28`: "126\n0\n", `\x08`: "126\n0\n"} {
		s := newSession(t, nil)
		out, _ := s.exec(`cd /tmp; printf '\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0` + machine + `\0\x01' > m; head -c 64 /dev/zero >> m; chmod +x m; ./m 2>/dev/null; echo $?; ps aux | grep -c '[.]/m'`)
		if out != want {
			t.Errorf("%s: have %q, want %q", machine, out, want)
		}
	}
}

// A line comes back before the next is typed.
func TestCatDoesNotWaitForTheEnd(t *testing.T) {
	s := newSession(t, func(*shell.Config) {})
	in, typed := io.Pipe()
	shown, out := io.Pipe()
	done := make(chan int)
	go func() {
		status := s.Exec(t.Context(), "cat", shell.Streams{In: in, Out: out, Err: out})
		_ = out.Close()
		done <- status
	}()
	for _, line := range []string{"one\n", "two\n"} {
		if _, err := io.WriteString(typed, line); err != nil {
			t.Fatal(err)
		}
		have := make([]byte, len(line))
		if _, err := io.ReadFull(shown, have); err != nil || string(have) != line {
			t.Fatalf("have %q, %v", have, err)
		}
	}
	_ = typed.Close()
	if status := <-done; status != 0 {
		t.Errorf("have %d", status)
	}
}
