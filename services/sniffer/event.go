package sniffer

import (
	"maps"
	"net/netip"
	"strconv"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/sniffer/wire"
)

// event is a finding as an event of its source, who is an attacker; nil if the source is a decky.
func (s *Sniffer) event(f *wire.Finding) *decnet.Event {
	source := f.Source.Addr().Unmap()
	if !source.IsValid() || s.targets.has(source) {
		return nil
	}
	e := &decnet.Event{
		Time: f.Time.UTC(), Host: s.env.Host, Service: decnet.ServiceSniffer, Kind: f.Kind,
		Attacker: decnet.AttackerIDOf(source), Source: source, SourcePort: f.Source.Port(), Fields: maps.Clone(f.Fields),
	}
	if to := f.Destination; to.IsValid() {
		e.Decky = s.targets.name(to.Addr())
		if e.Fields == nil {
			e.Fields = map[string]string{}
		}
		e.Fields[decnet.FieldDestination], e.Fields[decnet.FieldDestinationPort] = endpoint(to)
	}
	return e
}

func endpoint(a netip.AddrPort) (addr, port string) {
	return a.Addr().Unmap().String(), strconv.Itoa(int(a.Port()))
}
