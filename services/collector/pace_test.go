package collector_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker/workertest"
)

// While the ingesters stand still, lines wait in the spool and not on the bus, which
// would push out its oldest ones some day.
func TestTheCollectorDoesNotRunAheadOfTheIngesters(t *testing.T) {
	r := newRig(t)
	r.stop()
	const total = 30_000
	r.write(strings.Repeat(header+"x\n", total))
	ctx, cancel := context.WithCancel(t.Context())
	goOn, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- bus.LogsRaw.Consume(ctx, r.bus, bus.Consumer{Name: "ingester", Batch: 1000}, func(context.Context, []*bus.Message[decnet.RawLog]) error {
			<-goOn
			return nil
		})
	}()
	r.start()
	workertest.Eventually(t, "the collector has published what may be", func() bool { return r.count() >= 19_000 })
	for range 20 {
		time.Sleep(20 * time.Millisecond)
		if n := r.count(); n > 20_000 {
			t.Fatalf("%d lines are on the bus and none is ingested", n)
		}
	}
	close(goOn)
	workertest.Eventually(t, "all lines are on the bus", func() bool { return r.count() == total })
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
