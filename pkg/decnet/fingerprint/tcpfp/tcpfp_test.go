package tcpfp_test

import (
	"errors"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/tcpfp"
)

func TestSignatures(t *testing.T) {
	const mirai = 0x0a090002 // where packets of tests go
	tests := []struct {
		name           string
		packet         packet
		text, normal   string
		system         string
		distance       int
		fuzzy, generic bool
	}{
		{
			"Linux", linux,
			"4:64+0:0:1460:mss*44,7:mss,sok,ts,nop,ws:df,id+:0", "4:64:0:*:mss*44,7:mss,sok,ts,nop,ws:df,id+:0",
			"Linux 4.20 to 6.x", 0, false, false,
		},
		{
			"Linux behind a tunnel", with(linux, func(p *packet) { p.ttl, p.options[2], p.options[3], p.window = 51, 0x05, 0x50, 65280 }),
			"4:51+13:0:1360:mss*48,7:mss,sok,ts,nop,ws:df,id+:0", "4:64:0:*:mss*48,7:mss,sok,ts,nop,ws:df,id+:0",
			"Linux 4.20 to 6.x", 13, false, false,
		},
		{
			"Linux over IPv6", with(linux, func(p *packet) {
				p.six, p.flow, p.options[3], p.window = true, 5, 0xa0, 64800
			}),
			"6:64+0:0:1440:mss*45,7:mss,sok,ts,nop,ws:flow:0", "6:64:0:*:mss*45,7:mss,sok,ts,nop,ws:flow:0",
			"Linux 4.20 to 6.x", 0, false, false,
		},
		{
			"Linux without DF", with(linux, func(p *packet) { p.df, p.id = false, 0 }),
			"4:64+0:0:1460:mss*44,7:mss,sok,ts,nop,ws:id-:0", "4:64:0:*:mss*44,7:mss,sok,ts,nop,ws:id-:0",
			"Linux 4.20 to 6.x", 0, true, false,
		},
		{
			"Linux with another TTL", with(linux, func(p *packet) { p.ttl = 128 }),
			"4:128+0:0:1460:mss*44,7:mss,sok,ts,nop,ws:df,id+:0", "4:128:0:*:mss*44,7:mss,sok,ts,nop,ws:df,id+:0",
			"Linux 4.20 to 6.x", 0, true, false,
		},
		{
			"Linux 3.10", with(linux, func(p *packet) { p.window = 29200 }),
			"4:64+0:0:1460:mss*20,7:mss,sok,ts,nop,ws:df,id+:0", "4:64:0:*:mss*20,7:mss,sok,ts,nop,ws:df,id+:0",
			"Linux 3.10 to 4.19", 0, false, false,
		},
		{
			"Android", with(linux, func(p *packet) { p.window, p.options[19], p.ttl = 65535, 9, 55 }),
			"4:55+9:0:1460:65535,9:mss,sok,ts,nop,ws:df,id+:0", "4:64:0:*:65535,9:mss,sok,ts,nop,ws:df,id+:0",
			"Linux Android", 9, false, false,
		},
		{
			"some Linux", with(linux, func(p *packet) { p.window = 12345 }),
			"4:64+0:0:1460:12345,7:mss,sok,ts,nop,ws:df,id+:0", "4:64:0:*:12345,7:mss,sok,ts,nop,ws:df,id+:0",
			"Linux", 0, false, true,
		},
		{
			"Windows 10", packet{ttl: 116, flags: syn, df: true, id: 7, seq: 1, window: 64240, options: windowsOptions},
			"4:116+12:0:1460:mss*44,8:mss,nop,ws,nop,nop,sok:df,id+:0", "4:128:0:*:mss*44,8:mss,nop,ws,nop,nop,sok:df,id+:0",
			"Windows 10, 11 or Server 2016 and later", 12, false, false,
		},
		{
			"Windows 7", packet{ttl: 128, flags: syn, df: true, id: 7, seq: 1, window: 8192, options: windowsOptions},
			"4:128+0:0:1460:8192,8:mss,nop,ws,nop,nop,sok:df,id+:0", "4:128:0:*:8192,8:mss,nop,ws,nop,nop,sok:df,id+:0",
			"Windows 7, 8, Server 2008 or Server 2012, or 10 before 1607", 0, false, false,
		},
		{
			"macOS", packet{ttl: 64, flags: syn, df: true, seq: 1, window: 65535, options: appleOptions},
			"4:64+0:0:1460:65535,6:mss,nop,ws,nop,nop,ts,sok,eol+1:df:0", "4:64:0:*:65535,6:mss,nop,ws,nop,nop,ts,sok,eol+1:df:0",
			"macOS or iOS 10.14 and later, iOS 12 and later", 0, false, false,
		},
		{
			"Cisco IOS", packet{ttl: 250, flags: syn, seq: 1, id: 3, window: 4128, options: []byte{2, 4, 2, 24}},
			"4:250+5:0:536:4128,0:mss::0", "4:255:0:536:4128,0:mss::0", "Cisco IOS", 5, false, false,
		},
		{
			"Mirai", packet{ttl: 50, flags: syn, seq: mirai, id: 3, window: 33333},
			"4:50+14:0:0:33333,0:::0", "4:64:0:0:33333,0:::0", "Mirai SYN scan", 14, false, false,
		},
		{
			"almost Mirai", packet{ttl: 50, flags: syn, seq: mirai + 1, id: 3, window: 33333},
			"4:50+14:0:0:33333,0:::0", "4:64:0:0:33333,0:::0", "a scanner without TCP options", 14, false, true,
		},
		{
			"ZMap", packet{ttl: 245, flags: syn, seq: 4, id: 54321, window: 65535},
			"4:245+10:0:0:65535,0:::0", "4:255:0:0:65535,0:::0", "ZMap SYN scan", 10, false, false,
		},
		{
			"nmap", packet{ttl: 43, flags: syn, seq: 4, id: 3, window: 1024, options: mssOption},
			"4:43+21:0:1460:1024,0:mss::0", "4:64:0:*:1024,0:mss::0", "nmap SYN scan", -1, false, false,
		},
		{
			"Scapy", packet{ttl: 64, flags: syn, id: 1, window: 8192},
			"4:64+0:0:0:8192,0::seq-:0", "4:64:0:0:8192,0::seq-:0", "Scapy with its defaults", 0, false, false,
		},
		{
			"all quirks of IPv4", packet{
				ttl: 77, flags: synack | 0x20 | 0x08 | 0x40, evil: true, tos: 1, window: 1, payload: []byte("x"),
				ipOptions: []byte{1, 1, 1, 1}, options: []byte{3, 3, 15, 8, 10, 0, 0, 0, 0, 9, 9, 9, 9, 5, 10, 1, 2, 3, 4, 5, 6, 7, 8, 254, 3, 9, 0, 7},
			},
			"4:77+?:4:0:1,15:ws,ts,sack,?254,eol+1:id-,ecn,0+,seq-,ack-,urgf+,pushf+,ts1-,opt+,exws:+",
			"4:128:4:0:1,15:ws,ts,sack,?254,eol+1:id-,ecn,0+,seq-,ack-,urgf+,pushf+,ts1-,opt+,exws:+", "", 0, false, false,
		},
	}
	for _, test := range tests {
		s, err := tcpfp.Parse(test.packet.bytes())
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
			continue
		}
		if s.String() != test.text || s.Normal() != test.normal {
			t.Errorf("%s:\nhave %s, normal %s\nwant %s, normal %s", test.name, s, s.Normal(), test.text, test.normal)
		}
		m, ok := tcpfp.Match(s)
		if ok != (test.system != "") || m.System.String() != test.system || m.Distance != test.distance || m.Fuzzy != test.fuzzy || m.Generic != test.generic {
			t.Errorf("%s is %+v, %v", test.name, m, ok)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	good := linux.bytes()
	six := with(linux, func(p *packet) { p.six = true }).bytes()
	change := func(b []byte, at int, to byte) []byte {
		b = append([]byte{}, b...)
		b[at] = to
		return b
	}
	for name, test := range map[string]struct {
		packet []byte
		err    error
	}{
		"nothing":           {nil, tcpfp.ErrTruncated},
		"half an IP header": {good[:19], tcpfp.ErrTruncated},
		"cut off":           {good[:len(good)-1], tcpfp.ErrTruncated},
		"half of IPv6":      {six[:39], tcpfp.ErrTruncated},
		"IPv6 cut off":      {six[:60], tcpfp.ErrTruncated},
		"version 5":         {change(good, 0, 0x55), tcpfp.ErrNotTCP},
		"a short header":    {change(good, 0, 0x44), tcpfp.ErrNotTCP},
		"UDP":               {change(good, 9, 17), tcpfp.ErrNotTCP},
		"a fragment":        {change(good, 7, 1), tcpfp.ErrNotTCP},
		"a first fragment":  {change(good, 6, 0x20), tcpfp.ErrNotTCP},
		"a short TCP":       {change(good, 32, 0x40), tcpfp.ErrNotTCP},
		"a long TCP":        {change(good, 32, 0xf0), tcpfp.ErrNotTCP},
		"ICMPv6":            {change(six, 6, 58), tcpfp.ErrNotTCP},
		"a fragment of 6":   {change(six, 6, 44), tcpfp.ErrNotTCP},
		"an ACK":            {change(good, 33, 0x10), tcpfp.ErrNotSYN},
		"SYN and FIN":       {change(good, 33, 0x03), tcpfp.ErrNotSYN},
		"SYN and RST":       {change(good, 33, 0x06), tcpfp.ErrNotSYN},
	} {
		if s, err := tcpfp.Parse(test.packet); !errors.Is(err, test.err) || s != nil {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
}

// IPv6 may have headers before TCP, padding of Ethernet comes behind the packet.
func TestParseLooksPastWhatIsNotOfTheStack(t *testing.T) {
	p := with(linux, func(p *packet) { p.six, p.ipOptions = true, []byte{60, 0, 1, 4, 0, 0, 0, 0, 6, 1, 1, 12, 15: 0, 23: 0} })
	s, err := tcpfp.Parse(append(p.bytes(), 0, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if want := "6:64+0:24:1460:mss*44,7:mss,sok,ts,nop,ws::0"; s.String() != want {
		t.Errorf("have %s, want %s", s, want)
	}
}

func TestMarks(t *testing.T) {
	for name, test := range map[string]struct {
		packet packet
		want   tcpfp.Marks
	}{
		"none":    {linux, 0},
		"Mirai":   {with(linux, func(p *packet) { p.seq = 0x0a090002 }), tcpfp.MarkMirai},
		"ZMap":    {with(linux, func(p *packet) { p.id = 54321 }), tcpfp.MarkZMap},
		"masscan": {with(linux, func(p *packet) { p.id = uint16(0x0002 ^ p.port ^ uint16(p.seq)) }), tcpfp.MarkMasscan},
		"a reply": {with(linux, func(p *packet) { p.flags, p.seq = synack, 0x0a090002 }), 0},
	} {
		s, err := tcpfp.Parse(test.packet.bytes())
		if err != nil || s.Marks != test.want {
			t.Errorf("%s has marks %b, %v", name, s.Marks, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, p := range []packet{
		linux, with(linux, func(p *packet) { p.six = true }), with(linux, func(p *packet) { p.flags = synack }),
		{ttl: 64, flags: syn, options: appleOptions}, {ttl: 255, flags: syn, options: []byte{254, 2, 5, 255}},
		{six: true, ttl: 1, flags: syn, next: 43, ipOptions: []byte{6, 0, 0, 0, 0, 0, 0, 0}},
	} {
		f.Add(p.bytes())
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := tcpfp.Parse(b)
		if err != nil {
			return
		}
		if text := s.String(); len(text) > 400 {
			t.Errorf("%d bytes: %s", len(text), text)
		}
		s.Normal()
		if m, ok := tcpfp.Match(s); ok && (m.Distance < -1 || m.Distance > 255 || m.Name == "") {
			t.Errorf("%s is %+v", s, m)
		}
	})
}

func BenchmarkDecodeAndMatch(b *testing.B) {
	for name, p := range map[string]packet{
		"linux": linux, "windows": {ttl: 116, flags: syn, df: true, id: 7, seq: 1, window: 64240, options: windowsOptions},
		"scanner": {ttl: 43, flags: syn, seq: 4, id: 3, window: 1024, options: mssOption}, "mirai": {ttl: 50, flags: syn, seq: 0x0a090002, id: 3},
	} {
		b.Run(name, func(b *testing.B) {
			packet := p.bytes()
			var s tcpfp.Signature
			b.ReportAllocs()
			for b.Loop() {
				if err := s.Decode(packet); err != nil {
					b.Fatal(err)
				}
				if _, ok := tcpfp.Match(&s); !ok {
					b.Fatal("no match")
				}
			}
		})
	}
}

// A sniffer does this for every connection.
func TestDecodeAndMatchAllocateNothing(t *testing.T) {
	packet := linux.bytes()
	var s tcpfp.Signature
	if n := testing.AllocsPerRun(100, func() {
		if s.Decode(packet) == nil {
			tcpfp.Match(&s)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
