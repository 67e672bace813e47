package collector

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet/artifact"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/pkg/decnet/spool"
	"github.com/decnet/decnet/pkg/docker"
	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/pkg/worker/workertest"
)

// blobRig is a folder of artifacts and who fills it.
type blobRig struct {
	*testing.T
	cfg Config
	*blobs
	clock time.Time
	env   worker.Env
}

func newBlobRig(t *testing.T) *blobRig {
	t.Helper()
	r := &blobRig{T: t, cfg: Default(t.TempDir()), clock: time.Now(), env: workertest.Env(t, "collector", nil)}
	r.restart()
	return r
}

// restart is what happens after a kill.
func (r *blobRig) restart() {
	r.Helper()
	var err error
	if r.blobs, err = newBlobs(&r.cfg, r.env); err != nil {
		r.Fatal(err)
	}
	r.now = func() time.Time { return r.clock }
}

// pieces cuts content into chunks.
func pieces(kind artifact.Type, id string, content []byte) []*eventlog.Chunk {
	var out []*eventlog.Chunk
	for at := 0; at < len(content); at += 1000 {
		end := min(at+1000, len(content))
		out = append(out, &eventlog.Chunk{
			Time: time.Now(), Decky: "web-01", Service: "ssh", ID: id, Type: kind, Offset: int64(at), Data: content[at:end], Last: end == len(content),
		})
	}
	return out
}

// content is something that no other n has.
func content(n, size int) []byte {
	return bytes.Repeat(fmt.Appendf(nil, "%07d\n", n), size/8)
}

func sumHex(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// holds reports whether an artifact is there with this content and nobody else may
// read it.
func (r *blobRig) holds(kind artifact.Type, id string, want []byte) bool {
	r.Helper()
	path, err := r.dir.Path(kind, id)
	if err != nil {
		r.Fatal(err)
	}
	info, err := os.Lstat(path)
	if err != nil {
		return false
	}
	if info.Mode() != 0o600 {
		r.Errorf("%s has mode %v", path, info.Mode())
	}
	have, err := os.ReadFile(path)
	return err == nil && bytes.Equal(have, want)
}

// left are the names of what is on its way.
func (r *blobRig) left() (names []string) {
	entries, err := os.ReadDir(r.dir.Partial())
	if err != nil {
		r.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != indexFile {
			names = append(names, e.Name())
		}
	}
	return names
}

const blobID = "0123456789abcdef0123"

func TestArtifactsArePutTogetherInAnyOrderAcrossCrashes(t *testing.T) {
	want := content(1, 20_000)
	for _, kind := range []artifact.Type{artifact.File, artifact.Session} {
		all := pieces(kind, blobID, want)
		backwards := slices.Clone(all)
		slices.Reverse(backwards)
		for name, order := range map[string][]*eventlog.Chunk{
			"in order": all, "backwards": backwards, "twice": append(slices.Clone(all[:15]), all...), "again after the end": append(slices.Clone(all), all[10:]...),
		} {
			t.Run(string(kind)+" "+name, func(t *testing.T) {
				r := newBlobRig(t)
				for _, c := range order {
					r.keep([]*eventlog.Chunk{c})
					r.restart()
				}
				id := blobID
				if kind == artifact.File {
					id = sumHex(want)
				}
				if !r.holds(kind, id, want) {
					t.Fatal("it is not there")
				}
				r.clock = r.clock.Add(2 * stale) // what came twice is given up
				r.sweep()
				if left := r.left(); len(left) != 0 || len(r.partials) != 0 {
					t.Errorf("left over: %v", left)
				}
				if !r.holds(kind, id, want) {
					t.Error("it is not there any more")
				}
			})
		}
	}
}

func TestWhatNeverEndsIsGivenUp(t *testing.T) {
	r := newBlobRig(t)
	want := content(1, 5000)
	recording := pieces(artifact.Session, blobID, want)
	holey := pieces(artifact.Session, strings.Repeat("ab", 10), want)
	file := pieces(artifact.File, strings.Repeat("cd", 10), want)
	r.keep(append(recording[:2:2], recording[3])) // one is missing
	r.keep(append(holey[1:2:2], file[:2]...))
	r.sweep()
	if len(r.left()) != 3 {
		t.Fatalf("have %v", r.left())
	}
	r.restart()
	r.clock = r.clock.Add(2 * stale)
	r.sweep()
	if len(r.left()) != 0 {
		t.Errorf("left over: %v", r.left())
	}
	if !r.holds(artifact.Session, blobID, want[:2000]) {
		t.Error("the beginning of the recording is not there")
	}
	if n := r.health.Counter("artifacts_given_up").Load(); n != 2 {
		t.Errorf("%d are given up", n)
	}
	r.keep(recording) // a recording is never replaced
	if !r.holds(artifact.Session, blobID, want[:2000]) {
		t.Error("the recording has changed")
	}
}

func TestOneDeckyCannotWriteAnothersRecording(t *testing.T) {
	r := newBlobRig(t)
	mine, theirs := content(1, 3000), content(2, 3000)
	first, second := pieces(artifact.Session, blobID, mine), pieces(artifact.Session, blobID, theirs)
	for i := range second {
		second[i].Decky = "web-02"
	}
	r.keep([]*eventlog.Chunk{first[0], second[0], first[1], second[1], first[2], second[2]})
	if !r.holds(artifact.Session, blobID, mine) {
		t.Error("it is not what the first wrote")
	}
}

func TestOneDeckyCannotCrowdOutAnother(t *testing.T) {
	r := newBlobRig(t)
	want := content(1, 3000)
	quiet := pieces(artifact.Session, blobID, want)
	for _, c := range quiet {
		c.Decky = "quiet"
	}
	r.keep(quiet[:1])
	var flood []*eventlog.Chunk
	for i := range maxPartials + 50 {
		flood = append(flood, pieces(artifact.Session, fmt.Sprintf("%020x", i+1), want)[0])
	}
	r.clock = r.clock.Add(time.Minute)
	for len(flood) > 0 {
		n := min(100, len(flood))
		r.keep(flood[:n])
		flood = flood[n:]
	}
	if n := len(r.partials); n != maxPartials {
		t.Errorf("%d are on their way", n)
	}
	r.keep(quiet[1:])
	if !r.holds(artifact.Session, blobID, want) {
		t.Error("the recording of the quiet one is not there")
	}
}

func TestTheOldestArtifactsGoFirst(t *testing.T) {
	r := newBlobRig(t)
	r.quota = 400_000
	const size, count = 16_000, 60
	for i := range count {
		b := content(i, size)
		r.keep(pieces(artifact.File, fmt.Sprintf("%020x", i), b))
		path, err := r.dir.Path(artifact.File, sumHex(b))
		if err != nil {
			t.Fatal(err)
		}
		when := r.clock.Add(time.Duration(i-count) * time.Second)
		if err := os.Chtimes(path, when, when); err != nil {
			t.Fatal(err)
		}
	}
	files, err := r.list()
	if err != nil {
		t.Fatal(err)
	}
	var total int64
	for _, f := range files {
		total += f.size
	}
	if total > r.quota || total < r.quota/2 {
		t.Errorf("have %d bytes of %d", total, r.quota)
	}
	for i := range count {
		if b := content(i, size); r.holds(artifact.File, sumHex(b), b) != (i >= count-len(files)) {
			t.Errorf("artifact %d of %d: the oldest did not go first", i, count)
		}
	}
}

func TestAFolderThatCannotBeWrittenHoldsUpNothing(t *testing.T) {
	r := newBlobRig(t)
	if err := os.RemoveAll(string(r.dir)); err != nil {
		t.Fatal(err)
	}
	r.keep(pieces(artifact.File, blobID, content(1, 3000)))
	if n := r.health.Counter("artifacts_given_up").Load(); n == 0 {
		t.Error("nothing is said to be given up")
	}
}

func TestArtifactsComeThroughTheSpoolBesideEvents(t *testing.T) {
	b, cfg := bustest.New(t), Default(t.TempDir())
	if err := os.MkdirAll(cfg.Spool, 0o700); err != nil {
		t.Fatal(err)
	}
	_, file, err := spool.Create(cfg.Spool)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	write := func(line []byte) {
		if _, err := file.Write(spool.AppendFrame(nil, line)); err != nil {
			t.Fatal(err)
		}
	}
	numbered := func(n int) []byte {
		return fmt.Appendf(nil, `<134>1 2026-11-23T06:37:55Z web-01 ssh - command [decnet@32473 ns="1" boot="b1" seq="%d"] x`, n)
	}
	want := content(1, 50_000)
	for i, c := range pieces(artifact.File, blobID, want) {
		write(numbered(i + 1))
		write(eventlog.AppendChunk(nil, c))
	}
	hostile := eventlog.AppendChunk(nil, &eventlog.Chunk{Time: time.Now(), Decky: "web-01", Service: "ssh", ID: "../../../../../tmp/x", Type: artifact.File, Last: true, Data: []byte("x")})
	write(hostile)
	env := workertest.Env(t, "collector", b)
	for _, when := range []string{"first", "with the position lost"} {
		c, err := New(cfg, env)
		if err != nil {
			t.Fatal(err)
		}
		stop := workertest.Start(t, env, c.Run)
		r := &blobRig{T: t, blobs: c.blobs}
		workertest.Eventually(t, "the file is there, "+when, func() bool { return r.holds(artifact.File, sumHex(want), want) })
		workertest.Eventually(t, "all lines are delivered", func() bool { _, n, _ := bus.DeadLetters.Newest(t.Context(), b, 0); return n == 1 })
		stop()
		if _, n, err := bus.LogsRaw.Newest(t.Context(), b, 0); err != nil || n != 50 {
			t.Errorf("%s: have %d lines, %v; want the 50 events and none that are missing", when, n, err)
		}
		if err := os.Remove(cfg.Position); err != nil {
			t.Fatal(err)
		}
	}
	log, err := os.ReadFile(cfg.LogFile)
	if n := bytes.Count(log, []byte(" blob ")); err != nil || n != 2 { // each time the dead letter
		t.Errorf("%d pieces are in the log file: %v", n, err)
	}
}

func TestArtifactsOfContainersAreOfTheDeckyThatTheirLabelsName(t *testing.T) {
	r := newDockerRig(t)
	want := content(1, 3000)
	all := pieces(artifact.Session, blobID, want)
	for i, c := range all {
		c.Decky = "somebody-else"
		r.engine.write("a1", string(eventlog.AppendChunk(nil, c)), fmt.Sprint("line ", i))
	}
	defer r.start()()
	r.tell(docker.Listed, container("a1", "web-01", "ssh"))
	r.tell(docker.Synced, docker.Container{})
	r.published(len(all))
	workertest.Eventually(t, "the recording is there", func() bool {
		have, err := os.ReadFile(filepath.Join(r.cfg.Artifacts, "sessions", blobID+".cast"))
		return err == nil && bytes.Equal(have, want)
	})
}

// Whatever pieces come, in the end there is nothing outside of the folder, nothing that
// anybody may run, and nothing on its way.
func FuzzBlobs(f *testing.F) {
	f.Add([]byte("\x00\x01\x02\x03"), uint8(2))
	f.Add([]byte("\xff\x80\x10\x10\x10"), uint8(0))
	f.Fuzz(func(t *testing.T, script []byte, split uint8) {
		if len(script) > 64 {
			return
		}
		r := newBlobRig(t)
		want := content(1, 4000)
		for i, step := range script {
			kind := artifact.File
			if step&1 != 0 {
				kind = artifact.Session
			}
			all := pieces(kind, fmt.Sprintf("%016x", step>>6), want)
			c := *all[int(step>>1)%len(all)]
			c.Last = c.Last || step&32 != 0
			r.keep([]*eventlog.Chunk{&c})
			if split > 0 && i%int(split) == 0 {
				r.restart()
			}
			for _, p := range r.partials {
				if !slices.IsSortedFunc(p.Have, func(a, b span) int { return int(a.To - b.From) }) {
					t.Fatalf("have %v", p.Have)
				}
			}
		}
		r.clock = r.clock.Add(2 * stale)
		r.sweep()
		if left := r.left(); len(left) != 0 {
			t.Fatalf("left over: %v", left)
		}
		files, err := r.list()
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range files {
			if info, err := os.Stat(k.path); err != nil || info.Mode() != 0o600 {
				t.Fatalf("%s: %v, %v", k.path, info, err)
			}
		}
	})
}
