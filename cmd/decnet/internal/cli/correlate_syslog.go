package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/pkg/decnet/rfc5424"
	"github.com/decnet/decnet/services/profiler/correlate"
)

// Kinds of lines about attackers.
const (
	kindProfiled  = "attacker_profiled"
	kindTraversal = "traversal_detected"
)

// syslogReport is an RFC 5424 line for each attacker, with severity warning for those on several deckies.
type syslogReport struct {
	w    io.Writer
	line []byte
}

func (r *syslogReport) profile(p *decnet.Profile) error {
	r.line = append(rfc5424.Append(r.line[:0], syslogOf(p)), '\n')
	_, err := r.w.Write(r.line)
	return err
}

func (r *syslogReport) end(*correlate.Summary) error { return nil }

func syslogOf(p *decnet.Profile) *rfc5424.Message {
	const local0, warning, informational = 16 * 8, 4, 6
	m := rfc5424.Message{Priority: local0 + informational, Time: p.LastSeen, Host: "decnet", App: "correlate", MsgID: kindProfiled}
	if len(p.Deckies) > 1 {
		m.Priority, m.MsgID = local0+warning, kindTraversal
	}
	param := func(name, value string) rfc5424.Param { return rfc5424.Param{Name: name, Value: value} }
	var hops []string
	for i := range p.Path {
		hops = append(hops, fmt.Sprintf("%s(%s)", p.Path[i].Decky, p.Path[i].Dwell().Round(time.Second)))
	}
	m.Elements = []rfc5424.Element{{ID: eventlog.SDID, Params: []rfc5424.Param{
		param("attacker_ip", p.Address.String()), param("risk", fmt.Sprint(p.Risk.Score)),
		param("behavior", string(p.Behavior.Class)), param("actor", string(p.Actor.Kind)), param("phase", string(p.Phase)),
		param("tools", statementNames(p.Tools, len(p.Tools))), param("intents", statementNames(p.Intents, len(p.Intents))),
		param("deckies", fmt.Sprint(len(p.Deckies))), param("hops", fmt.Sprint(p.HopCount)), param("path", strings.Join(hops, " ")),
		param("events", fmt.Sprint(p.Events)), param("credentials", fmt.Sprint(p.CredentialCount)), param("commands", fmt.Sprint(p.CommandCount)),
		param("first_seen", p.FirstSeen.Format(time.RFC3339Nano)), param("last_seen", p.LastSeen.Format(time.RFC3339Nano)),
	}}}
	m.Text = fmt.Sprintf("%s was on %d deckies, risk %d", p.Address, len(p.Deckies), p.Risk.Score)
	return &m
}
