package decnet

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// LogTarget is a syslog receiver: "host:port" or "tcp://host:port" for TCP with
// octet counting (RFC 6587), "tls://host:port" for the same over TLS (RFC 5425),
// or "udp://host:port" for a datagram per line (RFC 5426). The zero value is none.
type LogTarget string

// The networks of log targets.
const (
	LogOverTCP = "tcp"
	LogOverTLS = "tls"
	LogOverUDP = "udp"
)

var errLogTarget = errors.New(`want HOST:PORT, tcp://HOST:PORT, tls://HOST:PORT or udp://HOST:PORT, as in "10.0.0.5:514"`)

// Split returns the network, LogOverTCP, LogOverTLS or LogOverUDP, and the
// address to dial.
func (t LogTarget) Split() (network, address string) {
	network, address, found := strings.Cut(string(t), "://")
	if !found {
		return LogOverTCP, string(t)
	}
	return network, address
}

// Check reports why t is no log target.
func (t LogTarget) Check() error {
	if t == "" {
		return nil
	}
	network, address := t.Split()
	host, port, err := net.SplitHostPort(address)
	n, perr := strconv.ParseUint(port, 10, 16)
	known := network == LogOverTCP || network == LogOverTLS || network == LogOverUDP
	if err != nil || perr != nil || host == "" || n == 0 || !known {
		return fmt.Errorf("log target %q: %w", string(t), errLogTarget)
	}
	return nil
}
