package network

import (
	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// A rule of nftables is a list of expressions: they load something into a register
// and go on as long as it matches, to the verdict. Of a header that a packet is too
// short for nothing matches.

// nftRegister is for expressions that need one register only. There are more, of 4
// bytes each, for what is looked up at once: NFT_REG32_00 and so on.
const nftRegister = unix.NFT_REG_1

// Verdicts, which are policies too.
const (
	nftDrop   = 0
	nftAccept = 1
)

// nftVerdict ends what is done with a packet.
func nftVerdict(verdict uint32) []*nl.RtAttr {
	return nftExpression("immediate", nftNumber(unix.NFTA_IMMEDIATE_DREG, unix.NFT_REG_VERDICT),
		nftNest(unix.NFTA_IMMEDIATE_DATA, nftNest(unix.NFTA_DATA_VERDICT, nftNumber(unix.NFTA_VERDICT_CODE, verdict))))
}

// nftCount adds to a counter.
func nftCount(name string) []*nl.RtAttr {
	return nftExpression("objref", nftNumber(unix.NFTA_OBJREF_IMM_TYPE, unix.NFT_OBJECT_COUNTER), nftName(unix.NFTA_OBJREF_IMM_NAME, name))
}

// nftLoad takes bytes from a header, one of NFT_PAYLOAD_*.
func nftLoad(header, offset, length, register uint32) []*nl.RtAttr {
	return nftExpression("payload",
		nftNumber(unix.NFTA_PAYLOAD_DREG, register), nftNumber(unix.NFTA_PAYLOAD_BASE, header),
		nftNumber(unix.NFTA_PAYLOAD_OFFSET, offset), nftNumber(unix.NFTA_PAYLOAD_LEN, length))
}

// nftLoadMeta takes what is known of a packet besides its bytes, one of NFT_META_*.
func nftLoadMeta(key uint32) []*nl.RtAttr {
	return nftExpression("meta", nftNumber(unix.NFTA_META_DREG, nftRegister), nftNumber(unix.NFTA_META_KEY, key))
}

// nftLoadBytes loads what is not from a packet.
func nftLoadBytes(register uint32, value ...byte) []*nl.RtAttr {
	return nftExpression("immediate", nftNumber(unix.NFTA_IMMEDIATE_DREG, register), nftValue(unix.NFTA_IMMEDIATE_DATA, value...))
}

// nftMask leaves some bits of as many bytes as were loaded, 4 at most.
func nftMask(bits ...byte) []*nl.RtAttr {
	return nftExpression("bitwise",
		nftNumber(unix.NFTA_BITWISE_SREG, nftRegister), nftNumber(unix.NFTA_BITWISE_DREG, nftRegister),
		nftNumber(unix.NFTA_BITWISE_LEN, uint32(len(bits))), //nolint:gosec // 4 at most
		nftValue(unix.NFTA_BITWISE_MASK, bits...), nftValue(unix.NFTA_BITWISE_XOR, make([]byte, len(bits))...))
}

func nftEquals(value ...byte) []*nl.RtAttr { return nftCompare(unix.NFT_CMP_EQ, value) }

func nftDiffers(value ...byte) []*nl.RtAttr { return nftCompare(unix.NFT_CMP_NEQ, value) }

func nftCompare(operation uint32, value []byte) []*nl.RtAttr {
	return nftExpression("cmp",
		nftNumber(unix.NFTA_CMP_SREG, nftRegister), nftNumber(unix.NFTA_CMP_OP, operation), nftValue(unix.NFTA_CMP_DATA, value...))
}

// Attributes of netlink, and what is made of them.

func nftExpression(name string, attrs ...*nl.RtAttr) []*nl.RtAttr {
	return []*nl.RtAttr{nftNest(unix.NFTA_LIST_ELEM, nftName(unix.NFTA_EXPR_NAME, name), nftNest(unix.NFTA_EXPR_DATA, attrs...))}
}

func nftNumber(kind int, n uint32) *nl.RtAttr { return nl.NewRtAttr(kind, nl.BEUint32Attr(n)) }

func nftName(kind int, name string) *nl.RtAttr { return nl.NewRtAttr(kind, nl.ZeroTerminated(name)) }

func nftValue(kind int, value ...byte) *nl.RtAttr {
	return nftNest(kind, nl.NewRtAttr(unix.NFTA_DATA_VALUE, value))
}

func nftNest(kind int, attrs ...*nl.RtAttr) *nl.RtAttr {
	a := nl.NewRtAttr(unix.NLA_F_NESTED|kind, nil)
	for _, child := range attrs {
		a.AddChild(child)
	}
	return a
}
