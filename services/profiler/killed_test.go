package profiler_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"reflect"
	"runtime/pprof"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/store/storetest"
	"github.com/decnet/decnet/pkg/worker/workertest"
	"github.com/decnet/decnet/services/profiler"
)

var errKilled = errors.New("killed")

// mortal is the store of an instance that may be killed: from then on none of its calls
// comes through, and of a call that was in progress nobody hears.
type mortal struct {
	store *store.Store
	dead  atomic.Bool
}

func living[T any](m *mortal, call func() (T, error)) (out T, err error) {
	if m.dead.Load() {
		return out, errKilled
	}
	if out, err = call(); m.dead.Load() {
		return out, errKilled
	}
	return out, err
}

func (m *mortal) Timeline(ctx context.Context, id decnet.AttackerID, after uint64, limit int) ([]decnet.Event, error) {
	return living(m, func() ([]decnet.Event, error) { return m.store.Events.Timeline(ctx, id, after, limit) })
}

func (m *mortal) Timelines(ctx context.Context, known []store.Known, limit int) (map[decnet.AttackerID][]decnet.Event, error) {
	return living(m, func() (map[decnet.AttackerID][]decnet.Event, error) {
		return m.store.Events.Timelines(ctx, known, limit)
	})
}

func (m *mortal) Profiles(ctx context.Context, known []store.Known) (map[decnet.AttackerID]decnet.Profile, error) {
	return living(m, func() (map[decnet.AttackerID]decnet.Profile, error) { return m.store.Attackers.Profiles(ctx, known) })
}

func (m *mortal) SaveProfiles(ctx context.Context, changes []store.ProfileChange) ([]bool, error) {
	return living(m, func() ([]bool, error) { return m.store.Attackers.SaveProfiles(ctx, changes) })
}

func (m *mortal) LinksBy(ctx context.Context, found []store.AttackerTraits) ([]decnet.AttackerLink, error) {
	return living(m, func() ([]decnet.AttackerLink, error) { return m.store.Attackers.LinksBy(ctx, found) })
}

func (m *mortal) Reuse(ctx context.Context, keys []decnet.CredentialKey) ([]decnet.CredentialReuse, error) {
	return living(m, func() ([]decnet.CredentialReuse, error) { return m.store.Credentials.Reuse(ctx, keys) })
}

func (m *mortal) Behind(context.Context, decnet.AttackerID, int) ([]decnet.Sighting, decnet.AttackerID, error) {
	return nil, "", nil // what is lost stays lost, so that the test sees it
}

// crowd are instances of which some are killed.
type crowd struct {
	*testing.T
	server *bustest.Server
	store  *store.Store
	ended  sync.WaitGroup
	alive  []func() // kills one
}

// add starts an instance.
func (c *crowd) add() {
	b := c.server.Connect("profiler")
	m := &mortal{store: c.store}
	p, err := profiler.New(profiler.Config{}, workertest.Env(c.T, "profiler", b), m, m, m)
	if err != nil {
		c.Fatal(err)
	}
	p.AckWait(300 * time.Millisecond)
	p.Slow(20 * time.Microsecond) // so that it is killed in the middle of something
	c.ended.Go(func() {
		if err := p.Run(context.WithoutCancel(c.Context())); err == nil {
			c.Error("it ended by itself")
		}
	})
	c.alive = append(c.alive, func() { m.dead.Store(true); b.Close() })
}

// kill ends an instance at once, whatever it is doing.
func (c *crowd) kill() {
	n := rand.N(len(c.alive))
	c.alive[n]()
	c.alive = append(c.alive[:n], c.alive[n+1:]...)
}

// publish publishes as an ingester does, again if the bus does not answer: it has the batch in hand until
// it is announced.
func (c *crowd) publish(b *bus.Bus, out []bus.Outgoing) {
	err := b.Publish(c.Context(), out...)
	if bus.Unavailable(err) {
		c.Logf("%v, while the server does\n%s", err, serving())
		err = b.Publish(c.Context(), out...)
	}
	if err != nil {
		c.Fatal(err)
	}
}

// serving are the goroutines of the bus's streams, for whoever has to find out why it did not answer.
func serving() string {
	var all bytes.Buffer
	_ = pprof.Lookup("goroutine").WriteTo(&all, 1) // a buffer takes everything
	var of []string
	for _, stack := range strings.Split(all.String(), "\n\n") {
		if strings.Contains(stack, "server.(*stream)") || strings.Contains(stack, "server.(*fileStore)") {
			of = append(of, stack)
		}
	}
	return strings.Join(of, "\n")
}

// happenings are batches of events of many attackers, as an ingester commits them; one
// attacker has more than the others would wait for.
func happenings() (batches [][]decnet.Event) {
	rng, n := rand.New(rand.NewPCG(1, 2)), 0
	for range 40 {
		var batch []decnet.Event
		for range 20 + rng.IntN(60) {
			attacker := rng.IntN(80)
			for range 1 + 15*(attacker/79) {
				n++
				source := netip.AddrFrom4([4]byte{203, 0, 113, byte(attacker)})
				e := decnet.Event{
					ID: decnet.EventID("h1", "seg", int64(n)), Time: time.Unix(1_800_000_000+int64(n), 0), Host: "h1", Decky: fmt.Sprint("web-", n%7),
					Service: "ssh", Kind: decnet.KindConnect, Attacker: decnet.AttackerIDOf(source), Source: source,
				}
				switch n % 3 {
				case 1:
					e.Kind, e.Fields = decnet.KindCommand, map[string]string{decnet.FieldCommand: fmt.Sprint("echo ", n)}
				case 2:
					e.Kind, e.Fields = decnet.KindAuthAttempt, attempt(fmt.Sprint("pw", n%50), "false")
				}
				batch = append(batch, e)
			}
		}
		batches = append(batches, batch)
	}
	big := make([]decnet.Event, 3*profiler.MaxNew)
	for i := range big {
		source := netip.MustParseAddr("2001:db8::1")
		big[i] = decnet.Event{
			ID: decnet.EventID("h1", "big", int64(i)), Time: time.Unix(1_800_000_000, int64(i)), Host: "h1", Decky: "web-9", Service: "http",
			Kind: decnet.KindRequest, Attacker: decnet.AttackerIDOf(source), Source: source,
		}
	}
	return append(batches[:20:20], append([][]decnet.Event{big}, batches[20:]...)...)
}

// run stores and announces what happens while instances come and go, and returns every
// profile when all is profiled.
func (c *crowd) run(batches [][]decnet.Event, instances int, killing bool) map[decnet.AttackerID]decnet.Profile {
	b := c.server.Connect("ingester")
	if err := b.EnsureTopology(c.Context()); err != nil {
		c.Fatal(err)
	}
	for range instances {
		c.add()
	}
	defer c.ended.Wait()
	defer func() {
		for len(c.alive) > 0 {
			c.kill()
		}
	}()
	through := map[decnet.AttackerID]uint64{}
	kills := 0
	for _, batch := range batches {
		done, err := c.store.Ingest(c.Context(), batch)
		if err != nil {
			c.Fatal(err)
		}
		c.publish(b, sightings(done.Sightings))
		for _, s := range done.Sightings {
			through[s.Attacker] = s.Through
		}
		time.Sleep(rand.N(30 * time.Millisecond))
		if killing && rand.N(3) == 0 {
			kills++
			c.kill()
			c.add()
		}
		if killing && rand.N(8) == 0 { // another number of them for a while
			c.add()
			if len(c.alive) > instances+1 {
				c.kill()
				c.kill()
			}
		}
	}
	profiles := map[decnet.AttackerID]decnet.Profile{}
	workertest.Eventually(c.T, "every event is profiled and told of", func() bool {
		told := map[decnet.AttackerID]uint64{}
		latest, err := bus.AttackersProfiled.Latest(c.Context(), b)
		if err != nil {
			return false
		}
		for _, m := range latest {
			told[m.Body.Attacker] = m.Body.Through
		}
		for id, want := range through {
			if told[id] != want {
				return false
			}
			p, err := c.store.Attackers.Profile(c.Context(), id)
			if err != nil || p.Through != want {
				return false
			}
			p.State.News = decnet.News{} // is of the latest batch, whichever that was
			profiles[id] = p
		}
		return true
	})
	if killing {
		c.Logf("%d were killed", kills)
	}
	if _, dead, err := bus.DeadLetters.Newest(c.Context(), b, 0); err != nil || dead != 0 {
		c.Errorf("%d dead letters, %v", dead, err)
	}
	return profiles
}

// However many instances there are, and whichever are killed: the profiles are those that
// one instance makes when nothing happens to it.
func TestProfilesAreTheSameWhoeverMakesThemAndDies(t *testing.T) {
	alone := &crowd{T: t, server: bustest.Start(t), store: storetest.Open(t)}
	want := alone.run(happenings(), 1, false)
	for _, instances := range []int{1, 2, 8} {
		t.Run(fmt.Sprint(instances), func(t *testing.T) {
			c := &crowd{T: t, server: bustest.Start(t), store: storetest.Open(t)}
			have := c.run(happenings(), instances, true)
			for id, p := range want {
				if !reflect.DeepEqual(have[id], p) {
					t.Errorf("%s is\n%+v, want\n%+v", id, have[id], p)
				}
			}
			if len(have) != len(want) {
				t.Errorf("%d profiles, want %d", len(have), len(want))
			}
		})
	}
}
