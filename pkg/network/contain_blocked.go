package network

import (
	"encoding/binary"
	"fmt"
	"os"

	"github.com/vishvananda/netlink/nl"
	"golang.org/x/sys/unix"
)

// Counter is an amount of traffic: IP packets, and their bytes with IP headers.
type Counter struct{ Packets, Bytes uint64 }

// Counters are what a wall has stopped since Contain, by protocol. ICMP includes
// ICMPv6.
type Counters struct{ TCP, UDP, ICMP, Other Counter }

// Blocked returns what the wall around the network namespace of the calling
// thread has stopped so far. Without a wall the error wraps os.ErrNotExist.
func Blocked() (Counters, error) {
	standing, err := counters(unix.NFT_MSG_GETOBJ)
	var sum Counters
	for _, k := range blockedKinds {
		n, ok := standing[k.counter]
		if !ok && err == nil {
			err = fmt.Errorf("there is no wall: %w", os.ErrNotExist)
		}
		of := k.of(&sum)
		of.Packets += n.Packets
		of.Bytes += n.Bytes
	}
	if err != nil {
		return Counters{}, fmt.Errorf("ask what was stopped in a network namespace: %w", err)
	}
	return sum, nil
}

// counters returns the counters of the wall by name. The request is to read them,
// or to read and reset them.
func counters(request int) (map[string]Counter, error) {
	objects, err := dump("read counters", func() ([][]byte, error) {
		r := nl.NewNetlinkRequest(unix.NFNL_SUBSYS_NFTABLES<<8|request, unix.NLM_F_DUMP)
		r.AddData(&nl.Nfgenmsg{NfgenFamily: unix.NFPROTO_INET})
		r.AddData(nftName(unix.NFTA_OBJ_TABLE, wall))
		return r.Execute(unix.NETLINK_NETFILTER, 0)
	})
	if err != nil {
		return nil, explainWall(err)
	}
	found := make(map[string]Counter, len(objects))
	for _, o := range objects {
		attrs, err := nl.ParseRouteAttrAsMap(o[min(nl.SizeofNfgenmsg, len(o)):])
		if err != nil {
			return nil, fmt.Errorf("read a counter: %w", err)
		}
		values, err := nl.ParseRouteAttrAsMap(attrs[unix.NFTA_OBJ_DATA].Value)
		if err != nil {
			return nil, fmt.Errorf("read a counter: %w", err)
		}
		packets, bytes := values[unix.NFTA_COUNTER_PACKETS].Value, values[unix.NFTA_COUNTER_BYTES].Value
		if len(packets) == 8 && len(bytes) == 8 {
			found[nl.BytesToString(attrs[unix.NFTA_OBJ_NAME].Value)] = Counter{Packets: binary.BigEndian.Uint64(packets), Bytes: binary.BigEndian.Uint64(bytes)}
		}
	}
	return found, nil
}
