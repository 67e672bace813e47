/* The TCP/IP stack of another operating system, as far as Linux's can be made to look
 * like it: two programs on the interface of every decky, inside its network namespace.
 * Nothing else passes there, so that no other machine's packet can be changed.
 *
 * What a system does is data: see stack.h, and pkg/decnet/catalog for the values. */
#include "stack.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 64);
	__type(key, u32);
	__type(value, struct stack);
} stacks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1 << 18); /* a decky has up to three addresses */
	__uint(map_flags, 1); /* BPF_F_NO_PREALLOC */
	__type(key, u32[4]); /* an address; of IPv4 as IPv6 maps it */
	__type(value, struct decky);
} deckies SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1 << 14); /* a scan has 7 at a time */
	__type(key, struct flow);
	__type(value, struct odd);
} odds SEC(".maps");

struct scratch;
#include "handshake.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

#include "leave.h"

SEC("tc") int decnet_enter(struct __sk_buff *skb)
{
	struct packet p = {};
	struct decky *d;
	struct stack *s;
	if (!read_ip(&p, skb, 0))
		return NEXT;
	d = map_lookup(&deckies, p.flow.own);
	s = d ? map_lookup(&stacks, &d->stack) : 0;
	if (!s)
		return NEXT;
	if (p.proto == PROTO_TCP)
		return enter_tcp(&p, s, d);
	if (p.proto == PROTO_ICMP)
		return enter_icmp(&p, s);
	return NEXT;
}

SEC("tc") int decnet_leave(struct __sk_buff *skb)
{
	struct packet p = {};
	struct ip4 before;
	struct decky *d;
	struct stack *s;
	if (!read_ip(&p, skb, 1))
		return NEXT;
	d = map_lookup(&deckies, p.flow.own);
	s = d ? map_lookup(&stacks, &d->stack) : 0;
	if (!s)
		return NEXT;
	before = p.ip4;
	if (p.proto == PROTO_TCP)
		leave_tcp(&p, s, d);
	else if (p.v6)
		;
	else if (p.proto == PROTO_ICMP)
		leave_icmp(&p, s, d);
	else if (p.proto == PROTO_UDP)
		p.ip4.id = next_id(d, s->id_udp, p.ip4.id, 1);
	if (p.v6)
		leave_ip6(&p, s);
	else
		write_ip4(&p, &before);
	if (skb->mark == MADE_HERE)
		skb->mark = 0;
	return NEXT;
}

char licence[] SEC("license") = "Apache-2.0";
