package ssh

import (
	"crypto/subtle"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// A login decides whether a password is right.
type login interface {
	allows(source netip.Addr, user string, password []byte) bool
}

type loginFunc func(source netip.Addr, user string, password []byte) bool

func (f loginFunc) allows(source netip.Addr, user string, password []byte) bool {
	return f(source, user, password)
}

// newLogin is the setting login. Whatever it says, an empty password is refused,
// as OpenSSH does, and so is who cannot have a shell on the machine.
func newLogin(settings decnet.Settings, s *server) (login, error) {
	var decide loginFunc
	switch mode := settings[settingLogin]; mode {
	case "first":
		decide = func(source netip.Addr, user string, password []byte) bool {
			return s.memory.first(source, user, password, 0)
		}
	case "after":
		wrong := settings.Int(settingLoginAfter)
		decide = func(source netip.Addr, user string, password []byte) bool {
			return s.memory.first(source, user, password, wrong)
		}
	case "any":
		decide = func(netip.Addr, string, []byte) bool { return true }
	case "never":
		decide = func(netip.Addr, string, []byte) bool { return false }
	case "list":
		list, err := parseAccounts(settings[settingAccounts])
		if err != nil {
			return nil, err
		}
		decide = func(_ netip.Addr, user string, password []byte) bool {
			want, ok := list[user]
			return ok && subtle.ConstantTimeCompare([]byte(want), password) == 1
		}
	default:
		return nil, fmt.Errorf("setting login: unknown mode %q", mode)
	}
	return loginFunc(func(source netip.Addr, user string, password []byte) bool {
		return len(password) > 0 && s.system.MayLogIn(user) && decide(source, user, password)
	}), nil
}

func parseAccounts(list string) (map[string]string, error) {
	accounts := make(map[string]string)
	for pair := range strings.SplitSeq(list, ",") {
		name, password, ok := strings.Cut(strings.TrimSpace(pair), ":")
		if !ok || name == "" || password == "" {
			return nil, fmt.Errorf("setting accounts: %q: want name:password pairs with commas between them", pair)
		}
		accounts[name] = password
	}
	return accounts, nil
}

// jitter is d give or take a quarter, as pam_fail_delay(3) has it.
func jitter(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return d*3/4 + time.Duration(rand.Int64N(int64(d)/2+1))
}
