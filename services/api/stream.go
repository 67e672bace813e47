package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/sync/errgroup"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
)

const (
	// heartbeat keeps proxies and browsers from taking silence for death.
	heartbeat = 15 * time.Second
	// frameBuffer is how many messages may wait for a slow reader before the
	// bus is read more slowly for it; nothing is skipped.
	frameBuffer = 1024
	// writeTimeout is how long a reader may take for what was sent.
	writeTimeout = 20 * time.Second
)

type streamInput struct {
	LastEventID string `header:"Last-Event-ID" maxLength:"128" doc:"id of the last message received; the stream goes on behind it"`
}

// cursor is how far a reader has come in each of the topics that feed it.
type cursor struct {
	Events, Attackers, Credentials, Deckies, Bounties, Traversals, Links, Reuses, Probes uint64
}

func (c cursor) String() string {
	return fmt.Sprintf("%d-%d-%d-%d-%d-%d-%d-%d-%d", c.Events, c.Attackers, c.Credentials, c.Deckies, c.Bounties, c.Traversals, c.Links, c.Reuses, c.Probes)
}

func parseCursor(s string) (c cursor, err error) {
	n, err := fmt.Sscanf(s, "%d-%d-%d-%d-%d-%d-%d-%d-%d", &c.Events, &c.Attackers, &c.Credentials, &c.Deckies, &c.Bounties, &c.Traversals, &c.Links, &c.Reuses, &c.Probes)
	if err != nil || n != 9 || c.String() != s {
		return c, &decnet.Error{Code: decnet.CodeInvalid, Message: "Last-Event-ID is not one of this stream"}
	}
	return c, nil
}

// frame is one message of the stream. at sets how far its reader has come.
type frame struct {
	event string
	data  any
	at    func(*cursor)
}

func (s *Server) streamRoutes(api huma.API) {
	op := get("/stream", "stream", "events", "Everything as it happens (server-sent events)")
	op.Description = "Messages are of type `event` (an Event), `attacker` (a Profile), `credential` (a Credential), `bounty` (a Bounty that is new), `traversal` (a Traversal), `link` (an AttackerLink), `reuse` (a CredentialReuse), `probe` (a Probe), `decky` (a DeckyState) and `health` (a worker's Health). A comment is sent every 15 s."
	op.Responses = map[string]*huma.Response{"200": {Description: "a stream that does not end", Content: map[string]*huma.MediaType{"text/event-stream": {}}}}
	huma.Register(api, op, s.openStream)
}

func (s *Server) openStream(ctx context.Context, in *streamInput) (*huma.StreamResponse, error) {
	var from cursor
	var err error
	if in.LastEventID != "" {
		from, err = parseCursor(in.LastEventID)
	} else {
		from, err = s.now(ctx)
	}
	if err != nil {
		return nil, s.failure(err)
	}
	select {
	case s.streams <- struct{}{}:
	default:
		return nil, s.failure(&decnet.Error{Code: decnet.CodeLimited, Message: fmt.Sprintf("all %d live streams are in use", s.cfg.MaxStreams)})
	}
	return &huma.StreamResponse{Body: func(hctx huma.Context) {
		defer func() { <-s.streams }()
		hctx.SetHeader("Content-Type", "text/event-stream")
		hctx.SetHeader("X-Accel-Buffering", "no") // nginx would hold it back
		sctx, cancel := context.WithCancel(hctx.Context())
		defer cancel()
		defer context.AfterFunc(s.quit, cancel)()
		if err := s.stream(sctx, hctx, from); err != nil && sctx.Err() == nil {
			s.env.Log.Debug("live stream ended", "error", err)
		}
	}}, nil
}

// now is the cursor behind everything that has happened so far. It is taken
// before the reader hears that it is connected, so that nothing it causes from
// then on can be missed.
func (s *Server) now(ctx context.Context) (c cursor, err error) {
	for stream, seq := range map[string]*uint64{bus.LogsParsed.Stream: &c.Events, bus.AttackersProfiled.Stream: &c.Attackers, bus.DeckiesState.Stream: &c.Deckies} {
		if *seq, err = s.env.Bus.LastSequence(ctx, stream); err != nil {
			return c, err
		}
	}
	c.Credentials, c.Bounties = c.Attackers, c.Attackers // they are in the same stream
	c.Traversals, c.Links, c.Reuses, c.Probes = c.Attackers, c.Attackers, c.Attackers, c.Attackers
	return c, nil
}

// stream writes until the reader leaves or does not keep up.
func (s *Server) stream(ctx context.Context, hctx huma.Context, from cursor) error {
	frames, listening := make(chan frame, frameBuffer), make(chan struct{})
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return tail(gctx, s, bus.LogsParsed, from.Events, "event", frames, func(c *cursor, seq uint64) { c.Events = seq })
	})
	g.Go(func() error {
		return tail(gctx, s, bus.AttackersProfiled, from.Attackers, "attacker", frames, func(c *cursor, seq uint64) { c.Attackers = seq })
	})
	g.Go(func() error {
		return tail(gctx, s, bus.CredentialsCaptured, from.Credentials, "credential", frames, func(c *cursor, seq uint64) { c.Credentials = seq })
	})
	g.Go(func() error {
		return tail(gctx, s, bus.BountiesFound, from.Bounties, "bounty", frames, func(c *cursor, seq uint64) { c.Bounties = seq })
	})
	g.Go(func() error {
		return tail(gctx, s, bus.AttackersTraversed, from.Traversals, "traversal", frames, func(c *cursor, seq uint64) { c.Traversals = seq })
	})
	g.Go(func() error {
		return tail(gctx, s, bus.AttackersLinked, from.Links, "link", frames, func(c *cursor, seq uint64) { c.Links = seq })
	})
	g.Go(func() error {
		return tail(gctx, s, bus.CredentialsReused, from.Reuses, "reuse", frames, func(c *cursor, seq uint64) { c.Reuses = seq })
	})
	g.Go(func() error {
		return tail(gctx, s, bus.AttackersProbed, from.Probes, "probe", frames, func(c *cursor, seq uint64) { c.Probes = seq })
	})
	g.Go(func() error {
		return tail(gctx, s, bus.DeckiesState, from.Deckies, "decky", frames, func(c *cursor, seq uint64) { c.Deckies = seq })
	})
	g.Go(func() error {
		return bus.SystemHealth.Listen(gctx, s.env.Bus, func() { close(listening) }, func(m *bus.Message[decnet.Health]) {
			select {
			case frames <- frame{"health", m.Body, func(*cursor) {}}:
			default: // a slow reader hears of it the next time
			}
		})
	})
	g.Go(func() error {
		select {
		case <-listening: // what no stream keeps would be missed before that
			return write(gctx, hctx, from, frames)
		case <-gctx.Done():
			return gctx.Err()
		}
	})
	return g.Wait()
}

func tail[T any](ctx context.Context, s *Server, t bus.Topic[T], after uint64, event string, frames chan<- frame, set func(*cursor, uint64)) error {
	return t.Tail(ctx, s.env.Bus, bus.FromAfter(after), func(m *bus.Message[T]) error {
		select {
		case frames <- frame{event, m.Body, func(c *cursor) { set(c, m.Sequence) }}:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

// write sends what there is in one piece, then waits for more.
func write(ctx context.Context, hctx huma.Context, at cursor, frames <-chan frame) error {
	w, ok := hctx.BodyWriter().(http.ResponseWriter)
	if !ok {
		return fmt.Errorf("the connection cannot stream")
	}
	control := http.NewResponseController(w)
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	buf := bytes.NewBufferString(fmt.Sprintf("retry: 1000\nid: %s\n: connected\n\n", at))
	for {
		if err := control.SetWriteDeadline(time.Now().Add(writeTimeout)); err != nil {
			return err
		}
		if _, err := w.Write(buf.Bytes()); err != nil {
			return err
		}
		if err := control.Flush(); err != nil {
			return err
		}
		buf.Reset()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-beat.C:
			buf.WriteString(": still here\n\n")
		case f := <-frames:
			if err := f.append(buf, &at); err != nil {
				return err
			}
			for range len(frames) {
				if err := (<-frames).append(buf, &at); err != nil {
					return err
				}
			}
		}
	}
}

// append writes the frame as the HTML standard's event stream format wants it.
// JSON has no raw line breaks, so data is one line.
func (f frame) append(buf *bytes.Buffer, at *cursor) error {
	data, err := json.Marshal(f.data)
	if err != nil {
		return err
	}
	f.at(at)
	_, err = fmt.Fprintf(buf, "event: %s\nid: %s\ndata: %s\n\n", f.event, at, data)
	return err
}
