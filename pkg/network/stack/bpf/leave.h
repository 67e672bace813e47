/* Packets on their way from a decky. */
#pragma once
#include "enter.h"

inline_always u16 next_id(struct decky *d, u8 policy, u16 id, u32 segments)
{
	u32 step = segments;
	switch (policy) {
	case ID_ZERO:
		return 0;
	case ID_COUNT:
		return htons(__sync_fetch_and_add(&d->id, step) + 1);
	case ID_STRIDE: /* what nmap calls random positive increments: over 1,000 */
		step = 1025 + random_u32() % 3000;
		step += step % 256 ? 0 : 1;
		return htons(__sync_fetch_and_add(&d->id, step) + step);
	case ID_RANDOM: /* with a difference to the last that nobody takes for an increment */
		step = 20001 + random_u32() % 25000;
		return htons(__sync_fetch_and_add(&d->id, step) + step);
	}
	return id;
}

inline_always u16 bit(u16 frag, u8 policy)
{
	if (policy == BIT_SET)
		return frag | htons(DF);
	return policy == BIT_CLEAR ? frag & ~htons(DF) : frag;
}

/* The kernel's resets: of a SYN with ACK and the sequence number 0, of anything else
 * without ACK and with the acknowledgment number 0. */
inline_always void leave_reset(struct packet *p, const struct stack *s)
{
	if (!(p->tcp.flags & ACK)) {
		if (s->reset_ack == ACK_OTHER)
			tcp_put32(p, 8, p->tcp.ack, random_u32() | 1);
		return;
	}
	if (s->reset_seq == SEQ_ACK && !p->tcp.seq) {
		struct odd *odd = map_lookup(&odds, &p->flow);
		if (odd)
			tcp_put32(p, 4, 0, odd->ack);
	}
}

inline_always void leave_tcp(struct packet *p, const struct stack *s, struct decky *d)
{
	u8 id = s->id_tcp, df = s->df_tcp, ttl = s->ttl_tcp, f;
	u32 nil = 0;
	if (!read_tcp(p, 1))
		return;
	f = p->tcp.flags;
	if (f & RST) {
		id = s->id_reset;
		df = f & ACK ? s->df_refusal : s->df_reset;
		if (ttl && !is_open(p))
			ttl = 0;
		if (p->skb->mark != MADE_HERE)
			leave_reset(p, s);
	} else if (f & SYN) {
		struct scratch *m = map_lookup(&scratches, &nil);
		if (m)
			handshake(p, m, s, d, f & ACK ? map_lookup(&odds, &p->flow) : 0);
	} else {
		stamp(p, s, d);
	}
	if (p->v6)
		return;
	p->ip4.id = next_id(d, id, p->ip4.id, p->skb->gso_segs ? p->skb->gso_segs : 1);
	p->ip4.frag = bit(p->ip4.frag, df);
	if (ttl)
		p->ip4.ttl = ttl;
}

/* Shortens what an "unreachable" quotes, and gets it wrong as the system does. */
inline_always void leave_unreachable(struct packet *p, struct scratch *m, const struct stack *s)
{
	u32 len = s->quote_len, had = ntohs(p->ip4.len) - (p->l4 - ETH_LEN) - 8;
	u16 head[4], udp_sum = htons(s->quote_udp_sum);
	u8 *q = m->quote;
	if (!len || had < len)
		return;
	opaque(len);
	if (len < 28 || len > 96 || load_bytes(p->skb, p->l4 + 8, q, len) || load_bytes(p->skb, p->l4, head, 8))
		return;
	if (s->flags & QUOTE_IP_SUM_ZERO)
		put16(q, 10, 0);
	if (s->flags & QUOTE_UDP_SUM && q[0] == 0x45 && q[9] == PROTO_UDP)
		put16(q, 26, udp_sum);
	if (change_tail(p->skb, p->l4 + 8 + len, 0))
		return;
	head[1] = 0;
	head[1] = ~fold(csum_diff(0, 0, q, len & ~3, 0) + head[0] + (u64)head[2] + head[3]);
	store_bytes(p->skb, p->l4, head, 8, 0);
	store_bytes(p->skb, p->l4 + 8, q, len, 0);
	p->ip4.len = htons(p->l4 - ETH_LEN + 8 + len);
}

inline_always void leave_icmp(struct packet *p, const struct stack *s, struct decky *d)
{
	u8 head[2], zero[2] = {};
	u32 nil = 0;
	struct scratch *m = map_lookup(&scratches, &nil);
	if (!m || load_bytes(p->skb, p->l4, head, 2))
		return;
	if (head[0] == 3) {
		leave_unreachable(p, m, s);
	} else if (head[0] == 0 && head[1] && s->flags & ECHO_CODE_ZERO) {
		l4_csum_replace(p->skb, p->l4 + 2, *(u16 *)head, 0, 2);
		store_bytes(p->skb, p->l4, zero, 2, 0);
	}
	p->ip4.id = next_id(d, s->id_icmp, p->ip4.id, 1);
}

inline_always void leave_ip6(struct packet *p, const struct stack *s)
{
	u32 flow = p->ip6.flow & htonl(0xfff00000);
	if (s->flags & FLOW_LABEL_ZERO && flow != p->ip6.flow)
		store_bytes(p->skb, ETH_LEN, &flow, 4, 0);
}
