package world

import (
	"crypto/subtle"
	"fmt"
	"net/netip"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
)

// Settings of a Policy.
const (
	SettingLogin      = "login"
	SettingLoginAfter = "login_after"
	SettingAccounts   = "accounts"
)

// loginSettings declare the settings of a Policy.
func loginSettings() []decnet.SettingSpec {
	return []decnet.SettingSpec{
		{
			Name: SettingLogin, Type: decnet.SettingEnum, Default: "first", Choices: []string{"first", "after", "list", "any", "never"},
			Doc: "Who is let in: with first, the first password that a source offers for a user name is that user's password for this source " +
				"from then on; with after, so many passwords as the setting login_after says are wrong first; with list, the accounts of the setting " +
				"accounts; any or nobody.",
		},
		{
			Name: SettingLoginAfter, Type: decnet.SettingInt, Default: "1", Min: 1, Max: 10000,
			Doc: "How many passwords of a source are wrong before one is right, with login=after: 1 accepts everything but the first.",
		},
		{
			Name: SettingAccounts, Type: decnet.SettingString,
			Doc: "The accounts of login=list as name:password pairs with commas between them, such as root:toor,admin:admin.",
		},
	}
}

// A Policy decides whether a password is right. Whatever the settings say, an empty one is refused,
// as servers do, and so is who cannot have a shell on the machine.
type Policy struct {
	world  *World
	decide func(source netip.Addr, user string, password []byte) bool
}

// NewPolicy is what the settings of one service say about the world of its decky.
func NewPolicy(w *World, settings decnet.Settings) (*Policy, error) {
	p := &Policy{world: w}
	switch mode := settings[SettingLogin]; mode {
	case "first", "after":
		wrong := 0
		if mode == "after" {
			wrong = settings.Int(SettingLoginAfter)
		}
		p.decide = func(source netip.Addr, user string, password []byte) bool {
			return w.passwordAfter(source, user, password, wrong)
		}
	case "any", "never":
		p.decide = func(netip.Addr, string, []byte) bool { return mode == "any" }
	case "list":
		list, err := parseAccounts(settings[SettingAccounts])
		if err != nil {
			return nil, err
		}
		p.decide = func(_ netip.Addr, user string, password []byte) bool {
			want, ok := list[user]
			return ok && subtle.ConstantTimeCompare([]byte(want), password) == 1
		}
	default:
		return nil, fmt.Errorf("setting login: unknown mode %q", mode)
	}
	return p, nil
}

// Allows reports whether source may log in as user with this password.
func (p *Policy) Allows(source netip.Addr, user string, password []byte) bool {
	return len(password) > 0 && p.world.System.MayLogIn(user) && p.decide(source, user, password)
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
