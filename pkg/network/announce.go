package network

import (
	"context"
	"fmt"
	"net"
	"net/netip"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// announcements is how often an address is announced: once may be lost.
const announcements = 2

// Announcements are questions that nobody answers: their socket hears nothing.
var (
	announceNone = protocol{}

	announceARP = protocol{etherType: unix.ETH_P_ARP, question: announcementARP}
	announceNDP = protocol{etherType: unix.ETH_P_IPV6, question: announcementNDP}
)

// Announce tells the LAN that mac has addr and addr6 now, from inside a
// namespace: those who knew somebody else, as after a machine was replaced,
// learn it at once, and switches learn where it is. Each address is announced
// twice, one right after the other; one that is not valid is left out. Ifname is
// the name of the interface inside, which has to be up and have a carrier.
//
// It takes 10 to 30 ms, in which the kernel waits: to announce many, call it from
// several goroutines.
func (s *Spaces) Announce(name, ifname string, mac net.HardwareAddr, addr, addr6 netip.Addr) error {
	err := s.Do(name, func() error {
		link, err := netlink.LinkByName(ifname)
		if err != nil {
			return fmt.Errorf("find %s: %w", ifname, err)
		}
		if link.Attrs().Flags&(net.FlagUp|net.FlagRunning) == net.FlagUp {
			return fmt.Errorf("%s has no carrier: nobody would hear it", ifname)
		}
		from := &Link{Name: ifname, Index: link.Attrs().Index, MAC: mac}
		return announce(from, addr, addr6)
	})
	if err != nil {
		return fmt.Errorf("announce the addresses of %s: %w", name, err)
	}
	return nil
}

// announce uses one socket for all: to close it is what takes the time.
func announce(from *Link, addr, addr6 netip.Addr) error {
	w, err := announceNone.open(from)
	if err != nil {
		return err
	}
	defer func() { _ = w.file.Close() }() // what is sent is on its way
	for _, of := range []struct {
		protocol *protocol
		addr     netip.Addr
	}{{&announceARP, addr}, {&announceNDP, addr6}} {
		if !of.addr.IsValid() {
			continue
		}
		w.protocol = of.protocol
		for range announcements {
			if err := w.ask(context.Background(), of.addr); err != nil {
				return err
			}
		}
	}
	return nil
}

// announcementARP is the ARP announcement of RFC 5227, section 2.3: a request
// for the sender's own address.
func announcementARP(from net.HardwareAddr, addr netip.Addr) (packet []byte, to net.HardwareAddr, err error) {
	if !addr.Is4() {
		return nil, nil, fmt.Errorf("%s is no IPv4 address", addr)
	}
	buf := gopacket.NewSerializeBuffer()
	err = gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true}, &layers.ARP{
		AddrType: layers.LinkTypeEthernet, Protocol: layers.EthernetTypeIPv4, Operation: layers.ARPRequest,
		SourceHwAddress: from, SourceProtAddress: addr.AsSlice(),
		DstHwAddress: make([]byte, 6), DstProtAddress: addr.AsSlice(),
	})
	return buf.Bytes(), broadcast, err
}

// allNodes are all that speak IPv6, and the Ethernet address they listen to.
var allNodes, allNodesMAC = net.ParseIP("ff02::1"), net.HardwareAddr{0x33, 0x33, 0, 0, 0, 1}

// override tells those who know another MAC address to forget it.
const override = 0x20

// announcementNDP is the unsolicited neighbour advertisement of RFC 4861,
// section 7.2.6.
func announcementNDP(from net.HardwareAddr, addr netip.Addr) (packet []byte, to net.HardwareAddr, err error) {
	if !addr.Is6() || addr.Is4In6() {
		return nil, nil, fmt.Errorf("%s is no IPv6 address", addr)
	}
	ip := &layers.IPv6{Version: 6, NextHeader: layers.IPProtocolICMPv6, HopLimit: 255, SrcIP: addr.AsSlice(), DstIP: allNodes}
	icmp := &layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(layers.ICMPv6TypeNeighborAdvertisement, 0)}
	if err := icmp.SetNetworkLayerForChecksum(ip); err != nil {
		return nil, nil, err
	}
	buf := gopacket.NewSerializeBuffer()
	err = gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, ip, icmp,
		&layers.ICMPv6NeighborAdvertisement{Flags: override, TargetAddress: addr.AsSlice(), Options: layers.ICMPv6Options{
			{Type: layers.ICMPv6OptTargetAddress, Data: from},
		}})
	return buf.Bytes(), allNodesMAC, err
}
