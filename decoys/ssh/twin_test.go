package ssh_test

import (
	"testing"

	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/decoytest/twin"
	"github.com/decnet/decnet/decoys/ssh"
	"github.com/decnet/decnet/decoys/ssh/internal/corpus"
)

// startTwin serves a Debian 12 machine whose root has the password that the
// corpus knows, without the bound of connections that one source has.
func startTwin(t *testing.T) *decoytest.Decoy {
	t.Helper()
	limits := ssh.Service().Limits
	limits.PerSource, limits.PerService = 4096, 4096
	return decoytest.Start(t, ssh.Service(), decoytest.Options{
		Seed: twinSeed, Settings: map[string]string{"login": "list", "accounts": corpus.User + ":" + corpus.Password, "max_startups": "false"}, Limits: limits,
	})
}

const twinSeed = "0000000000000000000000000000000000000000000000000000000000000001"

func TestAnswersAsOpenSSH(t *testing.T) {
	twin.Check(t, corpus.OpenSSH(), startTwin(t).Addr)
}

func TestFixtureIsWhatOpenSSHDoes(t *testing.T) {
	twin.CheckFixture(t, corpus.OpenSSH(), 25)
}

func TestRefusesConnectionsAsOpenSSH(t *testing.T) {
	d := decoytest.Start(t, ssh.Service(), decoytest.Options{Seed: twinSeed})
	twin.Check(t, corpus.Startups(), d.Addr)
}
