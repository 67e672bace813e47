// Package forwarder brings lines to the syslog receivers that deckies name:
// logs.raw goes in, RFC 5424 over TCP, TLS or UDP comes out.
//
// The bus's stream of lines is the queue. Each receiver, a log target, has a
// durable consumer of its own on it, so that one that hangs delays no other; it
// begins when the first decky that names the target was made, and goes when none
// names it any more and all up to then is delivered. The collector says in each
// line which target it is for, so that what becomes of the decky later changes
// nothing. One instance at a time sends to a target, in the stream's order;
// several instances share the targets.
//
// # What is promised
//
// Over TCP and TLS a line is acknowledged to the bus only after the receiver's
// kernel has acknowledged its last byte and the connection was still whole a
// moment later; after any fault everything unacknowledged is sent again. So each
// line arrives at least once, in order of first arrival, whether the forwarder,
// the receiver or what is between them fails, with two exceptions. Syslog has no
// answer that says that a line was kept: what a receiver's kernel took and a
// crashed receiver had not read is gone, unless the crash is seen within that
// moment. And a target that is away for longer than the stream keeps lines loses
// the oldest, which is counted and logged. Over UDP a refusal (ICMP) is noticed
// and answered by a pause and a repetition; everything else that UDP may lose is lost.
package forwarder

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/decnet/decnet/pkg/decnet/eventlog"
)

// Config of the forwarder.
type Config struct {
	CA         string `mapstructure:"ca" doc:"PEM file of the authorities that sign the certificates of tls:// log targets; empty is the system's"`
	Cert       string `mapstructure:"cert" doc:"PEM file of the client certificate for tls:// log targets, with its chain; empty for none"`
	Key        string `mapstructure:"key" doc:"PEM file of the client certificate's key"`
	ServerName string `mapstructure:"server_name" doc:"name in the certificates of tls:// log targets; empty is the host of each target"`
	MaxLine    int    `mapstructure:"max_line" doc:"longest line that is sent, in bytes, 480 to 65536, by UDP at most 8192; what a receiver does not allow (rsyslog by itself: more than 8096) it cuts or makes two of"`
	// Exclusive may be set where no other instance shares the bus.
	Exclusive bool `mapstructure:"exclusive" doc:"the only forwarder of its bus: what a predecessor left unfinished is taken up at once"`
}

// Default trusts the system's authorities and shows no certificate.
func Default() Config { return Config{MaxLine: 8096} }

// minLine is what every receiver has to take (RFC 5424, 6.1).
const minLine = 480

// Validate reports the first setting that cannot work.
func (c Config) Validate() error {
	if c.MaxLine < minLine || c.MaxLine > eventlog.MaxLine {
		return fmt.Errorf("forwarder.max_line %d: want %d to %d", c.MaxLine, minLine, eventlog.MaxLine)
	}
	// What only the worker may read, such as the key, is no fault of a command's.
	if _, err := c.tls(""); err != nil && !errors.Is(err, fs.ErrPermission) {
		return err
	}
	return nil
}
