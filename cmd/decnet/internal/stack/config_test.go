package stack

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/services/api"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestAnAdminWhoCouldNotLogInIsRefused(t *testing.T) {
	for _, test := range []struct{ user, password, want string }{
		{"", "", "admin.user is empty"},
		{strings.Repeat("é", 65), "", "admin.user is too long"},
		{"admin", "eleven char", "admin.password is too short"},
		{"admin", strings.Repeat("é", 257), "admin.password is too long"},
		{"admin", "Administrator", "admin.password is one that everybody tries"},
	} {
		c := Default(t.TempDir())
		c.Admin.User, c.Admin.Password = test.user, test.password
		if err := c.Validate(); err == nil || !strings.Contains(err.Error(), test.want) || test.password != "" && strings.Contains(err.Error(), test.password) {
			t.Errorf("%q, %q: have %v", test.user, test.password, err)
		}
	}
	c := Default(t.TempDir())
	c.Admin.User, c.Admin.Password = strings.Repeat("é", 64), strings.Repeat("é", 256)
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
}

func TestTheFirstPasswordBelongsToWhoCalledSudo(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give files away")
	}
	t.Setenv("SUDO_UID", "65534")
	t.Setenv("SUDO_GID", "65534")
	dir := filepath.Join(t.TempDir(), "data")
	lock, err := lockDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Close() }()
	for _, name := range []string{passwordFile, "other"} {
		if _, _, err := secret(dir, name, api.NewPassword); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]uint32{".": 65534, passwordFile: 65534, "other": 0, "lock": 0} {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil || info.Sys().(*syscall.Stat_t).Uid != want {
			t.Errorf("%s: %v, want it to belong to %d", name, err, want)
		}
	}
}
