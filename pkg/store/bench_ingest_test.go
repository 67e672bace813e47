package store_test

import (
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/store/storetest"
	"github.com/decnet/decnet/pkg/store/storetest/pgtest"
)

// BenchmarkIngesters stores new events in batches of 500, as ingesters do, each
// batch in one durable transaction, into a database that grows from empty.
func BenchmarkIngesters(b *testing.B) {
	const size = 500
	for _, database := range []string{"sqlite", "postgres"} {
		for _, ingesters := range []int{1, 2} {
			b.Run(fmt.Sprintf("%s/ingesters=%d", database, ingesters), func(b *testing.B) {
				cfg := store.Config{Path: filepath.Join(b.TempDir(), "decnet.db"), BusyTimeout: store.Default().BusyTimeout}
				if database == "postgres" {
					cfg.URL = pgtest.Start(b, "").Database()
				}
				stores := make([]*store.Store, ingesters)
				for i := range stores { // as processes of their own would have them
					stores[i] = openConfig(b, cfg)
				}
				var left atomic.Int64
				left.Store(int64(b.N))
				var wg sync.WaitGroup
				b.ResetTimer()
				for i, s := range stores {
					wg.Go(func() {
						traffic := storetest.Recent(uint64(i), 20_000)
						batch := make([]decnet.Event, size)
						for n := 0; left.Add(-1) >= 0; n += size {
							for k := range batch {
								batch[k] = traffic[(n+k)%len(traffic)]
								batch[k].ID = decnet.EventID("bench", fmt.Sprint(i), int64(n+k))
							}
							if _, err := s.Ingest(b.Context(), batch); err != nil {
								b.Errorf("Ingest: %v", err)
								return
							}
						}
					})
				}
				wg.Wait()
				rate(b, b.N*size)
			})
		}
	}
}
