package probe

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// Run carries out a plan and returns a finding for each task, in the order of the plan. It
// takes no longer than the budget, and ends soon after ctx is done.
func Run(ctx context.Context, d *Dialer, addr netip.Addr, plan Plan) []Finding {
	ctx, cancel := context.WithTimeout(ctx, plan.Budget)
	defer cancel()
	r := &run{dialer: d, addr: addr.Unmap(), plan: plan, closed: make(map[uint16]Finding)}
	out := make([]Finding, len(plan.Tasks))
	tasks := make(chan int)
	var workers sync.WaitGroup
	for range max(plan.Parallel, 1) {
		workers.Go(func() {
			for i := range tasks {
				out[i] = r.task(ctx, plan.Tasks[i])
			}
		})
	}
	for i := range plan.Tasks {
		tasks <- i
	}
	close(tasks)
	workers.Wait()
	return out
}

// run is what the tasks of one host share.
type run struct {
	dialer *Dialer
	addr   netip.Addr
	plan   Plan

	mu     sync.Mutex
	begun  bool
	closed map[uint16]Finding // ports that cannot be connected to
}

func (r *run) task(ctx context.Context, t Task) Finding {
	f := Finding{Kind: t.Kind, Port: t.Port, Time: time.Now().UTC(), Outcome: Skipped, Reason: "not begun"}
	if ctx.Err() != nil {
		return f
	}
	r.mu.Lock()
	before, known := r.closed[t.Port]
	r.mu.Unlock()
	if known {
		f.Outcome, f.Reason = before.Outcome, before.Reason
		return f
	}
	f.Outcome, f.Reason = Nothing, ""
	switch t.Kind {
	case SSH:
		r.ssh(ctx, &f)
	case Certificate:
		r.certificate(ctx, &f)
	case JARM:
		r.jarm(ctx, &f)
	case HTTP:
		r.http(ctx, &f)
	case Banner:
		r.banner(ctx, &f)
	case TCP:
		r.tcp(ctx, &f)
	default:
		f.Outcome, f.Reason = Failed, "there is no such kind"
	}
	return f
}

// connect dials for a task. An error is the outcome of the task; a port that cannot be
// connected to is so for the others too.
func (r *run) connect(ctx context.Context, f *Finding, most int64) (*conn, error) {
	if err := r.rest(ctx); err != nil {
		f.Outcome, f.Reason = Skipped, "not begun"
		return nil, err
	}
	c, err := r.dialer.dial(ctx, netip.AddrPortFrom(r.addr, f.Port), r.plan.Timeout, most)
	if err != nil {
		f.Outcome, f.Reason = outcome(ctx, err)
		if f.Outcome == Closed || f.Outcome == Silent {
			r.mu.Lock()
			r.closed[f.Port] = *f
			r.mu.Unlock()
		}
		return nil, err
	}
	return c, nil
}

// rest makes the pause between two connections.
func (r *run) rest(ctx context.Context) error {
	r.mu.Lock()
	first := !r.begun
	r.begun = true
	r.mu.Unlock()
	if first || r.plan.Pause <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(r.plan.Pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// found makes a finding of fields, without those that are empty.
func (f *Finding) found(value string, fields map[string]string) {
	for k, v := range fields {
		if v == "" {
			delete(fields, k)
		}
	}
	f.Outcome, f.Reason, f.Fields = Found, "", fields
	f.Value = clean(value, maxValue)
}
