// Package corpus is what the Telnet decoy and genuine daemons are asked alike: several
// hundred dialogues, most of them such as no client has. What is answered is written
// down a line for each command and each line of text.
package corpus

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/decnet/decnet/decoys/decoytest/twin"
)

// User and Password let in at the genuine servers; the decoy must have the same.
const (
	User     = "root"
	Password = "correct horse"
)

// Inetutils is Debian's GNU telnetd behind an inetd, with Debian's login.
func Inetutils() *twin.Twin {
	return &twin.Twin{
		Name: "inetutils", Package: "inetutils-telnetd", Program: "/usr/sbin/telnetd", NeedsRoot: true,
		Start: func(ctx context.Context, dir string) (string, error) {
			return start(ctx, dir, behindInetd+`/usr/sbin/telnetd,nofork"`)
		},
		Dialogues: func() []twin.Dialogue { return dialogues(inetutilsRefusals) }, Describe: Describe, Masks: masks(), Settle: settle, Parallel: 64,
	}
}

// Busybox is BusyBox's telnetd with BusyBox's login, and without a file issue.net, as
// Alpine Linux has them.
func Busybox() *twin.Twin {
	return &twin.Twin{
		Name: "busybox", Package: "busybox-static", NeedsRoot: true,
		// The package busybox has a program of that name without telnetd.
		Program: "/var/lib/dpkg/info/busybox-static.list",
		Start: func(ctx context.Context, dir string) (string, error) {
			return start(ctx, dir, `ln -s /usr/bin/busybox "$1/login" && printf 'root:x:0:0:root:/root:/bin/sh\n' > "$1/passwd" &&
mount --bind "$1/passwd" /etc/passwd && printf '`+alpineMotd+`' > "$1/motd" && mount --bind "$1/motd" /etc/motd && echo "PS1='twin:~# '" > "$1/profile" &&
mount --bind "$1/profile" /etc/profile && `+behindInetd+`'busybox telnetd -i -f $1/none -l $1/login',nofork"`)
		},
		Dialogues: func() []twin.Dialogue { return dialogues(busyboxRefusals) }, Describe: Describe, Masks: masks(), Settle: settle, Parallel: 64,
	}
}

// behindInetd begins a command that has a daemon serve each connection to port $2, with signals as
// they are for a daemon. BusyBox's own listener has room for one connection that waits.
const behindInetd = `exec env --default-signal=INT,QUIT socat TCP-LISTEN:$2,bind=127.0.0.1,reuseaddr,backlog=256,fork "EXEC:`

// alpineMotd is what Alpine Linux says to who has logged in, for printf.
const alpineMotd = `Welcome to Alpine!\n\nThe Alpine Wiki contains a large amount of how-to guides and general\n` +
	`information about administrating Alpine systems.\nSee <https://wiki.alpinelinux.org/>.\n\n` +
	`You can setup the system with the command: setup-alpine\n\nYou may change this message by editing /etc/motd.\n\n`

// start runs a daemon in mount, process and host name namespaces of its own, in which
// root has the password that the dialogues know, an empty home and empty logs.
func start(ctx context.Context, dir, daemon string) (string, error) {
	port, err := twin.FreePort()
	if err != nil {
		return "", err
	}
	shadow, err := os.ReadFile("/etc/shadow")
	if err != nil {
		return "", err
	}
	lines := strings.SplitAfter(string(shadow), "\n")
	for i := range lines {
		if strings.HasPrefix(lines[i], User+":") {
			lines[i] = User + ":" + passwordHash + ":19700:0:99999:7:::\n"
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "shadow"), []byte(strings.Join(lines, "")), 0o600); err != nil {
		return "", err
	}
	script := `mount --bind "$1/shadow" /etc/shadow && mount -t tmpfs tmpfs /root && mount -t tmpfs tmpfs /var/log && hostname twin && ` + daemon
	return twin.Launch(ctx, dir, port, "unshare", "--mount", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc", "sh", "-c", script, "sh", dir, fmt.Sprint(port))
}

// passwordHash is crypt(5)'s of Password: sha512crypt, which every libcrypt has.
const passwordHash = "$6$twintwin$wHukzKu7TGTPKiSbRC98oRNFVUPfY8Lp1Ebg7vwrwTe3MzcxWqSERPm1WEYLzBoEYP3R0I37QpXigO24/Fjnb."

// refusals are what a client that wants nothing answers, step by step, until it is asked for a name.
type refusals []string

var (
	inetutilsRefusals = refusals{
		"\xff\xfe\x25\xff\xfe\x26\xff\xfc\x18\xff\xfc\x20\xff\xfc\x23\xff\xfc\x27\xff\xfc\x24",
		"\xff\xfd\x03\xff\xfc\x01\xff\xfc\x22\xff\xfc\x1f\xff\xfe\x05\xff\xfc\x21",
	}
	busyboxRefusals = refusals{"\xff\xfc\x01\xff\xfc\x1f\xff\xfd\x01\xff\xfd\x03"}
)

// dialogues is the corpus of one daemon.
func dialogues(r refusals) []twin.Dialogue {
	var all []twin.Dialogue
	for _, o := range oddities() {
		all = append(all, r.then("first/"+o.name, 0, o.steps()), r.then("prompt/"+o.name, len(r), o.steps()))
		if len(r) > 1 && o.option {
			all = append(all, r.then("middle/"+o.name, 1, o.steps()))
		}
	}
	all = append(all, r.halfCloses()...)
	all = append(all, r.logins()...)
	all = append(all, r.agreements()...)
	slices.SortFunc(all, func(a, b twin.Dialogue) int { return strings.Compare(a.Name, b.Name) })
	return all
}

// arrivalTime is how long a daemon may take for what it says in any case, on a busy machine.
const arrivalTime = 10 * time.Second

// promptTime is how long login may take to ask for a name.
const promptTime = 500 * time.Millisecond

// arrival waits for what the daemon says in any case.
func arrival() twin.Step {
	await := twin.Await()
	return twin.Do(await.Name, func(ctx context.Context, w *twin.Wire) error {
		patience := w.Patience
		defer func() { w.Patience = patience }()
		w.Patience = arrivalTime
		return await.Do(ctx, w)
	})
}

// upTo are the steps of a client that has refused what it was asked n times.
func (r refusals) upTo(n int) []twin.Step {
	var all []twin.Step
	if len(r) == 1 { // the daemon says all at once, but login takes its time
		all = append(all, twin.Pause(promptTime))
	}
	all = append(all, arrival())
	for _, refusal := range r[:n] {
		await := twin.Await()
		if len(r) > 1 { // the daemon goes on
			await = arrival()
		}
		all = append(all, twin.Send([]byte(refusal)), await)
	}
	return all
}

// then does steps after the client has refused what it was asked n times, and refuses the rest
// afterwards.
func (r refusals) then(name string, n int, steps []twin.Step) twin.Dialogue {
	all := append(append(r.upTo(n), steps...), twin.Await())
	for _, refusal := range r[n:] {
		all = append(all, twin.Send([]byte(refusal)), twin.Await())
	}
	return twin.Dialogue{Name: name, Steps: all}
}
