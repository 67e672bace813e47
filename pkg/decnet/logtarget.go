package decnet

import (
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
)

// LogTarget is a syslog receiver, as "host:port" or "tcp://host:port" for TCP
// with octet counting (RFC 6587), or "udp://host:port" for a datagram per line
// (RFC 5426). The zero value is none.
type LogTarget string

var errLogTarget = errors.New(`want HOST:PORT, tcp://HOST:PORT or udp://HOST:PORT, as in "10.0.0.5:514"`)

// Split returns the network, "tcp" or "udp", and the address to dial.
func (t LogTarget) Split() (network, address string) {
	network, address, found := strings.Cut(string(t), "://")
	if !found {
		return "tcp", string(t)
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
	if err != nil || perr != nil || host == "" || n == 0 || network != "tcp" && network != "udp" {
		return fmt.Errorf("log target %q: %w", string(t), errLogTarget)
	}
	return nil
}
