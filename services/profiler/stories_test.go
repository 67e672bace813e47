package profiler_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store/storetest"
	"github.com/decnet/decnet/services/profiler/internal/stories"
)

// tell is the events of all stories in small batches, and how they have to come out.
func tell(t *testing.T) (batches [][]decnet.Event, check func(map[decnet.AttackerID]decnet.Profile) error) {
	t.Helper()
	all, err := stories.All()
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		batches = slices.AppendSeq(batches, slices.Chunk(all[i].Events(), 97))
	}
	return batches, func(profiles map[decnet.AttackerID]decnet.Profile) error {
		var wrong []error
		for i := range all {
			wrong = append(wrong, all[i].Check(profiles))
		}
		return errors.Join(wrong...)
	}
}

// Every story comes out as it has to, by the store, the bus and any number of instances that are killed meanwhile,
// and as one instance makes it.
func TestStoriesWhoeverProfilesThem(t *testing.T) {
	batches, check := tell(t)
	alone := &crowd{T: t, server: bustest.Start(t), store: storetest.Open(t)}
	want := alone.run(batches, 1, false)
	if err := check(want); err != nil {
		t.Error(err)
	}
	for _, instances := range []int{2, 8} {
		t.Run(fmt.Sprint(instances), func(t *testing.T) {
			c := &crowd{T: t, server: bustest.Start(t), store: storetest.Open(t)}
			have := c.run(batches, instances, true)
			if err := check(have); err != nil {
				t.Error(err)
			}
			for id, p := range want {
				if !reflect.DeepEqual(have[id], p) {
					t.Errorf("%s is\n%+v, want\n%+v", id, have[id], p)
				}
			}
		})
	}
}
