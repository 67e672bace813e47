package tcpfp

// An entry is a system and what it sends.
type entry struct {
	System
	generic bool
	marks   Marks // that all its packets have
	syn     []string
	synack  []string
}

// signatures is what is known. It was written from how the stacks build their packets and from
// captures of the programs; among signatures of one layout the first that fits is taken, so the
// narrow ones come first. Quirks with a question mark differ between releases or settings:
// FreeBSD and macOS do not number packets that are not to be fragmented any more, servers of
// Windows ask for ECN.
var signatures = []entry{
	// Programs that write their packets themselves.
	{System: System{ClassScanner, "Mirai", "SYN scan"}, marks: MarkMirai, syn: []string{
		"4:64:0:0:*,0::id-?,df?,id+?:0",
		"4:255:0:0:*,0::id-?,df?,id+?:0",
		"4:64:0:*:*,*:mss:id-?,df?,id+?:0",
		"4:64:0:*:*,*:mss,sok,ts,nop,ws:id-?,df?,id+?:0",
	}},
	{System: System{ClassScanner, "ZMap", "SYN scan"}, marks: MarkZMap, syn: []string{
		"4:255:0:0:65535,0:::0",
		"4:255:0:1460:65535,0:mss::0",
		"4:255:0:1460:65535,0:mss:ecn?,df?,id+?:0",
		"4:255:0:*:65535,*:mss,sok,ts,nop,ws:df?,id+?:0",
		"4:255:0:*:65535,*:mss,nop,ws,nop,nop,ts,sok,eol+1:df?,id+?:0",
		"4:255:0:*:65535,*:mss,nop,ws,nop,nop,sok:df?,id+?:0",
		"4:255:0:*:*,*:mss,nop,nop,ts,nop,ws,sok,eol+1:df?,id+?:0",
	}},
	{System: System{ClassScanner, "masscan", "SYN scan"}, marks: MarkMasscan, syn: []string{
		"4:255:0:1460:*,0:mss:id-?:0",
		"4:255:0:0:*,0::id-?:0",
		"4:64-:0:*:*,*:mss,sok,ts,nop,ws:df?,id+?,id-?:0",
	}},
	{System: System{ClassScanner, "nmap", "SYN scan"}, syn: []string{
		"*:64-:0:1460:1024,0:mss:id-?,flow?:0",
		"*:64-:0:1460:2048,0:mss:id-?,flow?:0",
		"*:64-:0:1460:3072,0:mss:id-?,flow?:0",
		"*:64-:0:1460:4096,0:mss:id-?,flow?:0",
		"6:255:0:1460:1024,0:mss:flow?:0",
		"6:255:0:1460:2048,0:mss:flow?:0",
		"6:255:0:1460:3072,0:mss:flow?:0",
		"6:255:0:1460:4096,0:mss:flow?:0",
	}},
	{System: System{ClassScanner, "nmap", "OS detection"}, syn: []string{
		"*:64-:0:1460:1,10:ws,nop,mss,ts,sok:id-?,flow?,ack+?,ts2+?:0",
		"*:64-:0:1400:63,0:mss,ws,sok,ts,eol+0:id-?,flow?,ack+?,ts2+?:0",
		"*:64-:0:640:4,5:ts,nop,nop,ws,nop,mss:id-?,flow?,ack+?,ts2+?:0",
		"*:64-:0:0:4,10:sok,ts,ws,eol+0:id-?,flow?,ack+?,ts2+?:0",
		"*:64-:0:536:16,10:mss,sok,ts,ws,eol+0:id-?,flow?,ack+?,ts2+?:0",
		"*:64-:0:265:512,0:mss,sok,ts:id-?,flow?,ack+?,ts2+?:0",
		"*:64-:0:1460:3,10:ws,nop,mss,sok,nop,nop:id-?,flow?,ecn,uptr+?:0",
	}},
	{System: System{ClassScanner, "Scapy", "with its defaults"}, syn: []string{
		"*:64:0:0:8192,0::seq-:0",
	}},
	{System: System{ClassScanner, "hping3", "with its defaults"}, syn: []string{
		"4:64:0:0:512,0::ack+?:0",
	}},
	{System: System{ClassScanner, "a scanner", "without TCP options"}, generic: true, syn: []string{
		"*:64:0:0:*,0::df?,id+?,id-?,flow?,seq-?,ack+?:0",
		"*:128:0:0:*,0::df?,id+?,id-?,flow?,seq-?,ack+?:0",
		"*:255:0:0:*,0::df?,id+?,id-?,flow?,seq-?,ack+?:0",
	}},

	// Linux: the options are in this order since 2.4, the window says how old it is.
	{System: System{ClassUnix, "Linux", "2.4"}, syn: []string{
		"*:64:0:*:mss*4,0:mss,sok,ts,nop,ws:df,id+,flow?:0",
	}, synack: []string{
		"*:64:0:*:mss*4,0:mss,sok,ts,nop,ws:df,id+?,flow?:0",
	}},
	{System: System{ClassUnix, "Linux", "2.6"}, syn: []string{
		"*:64:0:*:mss*4,*:mss,sok,ts,nop,ws:df,id+,flow?:0",
		"*:64:0:*:mss*4,*:mss,nop,nop,sok,nop,ws:df,id+,flow?:0",
	}, synack: []string{
		"*:64:0:*:mss*4,*:mss,sok,ts,nop,ws:df,id+?,flow?:0",
		"*:64:0:*:mss*4,*:mss,nop,nop,sok,nop,ws:df,id+?,flow?:0",
	}},
	{System: System{ClassUnix, "Linux", "3.0 to 3.9"}, syn: []string{
		"*:64:0:*:mss*10,*:mss,sok,ts,nop,ws:df,id+,flow?,ecn?:0",
		"*:64:0:*:mss*10,*:mss,nop,nop,sok,nop,ws:df,id+,flow?,ecn?:0",
	}, synack: []string{
		"*:64:0:*:mss*10,*:mss,sok,ts,nop,ws:df,id+?,flow?,ecn?:0",
		"*:64:0:*:mss*10,*:mss,nop,nop,sok,nop,ws:df,id+?,flow?,ecn?:0",
	}},
	{System: System{ClassUnix, "Linux", "3.10 to 4.19"}, syn: []string{
		"*:64:0:*:mss*20,*:mss,sok,ts,nop,ws:df,id+,flow?,ecn?:0",
		"*:64:0:*:mss*20,*:mss,nop,nop,sok,nop,ws:df,id+,flow?,ecn?:0",
		"*:64:0:65495:43690,*:mss,sok,ts,nop,ws:df,id+,flow?,ecn?:0", // over lo
	}, synack: []string{
		"*:64:0:*:mss*20,*:mss,sok,ts,nop,ws:df,id+?,flow?,ecn?:0",
		"*:64:0:*:mss*20,*:mss,nop,nop,sok,nop,ws:df,id+?,flow?,ecn?:0",
		"*:64:0:65495:43690,*:mss,sok,ts,nop,ws:df,id+?,flow?,ecn?:0",
	}},
	{System: System{ClassUnix, "Linux", "4.20 to 6.x"}, syn: []string{
		"*:64:0:*:mss*max,*:mss,sok,ts,nop,ws:df,id+?,flow?,ecn?:0",
		"*:64:0:*:mss*max,*:mss,nop,nop,sok,nop,ws:df,id+?,flow?,ecn?:0",
		"*:64:0:*:mss*max,0:mss,nop,nop,sok:df,id+?,flow?,ecn?:0",
	}, synack: []string{
		"*:64:0:*:mss*max,*:mss,sok,ts,nop,ws:df,id+?,flow?,ecn?:0",
		"*:64:0:*:mss*max,*:mss,nop,nop,sok,nop,ws:df,id+?,flow?,ecn?:0",
		"*:64:0:*:mss*max,0:mss,nop,nop,sok:df,id+?,flow?,ecn?:0",
		"*:64:0:*:mss*max,0:mss:df,id+?,flow?,ecn?:0",
		"*:64:0:65495:65483,*:mss,sok,ts,nop,ws:df,id+?,flow?,ecn?:0", // over lo
	}},
	{System: System{ClassUnix, "Linux", "Android"}, syn: []string{
		"*:64:0:*:65535,6:mss,sok,ts,nop,ws:df,id+?,flow?:0",
		"*:64:0:*:65535,8:mss,sok,ts,nop,ws:df,id+?,flow?:0",
		"*:64:0:*:65535,9:mss,sok,ts,nop,ws:df,id+?,flow?:0",
	}},
	{System: System{ClassUnix, "Linux", ""}, generic: true, syn: []string{
		"*:64:0:*:*,*:mss,sok,ts,nop,ws:df?,id+?,flow?,ecn?,ts1-?:0",
		"*:64:0:*:*,*:mss,nop,nop,sok,nop,ws:df,id+?,flow?,ecn?:0",
	}, synack: []string{
		"*:64:0:*:*,*:mss,sok,ts,nop,ws:df?,id+?,flow?,ecn?:0",
		"*:64:0:*:*,*:mss,nop,nop,sok,nop,ws:df,id+?,flow?,ecn?:0",
	}},

	// Windows.
	{System: System{ClassWindows, "Windows", "XP or Server 2003"}, syn: []string{
		"*:128:0:*:16384,0:mss,nop,nop,sok:df,id+:0",
		"*:128:0:*:65535,0:mss,nop,nop,sok:df,id+:0",
		"*:128:0:*:64512,0:mss,nop,nop,sok:df,id+:0",
		"*:128:0:*:65535,0:mss,nop,ws,nop,nop,sok:df,id+:0",
		"*:128:0:*:65535,1:mss,nop,ws,nop,nop,sok:df,id+:0",
		"*:128:0:*:65535,2:mss,nop,ws,nop,nop,sok:df,id+:0",
		"*:128:0:*:65535,3:mss,nop,ws,nop,nop,sok:df,id+:0",
		"*:128:0:*:65535,*:mss,nop,ws,nop,nop,ts,nop,nop,sok:df,id+:0",
	}, synack: []string{
		"*:128:0:*:16384,0:mss,nop,ws,nop,nop,sok:id+?:0",
		"*:128:0:*:16384,0:mss,nop,ws,nop,nop,ts,nop,nop,sok:id+?:0",
	}},
	{System: System{ClassWindows, "Windows", "7, 8, Server 2008 or Server 2012, or 10 before 1607"}, syn: []string{
		"*:128:0:*:8192,0:mss,nop,nop,sok:df,id+,flow?:0",
		"*:128:0:*:8192,0:mss,nop,ws,nop,nop,sok:df,id+,flow?:0",
		"*:128:0:*:8192,2:mss,nop,ws,nop,nop,sok:df,id+,flow?:0",
		"*:128:0:*:8192,8:mss,nop,ws,nop,nop,sok:df,id+,flow?:0",
		"*:128:0:*:8192,2:mss,nop,ws,sok,ts:df,id+,flow?:0",
		"*:128:0:*:8192,8:mss,nop,ws,sok,ts:df,id+,flow?:0",
	}, synack: []string{
		"*:128:0:*:8192,8:mss,nop,ws,nop,nop,sok:df,id+,flow?:0",
		"*:128:0:*:8192,8:mss,nop,ws,sok,ts:df,id+,flow?:0",
	}},
	{System: System{ClassWindows, "Windows", "Server 2012 to 2019"}, syn: []string{
		"*:128:0:*:8192,8:mss,nop,ws,nop,nop,sok:df,id+,flow?,ecn:0",
		"*:128:0:*:mss*max,8:mss,nop,ws,nop,nop,sok:df,id+,flow?,ecn:0",
		"*:128:0:*:65535,8:mss,nop,ws,nop,nop,sok:df,id+,flow?,ecn:0",
	}},
	{System: System{ClassWindows, "Windows", "10, 11 or Server 2016 and later"}, syn: []string{
		"*:128:0:*:mss*max,8:mss,nop,ws,nop,nop,sok:df,id+,flow?:0",
		"*:128:0:*:65535,8:mss,nop,ws,nop,nop,sok:df,id+,flow?:0",
		"*:128:0:*:65535,8:mss,nop,ws,sok,ts:df,id+,flow?:0",
		"*:128:0:*:mss*max,8:mss,nop,ws,sok,ts:df,id+,flow?:0",
	}, synack: []string{
		"*:128:0:*:65535,8:mss,nop,ws,nop,nop,sok:df,id+,flow?,ecn?:0",
		"*:128:0:*:65535,8:mss,nop,ws,sok,ts:df,id+,flow?,ecn?:0",
	}},
	{System: System{ClassWindows, "Windows", ""}, generic: true, syn: []string{
		"*:128:0:*:*,*:mss,nop,ws,nop,nop,sok:df?,id+?,flow?,ecn?:0",
		"*:128:0:*:*,*:mss,nop,nop,sok:df?,id+?,flow?,ecn?:0",
		"*:128:0:*:*,*:mss,nop,ws,sok,ts:df?,id+?,flow?,ecn?:0",
		"*:128:0:*:*,*:mss,nop,ws,nop,nop,ts,nop,nop,sok:df?,id+?,flow?,ecn?:0",
	}, synack: []string{
		"*:128:0:*:*,*:mss,nop,ws,nop,nop,sok:df?,id+?,flow?,ecn?:0",
		"*:128:0:*:*,*:mss,nop,ws,sok,ts:df?,id+?,flow?,ecn?:0",
	}},

	// Apple: the window scale grew with the releases.
	{System: System{ClassUnix, "macOS", "10.6 to 10.9"}, syn: []string{
		"*:64:0:*:65535,1:mss,nop,ws,nop,nop,ts,sok,eol+1:df,id+?,flow?:0",
		"*:64:0:*:65535,3:mss,nop,ws,nop,nop,ts,sok,eol+1:df,id+?,flow?:0",
		"*:64:0:*:65535,4:mss,nop,ws,nop,nop,ts,sok,eol+1:df,id+?,flow?:0",
	}},
	{System: System{ClassUnix, "iOS", "before 7"}, syn: []string{
		"*:64:0:*:65535,2:mss,nop,ws,nop,nop,ts,sok,eol+1:df,id+?,flow?:0",
	}},
	{System: System{ClassUnix, "macOS or iOS", "10.10 to 10.13, iOS 8 to 11"}, syn: []string{
		"*:64:0:*:65535,5:mss,nop,ws,nop,nop,ts,sok,eol+1:df,id+?,flow?,ecn?:0",
	}},
	{System: System{ClassUnix, "macOS or iOS", "10.14 and later, iOS 12 and later"}, syn: []string{
		"*:64:0:*:65535,6:mss,nop,ws,nop,nop,ts,sok,eol+1:df,id+?,flow?,ecn?:0",
	}},
	{System: System{ClassUnix, "macOS or iOS", ""}, generic: true, syn: []string{
		"*:64:0:*:*,*:mss,nop,ws,nop,nop,ts,sok,eol+1:df?,id+?,id-?,flow?,ecn?:0",
	}, synack: []string{
		"*:64:0:*:*,*:mss,nop,ws,nop,nop,ts,sok,eol+1:df?,id+?,id-?,flow?,ecn?:0",
	}},

	// The other BSDs and Solaris.
	{System: System{ClassUnix, "FreeBSD", "6 or 7"}, syn: []string{
		"*:64:0:*:65535,0:mss,nop,ws,sok,ts:df,id+,flow?:0",
		"*:64:0:*:65535,1:mss,nop,ws,sok,ts:df,id+,flow?:0",
		"*:64:0:*:65535,3:mss,nop,ws,sok,ts:df,id+,flow?:0",
	}},
	{System: System{ClassUnix, "FreeBSD", "9 and later"}, syn: []string{
		"*:64:0:*:65535,6:mss,nop,ws,sok,ts:df,id+?,flow?:0",
		"*:64:0:*:65535,7:mss,nop,ws,sok,ts:df,id+?,flow?:0",
		"*:64:0:*:65535,9:mss,nop,ws,sok,ts:df,id+?,flow?:0",
	}, synack: []string{
		"*:64:0:*:65535,6:mss,nop,ws,sok,ts:df,id+?,flow?:0",
		"*:64:0:*:65535,7:mss,nop,ws,sok,ts:df,id+?,flow?:0",
		"*:64:0:*:65535,9:mss,nop,ws,sok,ts:df,id+?,flow?:0",
	}},
	{System: System{ClassUnix, "FreeBSD", ""}, generic: true, syn: []string{
		"*:64:0:*:*,*:mss,nop,ws,sok,ts:df?,id+?,flow?,ecn?:0",
	}, synack: []string{
		"*:64:0:*:*,*:mss,nop,ws,sok,ts:df?,id+?,flow?,ecn?:0",
	}},
	{System: System{ClassUnix, "OpenBSD", "4.9 and later"}, syn: []string{
		"*:64:0:*:16384,3:mss,nop,nop,sok,nop,ws,nop,nop,ts:df,id+,flow?:0",
		"*:64:0:*:16384,6:mss,nop,nop,sok,nop,ws,nop,nop,ts:df,id+,flow?:0",
	}, synack: []string{
		"*:64:0:*:16384,*:mss,nop,nop,sok,nop,ws,nop,nop,ts:df,id+,flow?:0",
	}},
	{System: System{ClassUnix, "OpenBSD", ""}, generic: true, syn: []string{
		"*:64:0:*:*,*:mss,nop,nop,sok,nop,ws,nop,nop,ts:df?,id+?,flow?:0",
	}},
	{System: System{ClassUnix, "NetBSD", "5 and later"}, syn: []string{
		"*:64:0:*:32768,*:mss,nop,ws,nop,nop,ts,sok,nop,nop:df,id+?,flow?:0",
	}, synack: []string{
		"*:64:0:*:32768,*:mss,nop,ws,nop,nop,ts,sok,nop,nop:df,id+?,flow?:0",
	}},
	{System: System{ClassUnix, "Solaris", "10"}, syn: []string{
		"*:64:0:*:mss*34,0:mss,nop,ws,nop,nop,sok:df,id+:0",
		"*:64:0:*:mss*37,0:mss,nop,ws,nop,nop,sok:df,id+:0",
	}, synack: []string{
		"*:64:0:*:*,0:nop,nop,ts,mss,nop,ws,nop,nop,sok:df,id+:0",
	}},
	{System: System{ClassUnix, "Solaris", "11"}, syn: []string{
		"*:64:0:*:*,*:sok,ts,mss,nop,ws:df,id+?:0",
	}, synack: []string{
		"*:64:0:*:*,*:sok,ts,mss,nop,ws:df,id+?:0",
	}},

	// Small stacks: an MSS and nothing else.
	{System: System{ClassNetwork, "Cisco IOS", ""}, syn: []string{
		"4:255:0:536:4128,0:mss:id-?:0",
		"4:255:0:1460:4128,0:mss:id-?:0",
	}, synack: []string{
		"4:255:0:*:4128,0:mss:id-?:0",
	}},
	{System: System{ClassEmbedded, "lwIP", ""}, syn: []string{
		"4:255:0:*:mss*4,0:mss:id-?:0",
		"4:255:0:536:2144,0:mss:id-?:0",
		"4:255:0:1500:1500,0:mss:id-?:0",
		"4:255:0:1024:8096,0:mss:id-?:0",
		"4:255:0:*:mss*4,0:mss,nop,nop,sok:id-?:0",
		"4:64:0:1440:5760,0:mss:id-?:0",
		"4:64:0:1436:5744,0:mss:id-?:0",
		"4:128:0:*:mss*4,0:mss:id-?:0",
	}, synack: []string{
		"4:255:0:*:mss*4,0:mss:id-?:0",
		"4:255:0:1500:1500,0:mss:id-?:0",
		"4:255:0:1024:8096,0:mss:id-?:0",
	}},
	{System: System{ClassEmbedded, "VxWorks", "or a device like it"}, syn: []string{
		"4:64:0:*:8192,0:mss:id-?:0",
		"4:64:0:*:60000,*:mss,nop,ws:df?,id+?,id-?:0",
	}, synack: []string{
		"4:64:0:*:8192,0:mss:df?,id+?,id-?:0",
	}},
	{System: System{ClassEmbedded, "a small stack", "with an MSS alone"}, generic: true, syn: []string{
		"*:64:0:*:*,0:mss:df?,id+?,id-?,flow?:0",
		"*:128:0:*:*,0:mss:df?,id+?,id-?,flow?:0",
		"*:255:0:*:*,0:mss:df?,id+?,id-?,flow?:0",
	}, synack: []string{
		"*:64:0:*:*,0:mss:df?,id+?,id-?,flow?:0",
		"*:128:0:*:*,0:mss:df?,id+?,id-?,flow?:0",
		"*:255:0:*:*,0:mss:df?,id+?,id-?,flow?:0",
	}},
}
