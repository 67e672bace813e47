package catalog

import "github.com/decnet/decnet/pkg/decnet"

// stacks have their sysctls in the order of SysctlKeys, but for the last.
var stacks = []Stack{
	Stack{
		Slug: "linux", Family: decnet.FamilyLinux, Title: "Linux 4.10 and later", Nmap: "Linux 4.15 - 5.6",
		Wire: Wire{SequenceIndex: 0x102, SequenceRate: 0x109},
	}.with(7, "64", "6", "1", "1", "1", "2", "0", "60", "1000", "6168"),
	Stack{
		// Its clock is that of the machine, and it counts its resets.
		Slug: "linux3", Family: decnet.FamilyLinux, Title: "Linux 3", Nmap: "Linux 3.10 - 4.11",
		Wire: Wire{
			Answer:        windows(29200, 28960),
			Call:          Handshake{Window: 29200},
			SequenceIndex: 0x102, SequenceRate: 0x106, Tick: 1,
			Reactions: map[Stray]Reaction{XmasToClosed: {What: Ignore}},
			ResetID:   CountID,
		},
	}.with(7, "64", "6", "2", "1", "1", "2", "0", "60", "1000", "6168"),
	Stack{
		Slug: "windows10", Family: decnet.FamilyWindows, Title: "Windows 10 and 11", Nmap: "Microsoft Windows 10 1709 - 1909",
		Wire: windowsWire(Wire{
			Answer: map[string]Handshake{
				"WS": {"MNWNNS", 0xffff}, "W": {"MNW", 0xffff}, "S": {"MNNS", 0xff70}, "": {"M", 0xffff},
			},
			Call:          Handshake{"MNWNNS", 64240},
			SequenceIndex: 0x106, SequenceRate: 0x10b,
		}),
	}.with(8, "128", "2", "0", "1", "1", "0", "0", "30", "0", "0"),
	Stack{
		// nmap 7.93 knows no later server: one of 2019 has the stack of Windows 10,
		// and is called that.
		Slug: "winserver2016", Family: decnet.FamilyWindowsServer, Title: "Windows Server", Nmap: "Microsoft Windows Server 2016 build 10586 - 14393",
		Wire: windowsWire(Wire{
			Answer: map[string]Handshake{
				"WST": {"MNWST", 0x2000}, "WT": {"MNWNNT", 0x2000}, "ST": {"MST", 0x2000}, "T": {"MNNT", 0x2000},
				"WS": {"MNWNNS", 0x2000}, "W": {"MNW", 0x2000}, "S": {"MNNS", 0x2000}, "": {"M", 0x2000},
			},
			Call:          Handshake{"MNWST", 0x2000},
			SequenceIndex: 0x101, SequenceRate: 0x10a, Tick: 1,
		}),
	}.with(8, "128", "2", "2", "1", "1", "2", "0", "30", "0", "0"),
	Stack{
		Slug: "freebsd", Family: decnet.FamilyBSD, Title: "FreeBSD 12 and 13", Nmap: "FreeBSD 12.0-RELEASE - 13.0-CURRENT",
		Wire: Wire{
			Answer: map[string]Handshake{
				"WST": {"MNWST", 0xffff}, "WT": {"MNWNNT", 0xffff}, "ST": {"MST", 0xffff}, "T": {"MNNT", 0xffff},
				"WS": {"MNWSLL", 0xffff}, "W": {"MNW", 0xffff}, "S": {"MSLL", 0xffff}, "": {"M", 0xffff},
			},
			Call:          Handshake{"MNWST", 0xffff},
			SequenceIndex: 0x100, SequenceRate: 0x109, RandomClock: true,
			Reactions: map[Stray]Reaction{SynFinToOpen: {What: TakeAsSYN}},
			TCPID:     ZeroID, ResetID: ZeroID, ICMPID: StrideID, UDPID: StrideID,
			EchoFragment: true,
		},
	}.with(6, "64", "6", "1", "1", "1", "2", "0", "60", "200", "6168"),
	Stack{
		Slug: "macos", Family: decnet.FamilyMacOS, Title: "macOS 10.13 and later",
		Nmap: "Apple macOS 10.13 (High Sierra) - 10.15 (Catalina) or iOS 11.0 - 13.4 (Darwin 17.0.0 - 19.2.0)",
		Wire: Wire{
			Answer: map[string]Handshake{
				"WST": {"MNWNNTSLL", 0xffff}, "WT": {"MNWNNT", 0xffff}, "ST": {"MNNTSLL", 0xffff}, "T": {"MNNT", 0xffff},
				"WS": {"MNWSLL", 0xffff}, "W": {"MNW", 0xffff}, "S": {"MSLL", 0xffff}, "": {"M", 0xffff},
			},
			Call:          Handshake{"MNWNNTSLL", 0xffff},
			SequenceIndex: 0x105, SequenceRate: 0x10b,
			Reactions: map[Stray]Reaction{XmasToClosed: {What: Reset, Ack: AckRepeat}},
			TCPID:     ZeroID, ResetID: RandomID, ICMPID: StrideID, UDPID: RandomID, RefusalFragment: MayFragment,
			Quote: 28, ChangesUDPSum: true, EchoFragment: true,
		},
	}.with(6, "64", "6", "1", "1", "1", "2", "0", "60", "200", "6168"),
	Stack{
		Slug: "jetdirect", Family: decnet.FamilyEmbedded, Title: "HP LaserJet", Nmap: "HP LaserJet P3015 printer",
		Wire: Wire{
			Answer:        map[string]Handshake{"WT": {"MNWNNT", 11680}, "T": {"MNNT", 11680}, "W": {"MNW", 11680}, "": {"M", 11680}},
			Call:          Handshake{"MNWNNT", 11680},
			SequenceIndex: 0x100, SequenceRate: 0x10b, Tick: 10,
			Reactions: map[Stray]Reaction{XmasToClosed: {What: Ignore}},
			TCPID:     CountID, ResetID: CountID, ICMPID: CountID, UDPID: CountID,
			ResetFragment: MayFragment, RefusalFragment: MayFragment,
			Quote: 84, ChangesUDPSum: true, EchoFragment: true, NoFlowLabel: true,
		},
	}.with(0, "64", "3", "2", "1", "0", "0", "0", "15", "0", "0"),
	Stack{
		Slug: "openwrt", Family: decnet.FamilyEmbedded, Title: "OpenWrt",
		Nmap: "OpenWrt Chaos Calmer 15.05 (Linux 3.18) or Designated Driver (Linux 4.1 or 4.4)",
		Wire: Wire{
			Answer:        windows(29200, 28960),
			Call:          Handshake{Window: 29200},
			SequenceIndex: 0x101, SequenceRate: 0x107, Tick: 10,
		},
	}.with(4, "64", "6", "2", "1", "1", "0", "0", "60", "1000", "6168"),
	Stack{
		Slug: "routeros", Family: decnet.FamilyEmbedded, Title: "MikroTik RouterOS 6", Nmap: "MikroTik RouterOS 6.19 (Linux 3.3.5)",
		Wire: Wire{
			Answer:        windows(14600, 14480),
			Call:          Handshake{Window: 14600},
			SequenceIndex: 0xfd, SequenceRate: 0xfe, Tick: 10,
			Reactions: map[Stray]Reaction{XmasToClosed: {What: Ignore}},
		},
	}.with(4, "64", "5", "2", "1", "1", "2", "0", "60", "1000", "6168"),
	Stack{
		Slug: "simatic", Family: decnet.FamilyEmbedded, Title: "Siemens SIMATIC S7", Nmap: "Siemens Simatic 300 programmable logic controller",
		Wire: Wire{
			Answer:        map[string]Handshake{"": {"M", 2048}},
			Call:          Handshake{"M", 2048},
			SequenceIndex: 0x103, SequenceRate: 0x10b,
			MSS:       MSS{OfPeer: true, Default: 512, Most: 1460, Blocks: true},
			Reactions: map[Stray]Reaction{SynFinToOpen: {What: TakeAsSYN}},
			TCPID:     CountID, ResetID: CountID, ICMPID: CountID, UDPID: CountID,
			Fragment: MayFragment, ResetFragment: MayFragment, RefusalFragment: MayFragment, TCPTTL: 90,
			Quote: 28, ChangesUDPSum: true, QuotedUDPSum: 0x1b88, EchoCodeZero: true, NoFlowLabel: true,
		},
	}.with(0, "120", "3", "0", "0", "0", "0", "1", "15", "0", "0"),
	Stack{
		Slug: "ios15", Family: decnet.FamilyCisco, Title: "Cisco IOS 15", Nmap: "Cisco IOS 15.2 - 15.5",
		Wire: Wire{
			Answer:        map[string]Handshake{"ST": {"MSNNTLL", 4128}, "T": {"MTLL", 4128}, "S": {"MSLL", 4128}, "": {"M", 4128}},
			Call:          Handshake{"MSNNTLL", 4128},
			SequenceIndex: 0x100, SequenceRate: 0x101, Tick: 1,
			MSS:           MSS{OfPeer: true, Default: 536, Most: 1460},
			Reactions:     map[Stray]Reaction{XmasToClosed: {What: Reset, RepeatAck: true, Ack: AckRepeat}},
			ResetSequence: true,
			TCPID:         RandomID, ResetID: RandomID, ICMPID: StrideID, UDPID: RandomID,
			Fragment: MayFragment, ResetFragment: MayFragment, RefusalFragment: MayFragment,
			Quote: 28, EchoFragment: true, NoFlowLabel: true,
		},
	}.with(0, "255", "2", "2", "0", "1", "0", "1", "15", "0", "0"),
}

// windows are answers in the kernel's order, with windows of their own: one if
// there are timestamps, which leave less room in a segment, another if there are
// none.
func windows(without, with uint16) map[string]Handshake {
	answers := make(map[string]Handshake)
	for _, options := range []string{"", "W", "S", "WS"} {
		answers[options] = Handshake{Window: without}
		answers[options+"T"] = Handshake{Window: with}
	}
	return answers
}

// windowsWire adds to w what all kinds of Windows have in common.
func windowsWire(w Wire) Wire {
	w.Reactions = map[Stray]Reaction{
		NullToOpen: {What: Reset, Ack: AckRepeat}, FinToOpen: {What: Reset, Ack: AckNext},
		XmasToOpen: {What: Reset, Ack: AckNext}, SynFinToOpen: {What: Reset, Ack: AckOther},
	}
	w.ResetAcknowledges = true
	w.TCPID, w.ResetID, w.ICMPID, w.UDPID = CountID, CountID, CountID, CountID
	w.EchoCodeZero, w.NoFlowLabel = true, true
	return w
}
