/* SYNs that no operating system sends: with an acknowledgment number, but without ACK.
 * They are probes, whose senders look at what the answer's sequence number, MSS and
 * clock say of the system, and never complete the connection. So these can be another
 * system's here, and nothing has to be translated later; in ordinary connections they
 * are the kernel's. */
#pragma once
#include "handshake.h"

/* Initial sequence numbers whose differences have a mean and a deviation, but no more
 * than that: a random 27 bits are in each. nmap measures both (its SP and ISR), and the
 * range that it accepts is narrower than that of numbers which are just random. */
inline_always u32 next_isn(const struct stack *s, struct decky *d)
{
	u32 turn = __sync_fetch_and_add(&d->turn, 1);
	u32 step = s->isn_step + (turn & 1 ? -s->isn_spread : s->isn_spread) + (random_u32() & 0x7ffffff) - 0x4000000;
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
