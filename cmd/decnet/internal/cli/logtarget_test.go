package cli

import (
	"net"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/forwarder"
)

func TestALogTargetThatDoesNotAnswerIsNoted(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	open := l.Addr().String()
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	silent := open // it takes connections and does not shake hands
	closed := gone.Addr().String()
	_ = gone.Close()
	defer func() { _ = l.Close() }()
	for target, want := range map[string]string{
		"": "", open: "", "tcp://" + open: "", "udp://127.0.0.1:514": "",
		closed: "log target " + closed + " does not answer (connection refused)", "not a target": "",
		"tls://" + silent: "log target tls://" + silent + " takes no lines (context deadline exceeded)",
	} {
		got := logTargetNote(t.Context(), forwarder.Default(), decnet.LogTarget(target))
		if want == "" && got != "" || !strings.HasPrefix(got, want) {
			t.Errorf("%q: have %q, want %q", target, got, want)
		}
	}
}
