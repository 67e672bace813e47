package profiler_test

import (
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"testing"

	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store/storetest"
	"github.com/decnet/decnet/services/profiler/internal/stories"
)

// told is all stories at once, each under addresses of its own: many of them tell of the same ones.
type told struct {
	stories []stories.Story
	batches [][]decnet.Event
	// of says who an attacker is in which story.
	of map[decnet.AttackerID]role
}

type role struct {
	story int
	id    decnet.AttackerID
}

func tellAll(t *testing.T) *told {
	t.Helper()
	list, err := stories.All()
	if err != nil {
		t.Fatal(err)
	}
	all := &told{stories: list, of: map[decnet.AttackerID]role{}}
	for i := range list {
		events := list[i].Events()
		for j := range events {
			e := &events[j]
			if e.Attacker == "" {
				continue
			}
			addr := netip.MustParseAddr(fmt.Sprintf("2001:db8:%x::%s", i+1, suffix(e.Attacker)))
			all.of[decnet.AttackerIDOf(addr)] = role{i, e.Attacker}
			e.Source, e.Attacker = addr, decnet.AttackerIDOf(addr)
			e.ID, e.Host = decnet.EventID("h1", fmt.Sprint(i, " ", e.ID), 0), "h1"
		}
		all.batches = slices.AppendSeq(all.batches, slices.Chunk(events, 97))
	}
	return all
}

// suffix makes the last 32 bits of an id the end of an address.
func suffix(id decnet.AttackerID) string {
	s := string(id[len(id)-8:])
	return s[:4] + ":" + s[4:]
}

// check compares the profiles with what every story expects.
func (all *told) check(t *testing.T, profiles map[decnet.AttackerID]decnet.Profile) {
	t.Helper()
	byStory := make([]map[decnet.AttackerID]decnet.Profile, len(all.stories))
	for id, p := range profiles {
		r := all.of[id]
		if byStory[r.story] == nil {
			byStory[r.story] = map[decnet.AttackerID]decnet.Profile{}
		}
		p.Attacker, p.Address = r.id, r.id.Addr()
		byStory[r.story][r.id] = p
	}
	for i := range all.stories {
		if err := all.stories[i].Check(byStory[i]); err != nil {
			t.Error(err)
		}
	}
}

// Every story comes out as it has to, by the store, the bus and any number of instances that are killed meanwhile,
// and as one instance makes it.
func TestStoriesWhoeverProfilesThem(t *testing.T) {
	all := tellAll(t)
	alone := &crowd{T: t, server: bustest.Start(t), store: storetest.Open(t)}
	want := alone.run(all.batches, 1, false)
	all.check(t, want)
	for _, instances := range []int{2, 8} {
		t.Run(fmt.Sprint(instances), func(t *testing.T) {
			c := &crowd{T: t, server: bustest.Start(t), store: storetest.Open(t)}
			have := c.run(all.batches, instances, true)
			all.check(t, have)
			for id, p := range want {
				if !reflect.DeepEqual(have[id], p) {
					t.Errorf("%s is\n%+v, want\n%+v", id, have[id], p)
				}
			}
		})
	}
}
