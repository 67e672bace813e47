package collector

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/pkg/docker"
	"github.com/decnet/decnet/pkg/worker"
)

// The modes of the source docker.
const (
	// dockerAuto follows containers where an engine answers, and is silent where
	// none does.
	dockerAuto = "auto"
	dockerOn   = "on"
	dockerOff  = "off"
)

const (
	// connectEvery is how often an engine is looked for that does not answer.
	connectEvery = 5 * time.Second
	// followAgain is the pause after a log could not be read.
	followAgain = time.Second
	// waiting is how many lines of all containers wait to be published. Each was
	// cut to the length of an event.
	waiting = 256
)

var errStopped = errors.New("the collector is ending")

// engine is what is asked of a Docker engine.
type engine interface {
	Watch(ctx context.Context, labels map[string]string, tell func(docker.Event)) error
	Follow(ctx context.Context, id string, since docker.Position, tell func(docker.Line) error) error
	ReadRest(ctx context.Context, id string, since docker.Position, tell func(docker.Line) error) error
	ListContainers(ctx context.Context, labels map[string]string) ([]docker.Container, error)
	Close() error
}

// containerLogs reads the logs of this installation's containers. Each has a
// goroutine that follows it; what they read goes through one channel to one that
// publishes, and only then do positions move.
type containerLogs struct {
	c       *Collector
	connect func(ctx context.Context) (engine, error)
	lines   chan item
	stopped chan struct{} // closed when nothing is published any more

	mu        sync.Mutex
	engine    engine // nil while there is none
	away      error  // why there is none, where there has to be one
	followed  map[string]*followed
	positions *positions // the publisher's; others read with mu held
	ended     sync.WaitGroup
}

// followed is a container whose log is read.
type followed struct {
	id, decky, service string
	stop               context.CancelFunc
	done               chan struct{}
	told               docker.Position // behind the last line that was passed on; its goroutine's until done, then of who holds mu
}

// item is a line on its way, or, without one, a mark to be met when all before it are
// published.
type item struct {
	of   *followed
	line docker.Line
	met  chan struct{}
}

func newContainerLogs(c *Collector) (*containerLogs, error) {
	p, err := loadPositions(c.cfg.DockerPosition)
	if err != nil {
		return nil, err
	}
	return &containerLogs{
		c: c, positions: p, lines: make(chan item, waiting), stopped: make(chan struct{}), followed: make(map[string]*followed),
		connect: func(ctx context.Context) (engine, error) { return docker.Connect(ctx, c.cfg.DockerHost) },
	}, nil
}

// labels select the containers whose lines are read.
func (l *containerLogs) labels() map[string]string {
	return map[string]string{docker.LabelInstallation: l.c.cfg.Installation, docker.LabelService: "true"}
}

// run reads until ctx ends. What is not published by then is read by the next one.
func (l *containerLogs) run(ctx context.Context) error {
	stop, err := l.answerDrains()
	if err != nil {
		return err
	}
	defer stop()
	published := make(chan error, 1)
	pctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		err := l.publish(pctx)
		close(l.stopped)
		cancel() // or who follows would wait for ever
		published <- err
	}()
	for pctx.Err() == nil {
		e, err := l.connect(pctx)
		if err == nil {
			l.watch(pctx, e)
			continue
		}
		if pctx.Err() == nil {
			l.missing(err)
		}
		worker.Sleep(pctx, connectEvery)
	}
	return <-published
}

// missing notes that no engine answers, or, without an error, that one does. It matters
// where one was asked for.
func (l *containerLogs) missing(err error) {
	if err != nil {
		l.c.env.Log.Debug("no container logs", "error", err)
	}
	if l.c.cfg.Docker != dockerOn {
		return
	}
	l.mu.Lock()
	l.away = err
	l.mu.Unlock()
	l.c.ready()
}

// watch follows every container of an engine until ctx ends.
func (l *containerLogs) watch(ctx context.Context, e engine) {
	l.mu.Lock()
	l.engine = e
	l.mu.Unlock()
	listed := make(map[string]bool)
	_ = e.Watch(ctx, l.labels(), func(ev docker.Event) { // ends with ctx
		id := ev.Container.ID
		switch ev.Kind {
		case docker.Synced:
			l.forgetOthers(listed)
			clear(listed)
			l.missing(nil)
		case docker.Removed:
			l.forget(id)
		case docker.Lost:
			l.missing(ev.Err)
		case docker.Listed:
			listed[id] = true
			l.follow(ctx, e, &ev.Container, ev.Container.State == "running")
		default:
			l.follow(ctx, e, &ev.Container, ev.Kind == docker.Started)
		}
	})
	l.mu.Lock()
	l.engine = nil
	l.mu.Unlock()
	l.ended.Wait()
	_ = e.Close() // it was only read from
}

// follow begins to read a container's log, unless that is being done, or was done to
// its end and it has not started since.
func (l *containerLogs) follow(ctx context.Context, e engine, c *docker.Container, started bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := newFollowed(c)
	if ctx.Err() != nil || f.checkNames() != nil {
		return // a container that names no decky is none that DECNET made
	}
	f.told = l.positions.of(c.ID)
	if old := l.followed[c.ID]; old != nil {
		select {
		case <-old.done:
			f.told = old.told
		default:
			return
		}
		if !started {
			return
		}
	}
	fctx, stop := context.WithCancel(ctx)
	f.stop = stop
	l.followed[c.ID] = f
	l.ended.Go(func() {
		defer close(f.done)
		l.read(fctx, e, f)
	})
}

func newFollowed(c *docker.Container) *followed {
	return &followed{id: c.ID, decky: c.Labels[docker.LabelDecky], service: c.Labels[docker.LabelServiceName], done: make(chan struct{}), stop: func() {}}
}

// read passes on what a container writes until ctx ends or it is gone.
func (l *containerLogs) read(ctx context.Context, e engine, f *followed) {
	for ctx.Err() == nil {
		err := e.Follow(ctx, f.id, f.told, func(line docker.Line) error {
			if err := l.pass(ctx, f, line); err != nil {
				return err
			}
			f.told = line.Position
			return nil
		})
		if ctx.Err() != nil || errors.Is(err, docker.ErrGone) {
			return
		}
		l.c.env.Log.Warn("container log not read", "decky", f.decky, "service", f.service, "error", err)
		worker.Sleep(ctx, followAgain)
	}
}

// pass hands a line to the publisher, cut so far that it is still seen to be too long for
// an event.
func (l *containerLogs) pass(ctx context.Context, f *followed, line docker.Line) error {
	line.Text = append([]byte(nil), line.Text[:min(len(line.Text), eventlog.MaxLine+1)]...)
	return l.send(ctx, item{of: f, line: line})
}

func (l *containerLogs) send(ctx context.Context, it item) error {
	select {
	case l.lines <- it:
		return nil
	case <-l.stopped:
		return errStopped
	case <-ctx.Done():
		return ctx.Err()
	}
}

// forget ends following a container that does not exist any more.
func (l *containerLogs) forget(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if f := l.followed[id]; f != nil {
		f.stop()
		delete(l.followed, id)
	}
	l.positions.drop(id)
}

// forgetOthers forgets all containers that are not there.
func (l *containerLogs) forgetOthers(there map[string]bool) {
	l.mu.Lock()
	ids := append(l.positions.ids(), slices.Collect(maps.Keys(l.followed))...)
	l.mu.Unlock()
	for _, id := range ids {
		if !there[id] {
			l.forget(id)
		}
	}
}

// moved moves the position of a container that there still is.
func (l *containerLogs) moved(f *followed, pos docker.Position) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.followed[f.id] == f {
		l.positions.set(f.id, pos)
	}
}

// checkNames says whether a container's labels name a decky and a service.
func (f *followed) checkNames() error {
	return errors.Join(decnet.CheckName(f.decky), decnet.CheckName(f.service))
}
