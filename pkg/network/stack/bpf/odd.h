/* SYNs that no operating system sends: with an acknowledgment number, but without ACK.
 * They are probes, whose senders look at what the answer's sequence number, MSS and
 * clock say of the system, and never complete the connection. So these can be another
 * system's here, and nothing has to be translated later; in ordinary connections they
 * are the kernel's. */
#pragma once
#include "handshake.h"

/* Initial sequence numbers whose differences have a mean and a deviation: both are the
 * same over any five in a row, which is what nmap looks at (its SP and ISR), and the ranges
 * that it knows of systems are narrower than what comes of numbers that are just random.
 * A random 27 bits are in each. */
inline_always u32 next_isn(const struct stack *s, struct decky *d)
{
	u32 step = s->isn_step + (random_u32() & 0x7ffffff) - 0x4000000;
	switch (__sync_fetch_and_add(&d->turn, 1) % 5) {
	case 0:
	case 2:
		step += s->isn_spread;
		break;
	case 1:
	case 3:
		step -= s->isn_spread;
	}
	return __sync_fetch_and_add(&d->isn, step) + step;
}

/* What the SYN says its MSS is, 0 if nothing. nmap has three places for the option. */
inline_always u16 peer_mss(struct packet *p)
{
	u8 b[24] = {};
	if (p->tcp.offset >> 4 < 6 || load_bytes(p->skb, p->l4 + 20, b, 4))
		return 0;
	if (b[0] == 2)
		return b[2] << 8 | b[3];
	if (p->tcp.offset >> 4 < 10 || load_bytes(p->skb, p->l4 + 20, b, 20))
		return 0;
	if (b[4] == 2 && b[5] == 4)
		return b[6] << 8 | b[7];
	if (b[16] == 2 && b[17] == 4)
		return b[18] << 8 | b[19];
	return 0;
}

inline_always void remember_odd(struct packet *p, const struct stack *s, struct decky *d)
{
	struct odd now = {.seq = p->tcp.seq, .ack = p->tcp.ack, .mss = peer_mss(p)};
	struct odd *before = map_lookup(&odds, &p->flow);
	if (before && before->seq == now.seq) /* sent again */
		return;
	now.isn = next_isn(s, d);
	now.clock = random_u32();
	map_update(&odds, &p->flow, &now, 0);
}
