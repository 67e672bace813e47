/* Where the headers of a packet are, and what is in them. Headers are read into
 * memory of our own and written back: packets that stay as they are cost no copy of a
 * cloned buffer. */
#pragma once
#include "stack.h"

enum { ETH_LEN = 14, IP4 = 0x0800, IP6 = 0x86dd };
enum { PROTO_ICMP = 1, PROTO_TCP = 6, PROTO_UDP = 17 };
enum { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16, URG = 32 };
enum { DF = 0x4000, MORE_OR_OFFSET = 0x3fff };

struct ip4 {
	u8 version_ihl, tos;
	u16 len, id, frag;
	u8 ttl, proto;
	u16 check;
	u32 source, dest;
};

struct ip6 {
	u32 flow; /* version, traffic class and flow label */
	u16 len;
	u8 next, hop_limit;
	u32 source[4], dest[4];
};

struct tcp {
	u16 source, dest;
	u32 seq, ack;
	u8 offset, flags;
	u16 window, check, urgent;
};

struct packet {
	struct __sk_buff *skb;
	union {
		struct ip4 ip4;
		struct ip6 ip6;
	};
	struct tcp tcp;
	struct flow flow;
	u32 l4; /* where the transport's header begins, in the frame */
	u8 v6, proto;
};

/* Reads the IP header. Own says whether the decky is the sender. It is 0 if this is not a
 * packet to look at: another protocol, or a fragment. */
inline_always int read_ip(struct packet *p, struct __sk_buff *skb, int own)
{
	p->skb = skb;
	if (skb->protocol == htons(IP4)) {
		if (load_bytes(skb, ETH_LEN, &p->ip4, sizeof(p->ip4)) || p->ip4.frag & htons(MORE_OR_OFFSET))
			return 0;
		p->flow.own[2] = p->flow.peer[2] = htonl(0xffff);
		p->flow.own[3] = own ? p->ip4.source : p->ip4.dest;
		p->flow.peer[3] = own ? p->ip4.dest : p->ip4.source;
		p->proto = p->ip4.proto;
		p->l4 = ETH_LEN + (p->ip4.version_ihl & 15) * 4;
		return 1;
	}
	if (skb->protocol != htons(IP6) || load_bytes(skb, ETH_LEN, &p->ip6, sizeof(p->ip6)))
		return 0;
	__builtin_memcpy(p->flow.own, own ? p->ip6.source : p->ip6.dest, 16);
	__builtin_memcpy(p->flow.peer, own ? p->ip6.dest : p->ip6.source, 16);
	p->v6 = 1;
	p->proto = p->ip6.next;
	p->l4 = ETH_LEN + sizeof(p->ip6);
	return 1;
}

inline_always int read_tcp(struct packet *p, int own)
{
	if (load_bytes(p->skb, p->l4, &p->tcp, sizeof(p->tcp)))
		return 0;
	p->flow.own_port = own ? p->tcp.source : p->tcp.dest;
	p->flow.peer_port = own ? p->tcp.dest : p->tcp.source;
	return 1;
}

inline_always u16 fold(u64 sum)
{
	sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32 & 0xffff) + (sum >> 48);
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

/* Writes the first part of an IPv4 header back, if it is another than before. */
inline_always void write_ip4(struct packet *p, const struct ip4 *before)
{
	const u16 *old = (const u16 *)before, *now = (const u16 *)&p->ip4;
	u64 sum = (u16)~before->check;
	if (old[1] == now[1] && old[2] == now[2] && old[3] == now[3] && old[4] == now[4])
		return;
	for (int i = 1; i < 5; i++)
		sum += (u16)~old[i] + (u64)now[i];
	p->ip4.check = ~fold(sum);
	store_bytes(p->skb, ETH_LEN, &p->ip4, 12, 0);
}

/* Replace a field of the TCP header at that offset, checksum included. */
inline_always void tcp_put16(struct packet *p, u32 at, u16 from, u16 to)
{
	if (from == to)
		return;
	l4_csum_replace(p->skb, p->l4 + 16, from, to, 2);
	store_bytes(p->skb, p->l4 + at, &to, 2, 0);
}

inline_always void tcp_put32(struct packet *p, u32 at, u32 from, u32 to)
{
	if (from == to)
		return;
	l4_csum_replace(p->skb, p->l4 + 16, from, to, 4);
	store_bytes(p->skb, p->l4 + at, &to, 4, 0);
}
