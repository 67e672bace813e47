package world_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/shell/world"
	"github.com/decnet/decnet/pkg/decnet"
)

var service = decoy.Service{Spec: decnet.ServiceSpec{Slug: "ssh", Settings: world.Settings()}}

func machine(t *testing.T, hours string) decoy.Machine {
	t.Helper()
	return decoytest.Machine(t, decoytest.Options{Settings: map[string]string{world.SettingExpiry: hours}}, service)
}

func source(n int) netip.Addr { return netip.AddrFrom4([4]byte{198, 51, byte(n >> 8), byte(n)}) }

func TestServicesOfOneDeckyShareAWorld(t *testing.T) {
	m := machine(t, "1")
	ssh, telnet := world.Of(m), world.Of(m)
	if ssh != telnet {
		t.Fatal("two services have two worlds")
	}
	if other := world.Of(machine(t, "1")); other == ssh {
		t.Error("two deckies have one world")
	}
	if err := ssh.Files(source(1)).As("root").Write("/tmp/x", []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if have, err := telnet.Files(source(1)).As("root").Read("/tmp/x"); string(have) != "x" || err != nil {
		t.Errorf("have %q and %v", have, err)
	}
	if _, err := telnet.Files(source(2)).As("root").Read("/tmp/x"); err == nil {
		t.Error("another source sees the file")
	}
}

func TestPasswords(t *testing.T) {
	w := world.Of(machine(t, "1"))
	for i, test := range []struct {
		source         int
		user, password string
		want           bool
	}{
		{1, "root", "a", true},
		{1, "root", "b", false},
		{1, "root", "a", true},
		{2, "root", "b", true},
		{1, "admin", "b", true},
		{1, "oracle", "c", true},
		{1, "fourth", "d", false},
	} {
		if have := w.FirstPassword(source(test.source), test.user, []byte(test.password)); have != test.want {
			t.Errorf("%d: have %v", i, have)
		}
	}
	w.SetPassword(source(1), "root", []byte("new"))
	if w.FirstPassword(source(1), "root", []byte("a")) || !w.FirstPassword(source(1), "root", []byte("new")) {
		t.Error("a password that was changed is not the right one")
	}
}

func TestWhoStaysAwayFindsAFreshMachine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := world.Of(machine(t, "2"))
		w.FirstPassword(source(1), "root", []byte("a"))
		files := w.Files(source(1))
		for range 3 { // every visit starts the time anew
			time.Sleep(119 * time.Minute)
			if w.Files(source(1)) != files {
				t.Fatal("the files are gone too early")
			}
		}
		time.Sleep(121 * time.Minute)
		if w.Files(source(1)) == files || !w.FirstPassword(source(1), "root", []byte("b")) {
			t.Error("the world is still there")
		}
	})
}

func TestTheLeastRecentIsForgotten(t *testing.T) {
	w := world.Of(machine(t, "100"))
	first := w.Files(source(0))
	for i := 1; i < 16; i++ {
		w.Files(source(i))
	}
	if w.Files(source(0)) != first {
		t.Error("the first of sixteen is forgotten")
	}
	for i := range 16 {
		w.Files(source(100 + i))
	}
	if w.Files(source(0)) == first {
		t.Error("the files of the seventeenth are still there")
	}
	w.FirstPassword(source(0), "root", []byte("a"))
	for i := range 2000 {
		w.FirstPassword(source(i+1000), "root", []byte("x"))
	}
	if !w.FirstPassword(source(0), "root", []byte("b")) {
		t.Error("a password is remembered for ever")
	}
}

func TestLastLogin(t *testing.T) {
	w := world.Of(machine(t, "1"))
	now := time.Now()
	if last, ok := w.LoggedIn("root", source(1), now); !ok || !last.At.Before(now) || !netip.MustParsePrefix("192.0.2.0/24").Contains(last.From) {
		t.Errorf("have %v and %v", last, ok)
	}
	if last, ok := w.LoggedIn("root", source(2), now); !ok || last != (world.Login{At: now, From: source(1)}) {
		t.Errorf("have %v and %v", last, ok)
	}
	if last, ok := w.LoggedIn("nobodyhadthis", source(2), now); ok {
		t.Errorf("have %v", last)
	}
	for i := range 2000 {
		w.LoggedIn(fmt.Sprint("u", i), source(1), now)
	}
	if _, ok := w.LoggedIn("u1999", source(1), now); ok {
		t.Error("logins are remembered without a bound")
	}
}

func TestSettingsOfADeviceAreTheSources(t *testing.T) {
	w := world.Of(machine(t, "1"))
	a, b := source(1), source(2)
	for range 1000 {
		w.Remember(a, "ip route 0.0.0.0")
	}
	w.Remember(b, strings.Repeat("x", 10_000))
	w.Remember(b, "hostname pwned")
	if n := len(w.DeviceSettings(a)); n != 128 {
		t.Errorf("a source has %d settings", n)
	}
	if have := w.DeviceSettings(b); len(have) != 1 || have[0] != "hostname pwned" {
		t.Errorf("have %q", have)
	}
}
