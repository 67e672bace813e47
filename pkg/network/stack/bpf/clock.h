/* Timestamps (RFC 7323) of a decky's own clock. The kernel's are milliseconds of its
 * monotonic clock where the sysctl tcp_timestamps is 2. */
#pragma once
#include "packet.h"

/* Where the kernel, and every other that is known, puts the option in a segment without
 * SYN: behind two NOPs. */
enum { TS_AT = 20, TS_LEN = 12, TS_MARK = 0x0101080a };

inline_always u32 own_time(const struct stack *s, const struct decky *d, u32 kernel)
{
	u64 now;
	if (s->clock_divisor < 2)
		return kernel + (u32)d->clock;
	now = ktime_ns() / 1000000;
	return (now - (u32)((u32)now - kernel) + d->clock) / s->clock_divisor;
}

/* The time in the answer to an odd SYN: of a clock that begins anywhere, for each connection
 * or for each peer. Linux has changed from the one to the other and back. */
inline_always u32 odd_time(const struct stack *s, const struct decky *d, const struct odd *odd, const struct flow *f)
{
	u32 peer = (f->peer[0] ^ f->peer[1] ^ f->peer[2] ^ f->peer[3] ^ (u32)d->secret) * 0x9e3779b1;
	return ktime_ns() / 1000000 + (s->flags & RANDOM_CLOCK ? odd->clock : peer ^ (u32)(d->secret >> 32));
}

struct timestamp {
	u32 mark, value, echo;
};

inline_always int read_timestamp(struct packet *p, struct timestamp *t)
{
	return p->tcp.offset >> 4 >= (TS_AT + TS_LEN) / 4 && !load_bytes(p->skb, p->l4 + TS_AT, t, sizeof(*t)) &&
	       t->mark == htonl(TS_MARK);
}

/* What leaves in the course of a connection. */
inline_always void stamp(struct packet *p, const struct stack *s, const struct decky *d)
{
	struct timestamp t;
	if (s->clock_divisor && read_timestamp(p, &t))
		tcp_put32(p, TS_AT + 4, t.value, htonl(own_time(s, d, ntohl(t.value))));
}

/* What comes in: the kernel gets its own time back, or, where a tick is so long that it is
 * lost, none, which is as if the peer had not echoed it. */
inline_always void unstamp(struct packet *p, const struct stack *s, const struct decky *d)
{
	struct timestamp t;
	if (s->clock_divisor && read_timestamp(p, &t) && t.echo)
		tcp_put32(p, TS_AT + 8, t.echo, s->clock_divisor > 1 ? 0 : htonl(ntohl(t.echo) - (u32)d->clock));
}
