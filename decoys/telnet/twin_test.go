package telnet_test

import (
	"testing"

	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/decoytest/twin"
	"github.com/decnet/decnet/decoys/telnet"
	"github.com/decnet/decnet/decoys/telnet/internal/corpus"
)

// startTwin serves a machine whose root has the password that the corpus knows, without
// the bound of connections that one source has.
func startTwin(t *testing.T, os string) *decoytest.Decoy {
	t.Helper()
	limits := telnet.Service().Limits
	limits.PerSource, limits.PerService = 4096, 4096
	return decoytest.Start(t, telnet.Service(), decoytest.Options{
		OS: os, Seed: twinSeed, Settings: map[string]string{"login": "list", "accounts": corpus.User + ":" + corpus.Password}, Limits: limits,
	})
}

const twinSeed = "0000000000000000000000000000000000000000000000000000000000000001"

func TestAnswersAsInetutils(t *testing.T) {
	twin.Check(t, corpus.Inetutils(), startTwin(t, "debian").Addr)
}

func TestAnswersAsBusybox(t *testing.T) {
	twin.Check(t, corpus.Busybox(), startTwin(t, "alpine").Addr)
}

func TestFixtureIsWhatInetutilsDoes(t *testing.T) { twin.CheckFixture(t, corpus.Inetutils(), 25) }

func TestFixtureIsWhatBusyboxDoes(t *testing.T) { twin.CheckFixture(t, corpus.Busybox(), 25) }
