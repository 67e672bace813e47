/* What user space tells the program: the layout is that of layout.go, field by field. */
#pragma once
#include "bpf.h"

/* The combinations of options that a handshake has agreed on, as an index. */
enum { WSCALE = 1, SACK = 2, TIMESTAMP = 4, COMBINATIONS = 8 };

/* One way to arrange the options of a SYN or SYN-ACK. The positions of what differs
 * from one connection to the next count from the first option; NONE where it is not. */
enum { MAX_OPTIONS = 40, NONE = 0xff };
struct layout {
	u8 len; /* bytes, a multiple of 4; NONE leaves the kernel's own */
	u8 mss, wscale, timestamp;
	u16 window; /* 0 leaves the kernel's own */
	u16 _;
	u8 bytes[MAX_OPTIONS];
};

/* What becomes of the identification of an IPv4 packet. */
enum id_policy { ID_KEEP, ID_ZERO, ID_COUNT, ID_STRIDE, ID_RANDOM };

/* What becomes of a bit. */
enum bit_policy { BIT_KEEP, BIT_CLEAR, BIT_SET };

/* How a segment that no connection expects is answered. */
enum { REACT_PASS, REACT_DROP, REACT_AS_SYN, REACT_RESET };
enum { SEQ_ZERO, SEQ_ACK };                         /* a reset's sequence number: 0, or what was acknowledged */
enum { ACK_KEEP, ACK_ZERO, ACK_SEQ, ACK_SEQ_NEXT, ACK_OTHER };
struct reaction {
	u8 what, seq, ack, _;
};

/* The segments that a reaction is defined for, by whether their port is open. */
enum { NULL_OPEN, NULL_CLOSED, FIN_OPEN, FIN_CLOSED, XMAS_OPEN, XMAS_CLOSED, SYNFIN_OPEN, SYNFIN_CLOSED, REACTIONS };

struct stack {
	struct layout answer[COMBINATIONS]; /* of a SYN-ACK */
	struct layout call;                 /* of a SYN */
	struct reaction reactions[REACTIONS];

	u32 isn_step, isn_spread; /* initial sequence numbers: see next_isn */

	u16 mss_default;   /* for who names none; 0: its own MSS is told whatever the other's is */
	u16 mss_most;      /* the largest it tells */
	u16 clock_divisor; /* milliseconds of a tick of its timestamps; 0 leaves the kernel's own */
	u16 quote_len;     /* bytes of a datagram that an "unreachable" quotes; 0 leaves the kernel's own */
	u16 quote_udp_sum; /* the checksum of UDP in that quotation, if QUOTE_UDP_SUM */
	u8 flags;
	u8 reset_seq;      /* SEQ_*, of a reset of a SYN */
	u8 reset_ack;      /* ACK_*, of a reset of an ACK */
	u8 id_tcp, id_reset, id_icmp, id_udp;
	u8 df_tcp, df_reset, df_refusal; /* of resets without and with ACK */
	u8 ttl;       /* of packets that are made here; the kernel has it from a sysctl */
	u8 ttl_tcp;   /* of what an open port sends; 0 leaves the kernel's own */
	u8 mss_round; /* an MSS from 512 up to 1,023 other than 536 counts as 512 */
	u8 _[5];
};

enum {
	MSS_OF_PEER = 1,    /* it tells the smaller of its own MSS and the other's */
	ECHO_DF = 2,        /* an echo reply does not fragment if the request said so */
	ECHO_CODE_ZERO = 4, /* an echo reply has the code 0, whatever the request's is */
	QUOTE_UDP_SUM = 8,
	QUOTE_IP_SUM_ZERO = 16,
	RANDOM_CLOCK = 32,  /* the clock of timestamps begins anywhere, for each connection */
	FLOW_LABEL_ZERO = 64,
};

/* One decky. */
struct decky {
	u64 secret;
	s64 clock; /* milliseconds that its clock is ahead of the kernel's */
	u32 stack; /* its index in the map of stacks */
	u32 isn;   /* the last that was given out */
	u32 turn;  /* how many were */
	u32 id;    /* the last identification */
};

/* What an odd SYN said, for the answer to it. */
struct odd {
	u32 seq;
	u32 ack; /* its acknowledgment number, which has no meaning */
	u32 isn; /* of the answer */
	u32 clock;
	u16 mss;
	u16 _;
};

struct flow {
	u32 peer[4], own[4];
	u16 peer_port, own_port;
};
