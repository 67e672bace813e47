package network

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"syscall"
	"time"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// nftPatience is how long the kernel may take to answer; as a rule it has done so
// when it has read the question.
const nftPatience = 5 * time.Second

// wall is the table that Contain makes. Many machines have one of that name. It is
// of the family inet, which is IPv4 and IPv6.
const wall = "filter"

// nftBatch is a change of nftables that the kernel makes as a whole or not at
// all: netlink messages, back to back. The same plan gives the same bytes.
//
// It is not made with a library: that has each message acknowledged and each rule
// sent back, and what takes 0.3 ms would take 1 ms, for every decky.
type nftBatch struct {
	data []byte
	end  int    // where the last message begins
	sets uint32 // how many there are
}

// newNFTBatch makes an empty batch.
func newNFTBatch() *nftBatch {
	b := &nftBatch{}
	b.message(unix.NFNL_MSG_BATCH_BEGIN, 0, unix.AF_UNSPEC, unix.NFNL_SUBSYS_NFTABLES)
	return b
}

// message appends a message of any part of netfilter.
func (b *nftBatch) message(kind, flags uint16, family byte, resource uint16, attrs ...*nl.RtAttr) {
	m := make([]byte, 4, 512) // its length, which follows
	m = binary.NativeEndian.AppendUint16(m, kind)
	m = binary.NativeEndian.AppendUint16(m, unix.NLM_F_REQUEST|flags)
	// Neither a number, for one message alone is acknowledged, nor the sender, whom
	// the kernel knows.
	m = append(m, 0, 0, 0, 0, 0, 0, 0, 0, family, unix.NFNETLINK_V0)
	m = binary.BigEndian.AppendUint16(m, resource)
	for _, a := range attrs {
		m = append(m, a.Serialize()...)
	}
	binary.NativeEndian.PutUint32(m, uint32(len(m))) //nolint:gosec // a large set has some kilobytes
	b.end = len(b.data)
	b.data = append(b.data, m...)
}

func (b *nftBatch) add(kind, flags uint16, attrs ...*nl.RtAttr) {
	b.message(unix.NFNL_SUBSYS_NFTABLES<<8|kind, flags, unix.NFPROTO_INET, 0, attrs...)
}

// makeTable makes the wall's table, without anything. One that is there is an
// error, EEXIST, or stays as it is.
func (b *nftBatch) makeTable(mayExist bool) {
	flags := uint16(unix.NLM_F_CREATE)
	if !mayExist {
		flags |= unix.NLM_F_EXCL
	}
	b.add(unix.NFT_MSG_NEWTABLE, flags, nftName(unix.NFTA_TABLE_NAME, wall))
}

// deleteTable deletes the table and all that is in it.
func (b *nftBatch) deleteTable() {
	b.add(unix.NFT_MSG_DELTABLE, 0, nftName(unix.NFTA_TABLE_NAME, wall))
}

// chain makes a chain at a hook, one of NF_INET_*, whose policy is a verdict.
func (b *nftBatch) chain(name string, hook, policy uint32) {
	b.add(unix.NFT_MSG_NEWCHAIN, unix.NLM_F_CREATE,
		nftName(unix.NFTA_CHAIN_TABLE, wall), nftName(unix.NFTA_CHAIN_NAME, name), nftName(unix.NFTA_CHAIN_TYPE, "filter"),
		nftNest(unix.NFTA_CHAIN_HOOK, nftNumber(unix.NFTA_HOOK_HOOKNUM, hook), nftNumber(unix.NFTA_HOOK_PRIORITY, 0)),
		nftNumber(unix.NFTA_CHAIN_POLICY, policy))
}

// rule appends a rule to a chain.
func (b *nftBatch) rule(chain string, expressions ...[]*nl.RtAttr) {
	b.add(unix.NFT_MSG_NEWRULE, unix.NLM_F_CREATE|unix.NLM_F_APPEND,
		nftName(unix.NFTA_RULE_TABLE, wall), nftName(unix.NFTA_RULE_CHAIN, chain),
		nftNest(unix.NFTA_RULE_EXPRESSIONS, slices.Concat(expressions...)...))
}

// counter makes a counter that rules can share.
func (b *nftBatch) counter(name string) {
	b.add(unix.NFT_MSG_NEWOBJ, unix.NLM_F_CREATE,
		nftName(unix.NFTA_OBJ_TABLE, wall), nftName(unix.NFTA_OBJ_NAME, name), nftNumber(unix.NFTA_OBJ_TYPE, unix.NFT_OBJECT_COUNTER),
		nftNest(unix.NFTA_OBJ_DATA))
}

// mark is a name for what the batch has so far, from some of its bytes on.
func (b *nftBatch) mark(from int) string {
	h := fnv.New64a()
	_, _ = h.Write(b.data[from:]) // a hash takes everything
	return fmt.Sprintf("rev%x", h.Sum64())
}

// commit makes the change in the network namespace of the calling thread. Nothing
// can be added afterwards.
func (b *nftBatch) commit() error {
	flags := b.data[b.end+6 : b.end+8]
	binary.NativeEndian.PutUint16(flags, binary.NativeEndian.Uint16(flags)|unix.NLM_F_ACK) // what fails is answered in any case
	b.message(unix.NFNL_MSG_BATCH_END, 0, unix.AF_UNSPEC, unix.NFNL_SUBSYS_NFTABLES)
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_NETFILTER)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	patience := unix.NsecToTimeval(nftPatience.Nanoseconds())
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &patience); err != nil {
		return err
	}
	if err := unix.Sendto(fd, b.data, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	for answer := make([]byte, 1<<13); ; {
		n, _, err := unix.Recvfrom(fd, answer, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return err
		}
		return nftResult(answer[:n])
	}
}

// nftResult reads the first answer of the kernel: what failed, or that all is
// done.
func nftResult(answer []byte) error {
	messages, err := syscall.ParseNetlinkMessage(answer)
	if err != nil || len(messages) == 0 || messages[0].Header.Type != unix.NLMSG_ERROR || len(messages[0].Data) < 4 {
		return errors.Join(errors.New("the kernel's answer makes no sense"), err)
	}
	if code := -int32(binary.NativeEndian.Uint32(messages[0].Data)); code != 0 { //nolint:gosec // it is one
		return syscall.Errno(code) //nolint:gosec // likewise
	}
	return nil
}
