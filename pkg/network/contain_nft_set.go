package network

import (
	"time"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// nftSet is a set of keys of one length.
type nftSet struct {
	name string
	id   uint32 // within the batch
}

// constant makes a set of these keys, for one rule.
func (b *nftBatch) constant(keys ...[]byte) *nftSet {
	s := b.set("__set%d", unix.NFT_SET_ANONYMOUS|unix.NFT_SET_CONSTANT, len(keys[0]), nftNest(unix.NFTA_SET_DESC, nftNumber(unix.NFTA_SET_DESC_SIZE, uint32(len(keys))))) //nolint:gosec // at most 65,536
	var elements []*nl.RtAttr
	for _, key := range keys {
		elements = append(elements, nftNest(unix.NFTA_LIST_ELEM, nftValue(unix.NFTA_SET_ELEM_KEY, key...)))
	}
	b.add(unix.NFT_MSG_NEWSETELEM, unix.NLM_F_CREATE,
		nftName(unix.NFTA_SET_ELEM_LIST_TABLE, wall), nftName(unix.NFTA_SET_ELEM_LIST_SET, s.name), nftNumber(unix.NFTA_SET_ELEM_LIST_SET_ID, s.id),
		nftNest(unix.NFTA_SET_ELEM_LIST_ELEMENTS, elements...))
	return s
}

// memory makes a set that packets add to. A key is forgotten after some time; what
// is forgotten takes up room for a while longer.
func (b *nftBatch) memory(name string, keyLength int, size uint32, forget time.Duration) *nftSet {
	milliseconds := uint64(forget.Milliseconds()) //nolint:gosec // it is positive
	return b.set(name, unix.NFT_SET_TIMEOUT|unix.NFT_SET_EVAL, keyLength,
		nl.NewRtAttr(unix.NFTA_SET_TIMEOUT, nl.BEUint64Attr(milliseconds)),
		nftNumber(unix.NFTA_SET_GC_INTERVAL, uint32(milliseconds/4)), //nolint:gosec // some seconds
		nftNest(unix.NFTA_SET_DESC, nftNumber(unix.NFTA_SET_DESC_SIZE, size)))
}

func (b *nftBatch) set(name string, flags uint32, keyLength int, more ...*nl.RtAttr) *nftSet {
	b.sets++
	s := &nftSet{name: name, id: b.sets}
	b.add(unix.NFT_MSG_NEWSET, unix.NLM_F_CREATE, append([]*nl.RtAttr{
		nftName(unix.NFTA_SET_TABLE, wall), nftName(unix.NFTA_SET_NAME, name), nftNumber(unix.NFTA_SET_ID, s.id),
		nftNumber(unix.NFTA_SET_FLAGS, flags), nftNumber(unix.NFTA_SET_KEY_TYPE, 0), nftNumber(unix.NFTA_SET_KEY_LEN, uint32(keyLength)), //nolint:gosec // at most 64
	}, more...)...)
	return s
}

// nftIn matches what is in a set.
func nftIn(s *nftSet, register uint32) []*nl.RtAttr {
	return nftExpression("lookup", nftName(unix.NFTA_LOOKUP_SET, s.name), nftNumber(unix.NFTA_LOOKUP_SET_ID, s.id), nftNumber(unix.NFTA_LOOKUP_SREG, register))
}

// nftRemember puts what was loaded into a set, or begins its time there anew. If
// the set is full it does not match.
func nftRemember(s *nftSet, register uint32) []*nl.RtAttr {
	return nftExpression("dynset",
		nftName(unix.NFTA_DYNSET_SET_NAME, s.name), nftNumber(unix.NFTA_DYNSET_SET_ID, s.id),
		nftNumber(unix.NFTA_DYNSET_OP, unix.NFT_DYNSET_OP_UPDATE), nftNumber(unix.NFTA_DYNSET_SREG_KEY, register))
}
