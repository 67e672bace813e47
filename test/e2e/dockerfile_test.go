package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// image is what the Dockerfile makes of a worker, as far as that can be had without
// a base image: its commands are run here, on this tree.
type image struct {
	// dir has what the image has in /usr/local/bin.
	dir string
	// user runs the worker; 0 if we are not root and it is whoever we are.
	user int
}

var (
	mountOption = regexp.MustCompile(`--mount=\S+\s*`)
	userLine    = regexp.MustCompile(`(?m)^USER (\d+):\d+$`)
)

// buildImages runs the Dockerfile's commands for each worker.
func buildImages(t *testing.T, dir string, workers []string) map[string]image {
	t.Helper()
	data, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(data), "\\\n", " ")
	user := userLine.FindStringSubmatch(text)
	if user == nil {
		t.Fatal("the Dockerfile names no user without rights")
	}
	uid, err := strconv.Atoi(user[1])
	if err != nil || uid == 0 {
		t.Fatalf("the Dockerfile's user is %s", user[1])
	}
	if os.Geteuid() != 0 {
		uid = 0
	}
	out := make(map[string]image, len(workers))
	for _, w := range workers {
		root := filepath.Join(dir, w)
		out[w] = image{dir: filepath.Join(root, "bin"), user: uid}
		env := append(os.Environ(), "SERVICE="+w, "VERSION=1.2.3-image")
		for line := range strings.Lines(text) {
			what, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
			switch what {
			case "ENV":
				env = append(env, strings.Fields(rest)...)
			case "RUN":
				script := strings.ReplaceAll(mountOption.ReplaceAllString(rest, ""), "/out", root)
				cmd := exec.CommandContext(t.Context(), "sh", "-ec", script)
				cmd.Dir, cmd.Env = "../..", env
				if said, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("RUN %s: %v\n%s", script, err, said)
				}
			}
		}
		for _, program := range []string{"worker", "decnet-decoy"} {
			_, err := os.Stat(filepath.Join(out[w].dir, program))
			if want := program == "worker" || w == "deployer"; want != (err == nil) {
				t.Fatalf("%s in the image of %s: %v", program, w, err)
			}
		}
	}
	return out
}

// own gives a folder to the image's user.
func (i image) own(t *testing.T, dir string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if i.user != 0 {
		if err := os.Chown(dir, i.user, i.user); err != nil {
			t.Fatal(err)
		}
	}
}

// as is how a process becomes the image's user, in a group of its own.
func (i image) as() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setpgid: true}
	if i.user != 0 {
		id := uint32(i.user)
		attr.Credential = &syscall.Credential{Uid: id, Gid: id}
	}
	return attr
}

// command is a program of the image as a file for Docker names it.
func (i image) command(path string) string {
	return filepath.Join(i.dir, filepath.Base(path))
}
