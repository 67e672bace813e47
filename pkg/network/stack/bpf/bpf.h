/* What the kernel gives to a program on an interface: as much of linux/bpf.h as
 * stack.c needs, so that neither kernel headers nor libbpf have to be there. The
 * numbers are the kernel's ABI (include/uapi/linux/bpf.h). */
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long s64;

struct __sk_buff {
	u32 len, pkt_type, mark, queue_mapping, protocol, vlan_present, vlan_tci, vlan_proto;
	u32 priority, ingress_ifindex, ifindex, tc_index, cb[5], hash, tc_classid, data, data_end, napi_id;
	u32 family, remote_ip4, local_ip4, remote_ip6[4], local_ip6[4], remote_port, local_port;
	u32 data_meta;
	u64 flow_keys;
	u64 tstamp;
	u32 wire_len, gso_segs;
};

struct bpf_sock {
	u32 bound_dev_if, family, type, protocol, mark, priority;
};

struct bpf_sock_tuple {
	union {
		struct { u32 saddr, daddr; u16 sport, dport; } ipv4;
		struct { u32 saddr[4], daddr[4]; u16 sport, dport; } ipv6;
	};
};

#define SEC(name) __attribute__((section(name), used))
#define inline_always static inline __attribute__((always_inline))

/* The description of a map, as BTF. */
#define __uint(name, val) int(*name)[val]
#define __type(name, val) typeof(val) *name
enum { BPF_MAP_TYPE_HASH = 1, BPF_MAP_TYPE_ARRAY = 2, BPF_MAP_TYPE_PERCPU_ARRAY = 6, BPF_MAP_TYPE_LRU_HASH = 9 };

/* Return values: go on with whatever else is attached, or drop. They are the same for
 * TCX and for clsact (TC_ACT_UNSPEC and TC_ACT_SHOT). */
enum { NEXT = -1, DROP = 2 };

#define BPF_F_PSEUDO_HDR (1ULL << 4)
#define BPF_F_CURRENT_NETNS (-1LL)

static void *(*map_lookup)(void *map, const void *key) = (void *)1;
static long (*map_update)(void *map, const void *key, const void *value, u64 flags) = (void *)2;
static u64 (*ktime_ns)(void) = (void *)5;
static u32 (*random_u32)(void) = (void *)7;
static long (*store_bytes)(struct __sk_buff *, u32 off, const void *from, u32 len, u64 flags) = (void *)9;
static long (*l3_csum_replace)(struct __sk_buff *, u32 off, u64 from, u64 to, u64 size) = (void *)10;
static long (*l4_csum_replace)(struct __sk_buff *, u32 off, u64 from, u64 to, u64 flags) = (void *)11;
static long (*redirect)(u32 ifindex, u64 flags) = (void *)23;
static long (*load_bytes)(const void *skb, u32 off, void *to, u32 len) = (void *)26;
static s64 (*csum_diff)(void *from, u32 from_size, void *to, u32 to_size, u32 seed) = (void *)28;
static long (*change_tail)(struct __sk_buff *, u32 len, u64 flags) = (void *)38;
static long (*sk_release)(void *sk) = (void *)86;
static struct bpf_sock *(*skc_lookup_tcp)(void *ctx, struct bpf_sock_tuple *, u32 size, u64 netns, u64 flags) = (void *)99;

#define htons(x) __builtin_bswap16(x)
#define htonl(x) __builtin_bswap32(x)
#define ntohs htons
#define ntohl htonl

/* Keeps the compiler from reasoning about a value that the verifier has to see
 * bounded. */
#define opaque(x) asm volatile("" : "+r"(x))
