/* The SYN-ACK, and the SYN, of another system: the kernel's own, with its options in
 * another order. What was agreed on stays as it is. */
#pragma once
#include "clock.h"

struct options {
	u32 len; /* as they are in the segment, bytes */
	u32 what; /* WSCALE | SACK | TIMESTAMP */
	u32 time, echo; /* of TIMESTAMP, in the order of the network */
	u16 mss;
	u8 wscale;
};

struct scratch {
	u8 old[MAX_OPTIONS + 24], new[MAX_OPTIONS + 24];
	u8 quote[128];
};

/* Linux has one order for its options (tcp_options_write in its net/ipv4/tcp_output.c): MSS,
 * then SACK and timestamps in 12 bytes, or SACK alone in 4, then window scale. Anything
 * else, such as Fast Open, is left alone: that is 0. */
inline_always int read_options(struct packet *p, struct scratch *m, struct options *o)
{
	u8 *b = m->old;
	u32 len = (p->tcp.offset >> 4) * 4 - 20, at = 4;
	if (len < 4 || len > MAX_OPTIONS)
		return 0;
	o->len = len;
	__builtin_memset(b, 0, MAX_OPTIONS);
	opaque(len);
	if (len < 4 || len > MAX_OPTIONS || load_bytes(p->skb, p->l4 + 20, b, len))
		return 0;
	if (b[0] != 2 || b[1] != 4)
		return 0;
	o->mss = *(u16 *)(b + 2);
	if (b[6] == 8 && b[7] == 10 && ((b[4] == 4 && b[5] == 2) || (b[4] == 1 && b[5] == 1))) {
		o->what = b[4] == 4 ? SACK | TIMESTAMP : TIMESTAMP;
		o->time = *(u32 *)(b + 8);
		o->echo = *(u32 *)(b + 12);
		at = 16;
		if (b[16] == 1 && b[17] == 3) {
			o->what |= WSCALE;
			o->wscale = b[19];
			at = 20;
		}
	} else if (b[4] == 1 && b[5] == 1 && b[6] == 4) {
		o->what = SACK;
		at = 8;
		if (b[8] == 1 && b[9] == 3) {
			o->what |= WSCALE;
			o->wscale = b[11];
			at = 12;
		}
	} else if (b[4] == 1 && b[5] == 3) {
		o->what = WSCALE;
		o->wscale = b[7];
		at = 8;
	}
	return at == o->len;
}

inline_always void put16(u8 *b, u32 at, u16 v)
{
	b[at & 63] = v;
	b[(at + 1) & 63] = v >> 8;
}

inline_always void put32(u8 *b, u32 at, u32 v)
{
	put16(b, at, v);
	put16(b, at + 2, v >> 16);
}

/* Writes the options as l has them. The length of the packet may change. */
inline_always void arrange(struct packet *p, struct scratch *m, const struct layout *l, const struct options *o)
{
	u8 *b = m->new;
	u32 len = l->len, old = o->len;
	u16 before, after;
	if (len > MAX_OPTIONS)
		return;
	__builtin_memcpy(b, l->bytes, MAX_OPTIONS);
	if (l->mss != NONE)
		put16(b, l->mss, o->mss);
	if (l->wscale != NONE)
		b[l->wscale & 63] = o->wscale;
	if (l->timestamp != NONE) {
		put32(b, l->timestamp, o->time);
		put32(b, l->timestamp + 4, o->echo);
	}
	if (len != old && change_tail(p->skb, p->l4 + 20 + len, 0))
		return;
	opaque(len);
	opaque(old);
	if (len < 4 || len > MAX_OPTIONS || old < 4 || old > MAX_OPTIONS)
		return;
	store_bytes(p->skb, p->l4 + 20, b, len, 0);
	l4_csum_replace(p->skb, p->l4 + 16, 0, csum_diff(m->old, old & ~3, b, len & ~3, 0), 0);
	/* The length is in the pseudo-header, and in the offset of the data. */
	l4_csum_replace(p->skb, p->l4 + 16, htons(20 + old), htons(20 + len), BPF_F_PSEUDO_HDR | 2);
	before = *(u16 *)&p->tcp.offset;
	p->tcp.offset = (5 + len / 4) << 4 | (p->tcp.offset & 15);
	after = *(u16 *)&p->tcp.offset;
	tcp_put16(p, 12, before, after);
	if (!p->v6) {
		p->ip4.len = htons(ntohs(p->ip4.len) + len - old);
	} else if (len != old) {
		p->ip6.len = htons(ntohs(p->ip6.len) + len - old);
		store_bytes(p->skb, ETH_LEN + 4, &p->ip6.len, 2, 0);
	}
}

/* The MSS that s tells a peer whose own is that; 0 is one that named none. */
inline_always u16 told_mss(const struct stack *s, u16 peer)
{
	if (!peer)
		peer = s->mss_default;
	if (s->mss_round && peer >= 512 && peer < 1024 && peer != 536)
		peer = 512;
	return peer < s->mss_most ? peer : s->mss_most;
}

inline_always void handshake(struct packet *p, struct scratch *m, const struct stack *s, const struct decky *d,
			     const struct odd *odd)
{
	struct options o = {};
	const struct layout *l = &s->call;
	u16 window, mss;
	u32 time;
	if (!read_options(p, m, &o))
		return;
	mss = o.mss;
	time = o.time;
	if (p->tcp.flags & ACK)
		l = &s->answer[o.what & (COMBINATIONS - 1)];
	window = l->window ? htons(l->window) : p->tcp.window;
	if (s->mss_most && odd && s->flags & MSS_OF_PEER)
		o.mss = htons(told_mss(s, odd->mss));
	if (o.what & TIMESTAMP && s->clock_divisor)
		o.time = htonl(own_time(s, d, ntohl(o.time)));
	else if (o.what & TIMESTAMP && odd)
		o.time = htonl(odd_time(s, d, odd, &p->flow));
	if (l->len != NONE) {
		arrange(p, m, l, &o);
	} else { /* where the kernel has them */
		tcp_put16(p, 22, mss, o.mss);
		if (o.what & TIMESTAMP)
			tcp_put32(p, 28, time, o.time);
	}
	tcp_put16(p, 14, p->tcp.window, window);
	if (odd && s->isn_step)
		tcp_put32(p, 4, p->tcp.seq, htonl(odd->isn));
}
