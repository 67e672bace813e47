package worker_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/worker"
)

func TestDotEnvIsReadAsAShellWould(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"plain", "DECNET_X=a b", "a b"},
		{"export, spaces and CRLF", "  export  DECNET_X = a \r\n", "a"},
		{"byte order mark", "\ufeffDECNET_X=a", "a"},
		{"comment behind", "DECNET_X=a # b", "a"},
		{"only a comment", "DECNET_X= # b", ""},
		{"no comment", "DECNET_X=a#b", "a#b"},
		{"begins with #", "DECNET_X=#b", "#b"},
		{"single quotes", `DECNET_X='a\n"b # c' # d`, `a\n"b # c`},
		{"double quotes", `DECNET_X="a\n\"b\\ # c" # d`, "a\n\"b\\ # c"},
		{"empty quotes", `DECNET_X=""`, ""},
		{"quotes inside", `DECNET_X=a"b'`, `a"b'`},
		{"an equals sign", "DECNET_X=a=b", "a=b"},
		{"nothing is substituted", `DECNET_X="$HOME ${HOME}"`, "$HOME ${HOME}"},
		{"the last one wins", "DECNET_X=a\nDECNET_X=b", "b"},
		{"others are left alone", "FOO\n: bar\n#DECNET_X=c\nPATH='\nexported DECNET_X=c\nDECNET_X=a\n\"\x00", "a"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			vars, err := worker.ParseDotEnv("x.env", []byte(test.text))
			if value, ok := vars["DECNET_X"]; err != nil || !ok || value != test.want || len(vars) != 1 {
				t.Errorf("have %q, %v, want %q", vars, err, test.want)
			}
		})
	}
}

func TestBadDotEnvIsOneLineWithItsPlace(t *testing.T) {
	tests := []struct{ text, want string }{
		{"\n\nDECNET_X", "x.env:3: no = after DECNET_X"},
		{"DECNET_X: hunter2", "x.env:1: want NAME=VALUE after DECNET_X"},
		{"DECNET_X hunter2=3", "x.env:1: want NAME=VALUE after DECNET_X"},
		{"A=1\r\nexport DECNET_X='hunter2\r\n", "x.env:2: DECNET_X: the closing quote is missing"},
		{`DECNET_X="hunter2\"`, "x.env:1: DECNET_X: the closing quote is missing"},
		{`DECNET_X="hunter2\x"`, "x.env:1: DECNET_X: in double quotes a backslash goes before"},
		{`DECNET_X="hunter2\`, "x.env:1: DECNET_X: in double quotes a backslash goes before"},
		{`DECNET_X="hunter2" more`, "x.env:1: DECNET_X: there is text after the closing quote"},
		{"OTEL_X=hunter2\x00", "x.env:1: OTEL_X: a value cannot contain NUL"},
	}
	for _, test := range tests {
		_, err := worker.ParseDotEnv("x.env", []byte(test.text))
		if err == nil || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: have %v, want %q", test.text, err, test.want)
		}
	}
}

// put writes a file of variables with a mode that the umask does not change.
func put(t *testing.T, path string, mode os.FileMode, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func TestFilesOfVariablesWinInOrder(t *testing.T) {
	here, there := t.TempDir(), t.TempDir()
	put(t, filepath.Join(here, ".env.local"), 0o600, "DECNET_A=here.local\nDECNET_B=here.local\nDECNET_E=\n")
	put(t, filepath.Join(here, ".env"), 0o600, "DECNET_A=here\nDECNET_B=here\nDECNET_C=here\nHOME=/nowhere\n")
	put(t, filepath.Join(there, ".env"), 0o600, "DECNET_C=there\nDECNET_D=there\nDECNET_E=there\n")
	t.Chdir(here)
	src := worker.Sources{Environ: []string{"DECNET_A=env", "DECNET_E="}}
	for _, dir := range []string{".", here, there, "/nowhere"} { // here twice
		if err := src.ReadDotEnv(dir); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]string{
		"DECNET_A": "env DECNET_A", "DECNET_B": "env DECNET_B (.env.local)", "DECNET_C": "env DECNET_C (.env)",
		"DECNET_D": "env DECNET_D (" + there + "/.env)", "DECNET_E": "env DECNET_E (" + there + "/.env)", "HOME": "",
	}
	have := map[string]string{}
	for name := range want {
		_, have[name] = src.Lookup(name)
	}
	if !maps.Equal(have, want) {
		t.Errorf("have %v\nwant %v", have, want)
	}
	if w := src.Warnings(nil); len(w) != 0 {
		t.Errorf("have warnings %q", w)
	}
}

func TestFilesThatCannotBeReadOrTrusted(t *testing.T) {
	read := func(mode os.FileMode, text string) (*worker.Sources, error) {
		dir := t.TempDir()
		put(t, filepath.Join(dir, ".env"), mode, text)
		var src worker.Sources
		return &src, src.ReadDotEnv(dir)
	}
	if _, err := read(0o600, strings.Repeat("#", 64<<10+1)); err == nil || !strings.Contains(err.Error(), ".env: more than 64 KiB") {
		t.Errorf("a file that is too long: have %v", err)
	}
	src, err := read(0o666, "DECNET_MANY=1")
	if value, _ := src.Lookup("DECNET_MANY"); err != nil || value != "" || !strings.Contains(strings.Join(src.Warnings(nil), "\n"), "everybody may write it") {
		t.Errorf("a file that everybody may write: have %q, %v, warnings %q", value, err, src.Warnings(nil))
	}
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".env"), 0o700); err != nil {
		t.Fatal(err)
	}
	src = new(worker.Sources)
	if err := src.ReadDotEnv(dir); err != nil || len(src.Warnings(nil)) != 0 {
		t.Errorf("a folder called .env: have %v, %q", err, src.Warnings(nil))
	}
	if os.Geteuid() != 0 {
		return
	}
	put(t, filepath.Join(dir, ".env.local"), 0o600, "DECNET_MANY=1")
	if err := os.Chown(filepath.Join(dir, ".env.local"), 65534, 65534); err != nil {
		t.Fatal(err)
	}
	if err := src.ReadDotEnv(dir); err != nil || !strings.Contains(strings.Join(src.Warnings(nil), "\n"), "belongs to another user (uid 65534)") {
		t.Errorf("somebody else's file: have %v, %q", err, src.Warnings(nil))
	}
	t.Setenv("SUDO_UID", "65534")
	t.Setenv("SUDO_GID", "65534")
	src = new(worker.Sources)
	if err := src.ReadDotEnv(dir); err != nil || len(src.Warnings(nil)) != 0 {
		t.Errorf("the file of the user who called sudo: have %v, %q", err, src.Warnings(nil))
	}
}

func FuzzDotEnv(f *testing.F) {
	for _, seed := range []string{
		"export DECNET_A='b' # c\r\nOTEL_B=\"c\\n\\\"\\\\\"\n", "DECNET_A", "DECNET_A =\"", "\ufeffDECNET_A=\x00", "DECNET_=x\\", "OTEL_A-B=c",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		vars, err := worker.ParseDotEnv("x.env", []byte(text))
		if err != nil && (!strings.HasPrefix(err.Error(), "x.env:") || strings.ContainsAny(err.Error(), "\n\r\x00")) {
			t.Errorf("%q is not one line with its place", err)
		}
		for name, value := range vars {
			if !strings.HasPrefix(name, "DECNET_") && !strings.HasPrefix(name, "OTEL_") || strings.ContainsAny(name, "= \t\r\n\x00") || strings.Contains(value, "\x00") {
				t.Errorf("have %q = %q", name, value)
			}
			// Whatever a value holds can be written in double quotes.
			quoted := name + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value) + `"`
			if again, err := worker.ParseDotEnv("x.env", []byte(quoted)); err != nil || again[name] != value {
				t.Errorf("%q, written as %q, comes back as %q, %v", value, quoted, again[name], err)
			}
		}
	})
}
