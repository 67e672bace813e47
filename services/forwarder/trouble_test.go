package forwarder_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// A receiver that takes connections and never reads holds up nobody, not even
// the end of the forwarder.
func TestATargetThatHangsDelaysNobody(t *testing.T) {
	r := newRig(t)
	hung, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = hung.Close() }()
	s := newSink(t, nil)
	s.come()
	stuck := decnet.LogTarget(hung.Addr().String())
	r.wants("a", stuck)
	r.wants("b", s.target())
	f := r.start()
	long := strings.Repeat("x", 8000)
	for range 10 {
		lines := numbered(0, 200)
		for i := range lines {
			lines[i] += long
		}
		r.log(stuck, lines...)
	}
	r.log(s.target(), numbered(0, 100)...)
	r.gets(s, numbered(0, 100))
	if n := f.counter("log_target_sent"); n == 100+2000 {
		t.Skip("the kernel's buffers took everything")
	}
	begin := time.Now()
	f.stop()
	t.Log("ended in", time.Since(begin))
	if took := time.Since(begin); took > 8*time.Second {
		t.Errorf("it took %v to end", took)
	}
}

func TestTheBusMayBeAway(t *testing.T) {
	r := newRig(t)
	s := newSink(t, nil)
	s.come()
	r.wants("a", s.target())
	f := r.start()
	for i := range 3 {
		r.log(s.target(), numbered(i*100, (i+1)*100)...)
		r.server.Restart()
	}
	r.log(s.target(), numbered(300, 400)...)
	r.gets(s, numbered(0, 400))
	f.isWell(t)
}
