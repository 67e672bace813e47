package capture_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/decoys/capture"
	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/artifact"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// service keeps what f keeps, once somebody connects.
func service(f func(*capture.Files)) decoy.Service {
	return decoy.Service{
		Spec: decnet.ServiceSpec{
			Slug: "files", Title: "Files", Summary: "Keeps files.", Ports: []decnet.PortSpec{{Port: 1, Transport: decnet.TCP}},
			Events: decoy.Events(capture.Event()),
		},
		New: func(decoy.Machine) (decoy.Handler, error) {
			return decoy.HandlerFunc(func(_ context.Context, c *decoy.Conn) { f(capture.Of(c)) }), nil
		},
	}
}

// kept are the events and artifacts of a connection.
func kept(t *testing.T, f func(*capture.Files)) ([]decnet.Event, []decoytest.Artifact) {
	t.Helper()
	d := decoytest.Start(t, service(f), decoytest.Options{})
	d.Dial()
	d.WaitFor(decnet.KindDisconnect, 1)
	return d.Kind(decnet.KindCaptured), d.Artifacts(artifact.File)
}

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

func TestFilesAreKeptOnceAndToldEachTime(t *testing.T) {
	content := []byte("#!/bin/sh\n\x00\xff")
	events, artifacts := kept(t, func(f *capture.Files) {
		f.Keep(capture.File{Path: "/tmp/a", Content: content, Size: int64(len(content))}, "scp")
		f.Keep(capture.File{Path: "/tmp/b", Content: content, Size: int64(len(content))}, "sftp")
		f.Keep(capture.File{Path: "/tmp/empty", Content: nil, Size: 0}, "sftp")
	})
	if len(artifacts) != 1 || !artifacts[0].Whole || !bytes.Equal(artifacts[0].Data, content) {
		t.Errorf("have %+v", artifacts)
	}
	if len(events) != 2 {
		t.Fatalf("have %v", events)
	}
	for i, want := range []struct{ path, how string }{{"/tmp/a", "scp"}, {"/tmp/b", "sftp"}} {
		f := events[i].Fields
		if f["path"] != want.path || f["how"] != want.how || f["sha256"] != sum(content) || f["artifact"] != sum(content) || f["stored"] != "true" ||
			f["bytes"] != "12" || f["reason"] != "" {
			t.Errorf("have %v", f)
		}
	}
}

func TestFilesAreBounded(t *testing.T) {
	large := bytes.Repeat([]byte("large"), 1<<20)
	events, artifacts := kept(t, func(f *capture.Files) {
		f.Keep(capture.File{Path: "/tmp/large", Content: large, Size: int64(len(large))}, "scp")
		f.Keep(capture.File{Path: "/tmp/half", Content: large[:100], Size: 1 << 40}, "scp")
		for i := range 20 {
			f.Keep(capture.File{Path: "/tmp/many", Content: bytes.Repeat([]byte{byte(i)}, 1<<20), Size: 1 << 20}, "scp")
		}
	})
	if n := len(artifacts[0].Data); n != 4<<20 || !artifacts[0].Whole {
		t.Errorf("%d bytes of the large one are kept", n)
	}
	if f := events[0].Fields; f["stored"] != "true" || f["artifact"] != sum(large[:4<<20]) || f["sha256"] != sum(large) || !strings.Contains(f["reason"], "larger") {
		t.Errorf("have %v", f)
	}
	if f := events[1].Fields; f["sha256"] != "" || f["bytes"] != "1099511627776" || f["artifact"] != sum(large[:100]) || f["reason"] == "" {
		t.Errorf("have %v", f)
	}
	total := 0
	for _, a := range artifacts {
		total += len(a.Data)
	}
	if total > 16<<20 || total < 15<<20 {
		t.Errorf("%d bytes are kept altogether", total)
	}
	if f := events[len(events)-1].Fields; f["stored"] != "false" || f["artifact"] != "" || f["reason"] == "" {
		t.Errorf("have %v", f)
	}
}
