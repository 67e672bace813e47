package e2e_test

import (
	"encoding/json"
	"os"
	"testing"
)

// The benchmark of the pipeline runs, counts every event, and says what scripts read.
func TestBenchPipeline(t *testing.T) {
	o := &operator{T: t, dir: t.TempDir(), binary: decnetBinary}
	o.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + o.dir, "NO_COLOR=1", "TMPDIR=" + o.dir}
	var r struct {
		EventsPerSecond float64 `json:"events_per_second"`
		Ratio           float64
		Publish         float64 `json:"publish_limit_per_second"`
		Insert          float64 `json:"insert_limit_per_second"`
		Events          int
	}
	out := o.does("bench", "pipeline", "--events", "2000", "--rate", "0", "--json")
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	if r.Events != 2000 || r.EventsPerSecond <= 0 || r.Publish <= 0 || r.Insert <= 0 || r.Ratio != r.EventsPerSecond/min(r.Publish, r.Insert) {
		t.Errorf("have %+v", r)
	}
	if left, err := os.ReadDir(o.dir); err != nil || len(left) > 0 {
		t.Errorf("it leaves %v, %v", left, err)
	}
	if text, err := o.types("bench", "pipeline", "--events", "1"); err == nil {
		t.Errorf("one event is taken for enough:\n%s", text)
	}
}
