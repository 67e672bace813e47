package e2e_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// The figures themselves are nobody's business in a test; that they can be
// taken, and that nothing is lost meanwhile, is.
func TestBenchmarksRun(t *testing.T) {
	out, err := run(t, "", decnetBinary, "bench", "latency", "--rates", "200", "--duration", "1s", "--output", "json")
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var results []struct {
		Rate     int `json:"events_per_second"`
		Sent     int
		Received int
		P50      float64 `json:"p50_ms"`
	}
	_, list, _ := strings.Cut(out, "\n[\n") // behind the progress on standard error
	if err := json.Unmarshal([]byte("["+list), &results); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if len(results) != 1 || results[0].Rate != 200 || results[0].Sent != 200 || results[0].Received != 200 || results[0].P50 <= 0 {
		t.Errorf("have %+v", results)
	}
}
