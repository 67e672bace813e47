/* Packets on their way to a decky: those that its system answers in another way than
 * Linux are answered here, on the spot. */
#pragma once
#include "odd.h"

/* The mark of a packet that was made here: it leaves as it is. */
enum { MADE_HERE = 0xdec0de };

inline_always int is_open(struct packet *p)
{
	struct bpf_sock_tuple t = {};
	struct bpf_sock *sk;
	u32 size = sizeof(t.ipv4);
	if (p->v6) {
		__builtin_memcpy(t.ipv6.saddr, p->flow.peer, 16);
		__builtin_memcpy(t.ipv6.daddr, p->flow.own, 16);
		t.ipv6.sport = p->flow.peer_port;
		t.ipv6.dport = p->flow.own_port;
		sk = skc_lookup_tcp(p->skb, &t, sizeof(t.ipv6), BPF_F_CURRENT_NETNS, 0);
	} else {
		t.ipv4.saddr = p->flow.peer[3];
		t.ipv4.daddr = p->flow.own[3];
		t.ipv4.sport = p->flow.peer_port;
		t.ipv4.dport = p->flow.own_port;
		sk = skc_lookup_tcp(p->skb, &t, size, BPF_F_CURRENT_NETNS, 0);
	}
	if (!sk)
		return 0;
	sk_release(sk);
	return 1;
}

/* Sends the packet, which is an answer now, back where it came from. */
inline_always int send_back(struct packet *p)
{
	u8 mac[12], back[12];
	if (load_bytes(p->skb, 0, mac, 12))
		return DROP;
	__builtin_memcpy(back, mac + 6, 6);
	__builtin_memcpy(back + 6, mac, 6);
	store_bytes(p->skb, 0, back, 12, 0);
	p->skb->mark = MADE_HERE;
	return redirect(p->skb->ifindex, 0);
}

/* Makes the packet a reset of itself. */
inline_always int reset(struct packet *p, const struct stack *s, const struct reaction *r)
{
	struct tcp t = {.source = p->tcp.dest, .dest = p->tcp.source, .offset = 5 << 4, .flags = RST | ACK};
	u64 sum = htons(PROTO_TCP) + htons(20);
	u32 next = ntohl(p->tcp.seq) + (p->tcp.flags & FIN ? 1 : 0) + (p->tcp.flags & SYN ? 1 : 0);
	if (!p->v6 && p->ip4.version_ihl != 0x45)
		return NEXT;
	if (r->seq == SEQ_ACK)
		t.seq = p->tcp.ack;
	switch (r->ack) {
	case ACK_SEQ:
		t.ack = p->tcp.seq;
		break;
	case ACK_SEQ_NEXT:
		t.ack = htonl(next);
		break;
	case ACK_OTHER:
		t.ack = random_u32() | 1;
	}
	if (change_tail(p->skb, p->l4 + 20, 0))
		return DROP;
	if (p->v6) {
		struct ip6 ip = {.flow = htonl(6u << 28), .len = htons(20), .next = PROTO_TCP, .hop_limit = s->ttl};
		__builtin_memcpy(ip.source, p->flow.own, 16);
		__builtin_memcpy(ip.dest, p->flow.peer, 16);
		sum += csum_diff(0, 0, ip.source, 32, 0);
		store_bytes(p->skb, ETH_LEN, &ip, sizeof(ip), 0);
	} else {
		struct ip4 ip = {.version_ihl = 0x45, .len = htons(40), .ttl = s->ttl, .proto = PROTO_TCP};
		ip.source = p->flow.own[3];
		ip.dest = p->flow.peer[3];
		ip.frag = s->df_refusal == BIT_CLEAR ? 0 : htons(DF);
		sum += csum_diff(0, 0, &ip.source, 8, 0);
		ip.check = ~fold(csum_diff(0, 0, &ip, sizeof(ip), 0));
		store_bytes(p->skb, ETH_LEN, &ip, sizeof(ip), 0);
	}
	sum += csum_diff(0, 0, &t, sizeof(t), 0);
	t.check = ~fold(sum);
	store_bytes(p->skb, p->l4, &t, sizeof(t), 0);
	return send_back(p);
}

/* A segment that begins nothing and belongs to nothing: no ACK, no RST, no ordinary SYN. */
inline_always int react(struct packet *p, const struct stack *s, struct decky *d)
{
	u8 f = p->tcp.flags;
	u32 which = !(f & FIN) ? NULL_OPEN : f & SYN ? SYNFIN_OPEN : f & (PSH | URG) ? XMAS_OPEN : FIN_OPEN;
	const struct reaction *r;
	u16 before = *(u16 *)&p->tcp.offset;
	if (!is_open(p))
		which++;
	if (which >= REACTIONS)
		return NEXT;
	r = &s->reactions[which];
	switch (r->what) {
	case REACT_DROP:
		return DROP;
	case REACT_RESET:
		return reset(p, s, r);
	case REACT_AS_SYN:
		if (p->tcp.ack)
			remember_odd(p, s, d);
		p->tcp.flags = SYN;
		tcp_put16(p, 12, before, *(u16 *)&p->tcp.offset);
	}
	return NEXT;
}

inline_always int enter_tcp(struct packet *p, const struct stack *s, struct decky *d)
{
	u8 f;
	if (!read_tcp(p, 0))
		return NEXT;
	f = p->tcp.flags;
	if (f & ACK)
		unstamp(p, s, d);
	else if (f & RST)
		;
	else if ((f & (SYN | FIN)) != SYN)
		return react(p, s, d);
	else if (p->tcp.ack)
		remember_odd(p, s, d);
	return NEXT;
}

/* An echo request is answered here if the reply depends on a bit of its IP header. */
inline_always int enter_icmp(struct packet *p, const struct stack *s)
{
	struct ip4 before = p->ip4;
	u8 head[2], reply[2] = {};
	if (!(s->flags & ECHO_DF) || p->v6 || p->ip4.version_ihl != 0x45 || load_bytes(p->skb, p->l4, head, 2) || head[0] != 8)
		return NEXT;
	if (!(s->flags & ECHO_CODE_ZERO))
		reply[1] = head[1];
	l4_csum_replace(p->skb, p->l4 + 2, *(u16 *)head, *(u16 *)reply, 2);
	store_bytes(p->skb, p->l4, reply, 2, 0);
	p->ip4.ttl = s->ttl;
	write_ip4(p, &before);
	before.source = p->ip4.dest;
	before.dest = p->ip4.source;
	store_bytes(p->skb, ETH_LEN + 12, &before.source, 8, 0);
	return send_back(p);
}
