package decoy

import (
	"errors"
	"fmt"
	"net"
	"time"
)

// arm starts the idle time of one read or write.
func (c *Conn) arm(read bool) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	idle := time.Now().Add(c.limits.Idle)
	if read {
		c.idleRead = idle
		return c.Conn.SetReadDeadline(c.earliest(idle, c.readBy))
	}
	c.idleWrite = idle
	return c.Conn.SetWriteDeadline(c.earliest(idle, c.writeBy))
}

func (c *Conn) earliest(idle, handler time.Time) time.Time {
	t := c.start.Add(c.limits.Total)
	for _, other := range []time.Time{idle, handler} {
		if !other.IsZero() && other.Before(t) {
			t = other
		}
	}
	return t
}

// SetDeadline sets both deadlines; zero means none beside the limits.
func (c *Conn) SetDeadline(t time.Time) error {
	return errors.Join(c.SetReadDeadline(t), c.SetWriteDeadline(t))
}

// SetReadDeadline lets reads fail at t, also one that is under way.
func (c *Conn) SetReadDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readBy = t
	return c.Conn.SetReadDeadline(c.earliest(c.idleRead, t))
}

// SetWriteDeadline lets writes fail at t, also one that is under way.
func (c *Conn) SetWriteDeadline(t time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writeBy = t
	return c.Conn.SetWriteDeadline(c.earliest(c.idleWrite, t))
}

// explain turns a deadline of ours into ErrLimit and notes which it was.
func (c *Conn) explain(err error, read bool) error {
	if ne, ok := errors.AsType[net.Error](err); !ok || !ne.Timeout() {
		return err
	}
	now := time.Now()
	if !now.Before(c.start.Add(c.limits.Total)) {
		return c.limitReached("total time")
	}
	c.mu.Lock()
	idle := c.idleRead
	if !read {
		idle = c.idleWrite
	}
	c.mu.Unlock()
	if !now.Before(idle) {
		return c.limitReached("idle time")
	}
	return err // the handler's own deadline
}

func (c *Conn) limitReached(reason string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.reason == "" {
		c.reason = reason
	}
	return fmt.Errorf("%w: %s", ErrLimit, reason)
}

// Ended returns the limit that ended the connection, or "".
func (c *Conn) Ended() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.reason
}
