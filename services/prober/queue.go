package prober

import (
	"container/heap"
	"context"
	"sync"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// waiting is an attacker whose turn is at a time.
type waiting struct {
	attacker decnet.AttackerID
	at       time.Time
}

// byTime is a heap, the earliest first.
type byTime []waiting

func (h byTime) Len() int           { return len(h) }
func (h byTime) Less(i, j int) bool { return h[i].at.Before(h[j].at) }
func (h byTime) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *byTime) Push(x any)        { *h = append(*h, x.(waiting)) } //nolint:forcetypeassert // nothing else is pushed

func (h *byTime) Pop() any {
	last := len(*h) - 1
	x := (*h)[last]
	*h = (*h)[:last]
	return x
}

// queue holds each attacker once, at most so many of them.
type queue struct {
	mu   sync.Mutex
	most int
	heap byTime
	in   map[decnet.AttackerID]bool
	wake chan struct{} // closed and replaced when there is a further one
}

func newQueue(most int) *queue {
	return &queue{most: most, in: map[decnet.AttackerID]bool{}, wake: make(chan struct{})}
}

// add reports whether the attacker waits now, for the time given or an earlier one.
func (q *queue) add(w waiting) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.in[w.attacker] {
		return true
	}
	if len(q.heap) >= q.most {
		return false
	}
	q.in[w.attacker] = true
	heap.Push(&q.heap, w)
	close(q.wake)
	q.wake = make(chan struct{})
	return true
}

// clear forgets all.
func (q *queue) clear() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.heap, q.in = nil, map[decnet.AttackerID]bool{}
}

// next waits until it is somebody's turn. ok is false when ctx is done.
func (q *queue) next(ctx context.Context) (id decnet.AttackerID, ok bool) {
	for ctx.Err() == nil {
		q.mu.Lock()
		wake, wait := q.wake, time.Hour
		if len(q.heap) > 0 {
			if wait = time.Until(q.heap[0].at); wait <= 0 {
				w := heap.Pop(&q.heap).(waiting) //nolint:forcetypeassert // nothing else is pushed
				delete(q.in, w.attacker)
				q.mu.Unlock()
				return w.attacker, true
			}
		}
		q.mu.Unlock()
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-timer.C:
		}
		timer.Stop()
	}
	return "", false
}

// recent remembers of attackers until when nothing is due.
type recent struct {
	mu    sync.Mutex
	until map[decnet.AttackerID]time.Time
}

// maxRecent bounds it; when it is full it begins anew, and the bucket is asked again.
const maxRecent = 100_000

func (r *recent) set(id decnet.AttackerID, until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.until == nil || len(r.until) >= maxRecent {
		r.until = map[decnet.AttackerID]time.Time{}
	}
	r.until[id] = until
}

func (r *recent) isDue(id decnet.AttackerID, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !now.Before(r.until[id])
}
