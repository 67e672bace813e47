package ssh

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/shell/world"
	"github.com/decnet/decnet/decoys/ssh/sshwire"
	"github.com/decnet/decnet/pkg/decnet"
)

const (
	// maxForwardData bounds what is noted of what is sent through a forwarding, in
	// bytes.
	maxForwardData = 4 << 10
	// maxForwards bounds the forwardings of one connection that are open at once, and
	// maxListens the ports that it has asked to listen on.
	maxForwards = 32
	maxListens  = 32
	// maxSilence is how long a forwarding stays open on which nothing is said: as long
	// as Linux tries to reach a machine that does not answer (tcp_syn_retries 6).
	maxSilence = 127 * time.Second
)

// forwards are a connection's forwardings. Nothing is ever connected to or listened on.
type forwards struct {
	open    int
	listens map[string]bool // by what was asked for
}

// maxHost is the longest name that a machine can have (RFC 1035 section 2.3.4).
const maxHost = 253

// forwardTo is direct-tcpip (RFC 4254 section 7.2): the client wants to reach a machine
// through us. With the setting forward=accept it is told that it has, and what it then
// sends is noted; nobody answers it. Otherwise it is told what sshd says that must not
// forward.
func (c *client) forwardTo(kind string, payload []byte) (serve func(channel, <-chan request), refusal openRefusal) {
	w := sshwire.NewReader(payload)
	host, port := w.Text(), w.Uint32()
	target := hostPort(host, port)
	origin := hostPort(w.Text(), w.Uint32())
	f := decoy.Fields{"type": kind, "target": target, "origin": origin}
	if !w.OK() || port > 65535 || !c.server.forward {
		f["accepted"] = "false"
		c.conn.Log(kindForward, f, "forwarding to %q was refused", target)
		return nil, openRefusal{openProhibited, "open failed"}
	}
	if host == "" || len(host) > maxHost {
		f["accepted"] = "false"
		c.conn.Log(kindForward, f, "forwarding to %q, which is no name, was refused", target)
		return nil, openRefusal{openConnectFailed, "Name or service not known"}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.forwards.open >= maxForwards {
		f["accepted"] = "false"
		c.conn.Log(kindForward, f, "one forwarding too many, to %q", target)
		return nil, openRefusal{openConnectFailed, "Connection timed out"}
	}
	c.forwards.open++
	f["accepted"] = "true"
	return func(ch channel, requests <-chan request) {
		defer func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.forwards.open--
		}()
		c.listenTo(ch, requests, f, target)
	}, openRefusal{}
}

// listenTo takes what is sent to a machine that is not there, and tells of it once
// nothing more comes. What looks like a request is answered by an end a while later, as
// of a server that does not like it; on anything else the machine says nothing.
func (c *client) listenTo(ch channel, requests <-chan request, f decoy.Fields, target string) {
	c.conn.Go(func() {
		for r := range requests {
			r.answer(false)
		}
	})
	got := make(chan []byte)
	ended := make(chan struct{})
	defer close(ended)
	c.conn.Go(func() {
		defer close(got)
		buf := make([]byte, maxForwardData)
		for {
			n, err := ch.Read(buf)
			if n > 0 {
				select {
				case got <- append([]byte(nil), buf[:n]...):
				case <-ended:
				}
			}
			if err != nil {
				return
			}
		}
	})
	var data []byte
	var total int64
	patience := time.NewTimer(maxSilence)
	defer patience.Stop()
	for open := true; open; {
		select {
		case b, ok := <-got:
			open = ok
			total += int64(len(b))
			data = append(data, b[:min(len(b), maxForwardData-len(data))]...)
			if looksLikeHTTP(data) {
				patience.Reset(world.NetworkDelay(c.server.machine.Settings))
			}
		case <-patience.C:
			open = false
		case <-c.ctx.Done():
			open = false
		}
	}
	f["bytes"] = strconv.FormatInt(total, 10)
	if len(data) > 0 {
		f["data"] = decoy.Printable(data)
		f["data_b64"] = base64.StdEncoding.EncodeToString(data)
	}
	if total > int64(len(data)) {
		f[decnet.FieldCut] = fmt.Sprintf("data=%d data_b64=%d", total, total)
	}
	c.conn.Log(kindForward, f, "%d bytes were sent to %q", total, target)
}

// looksLikeHTTP reports whether data begins a request of HTTP.
func looksLikeHTTP(data []byte) bool {
	method, _, ok := strings.Cut(string(data[:min(len(data), 16)]), " ")
	return ok && method != "" && strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// global answers requests that are of no channel. A port to listen on (RFC 4254 section
// 7.1) is granted and never opened.
func (c *client) global(kind string, payload []byte) (ok bool, reply []byte) {
	w := sshwire.NewReader(payload)
	f := decoy.Fields{"type": kind}
	asked := ""
	var port uint32
	switch kind {
	case "tcpip-forward", "cancel-tcpip-forward":
		host := w.Text()
		port = w.Uint32()
		asked = hostPort(host, port)
	case "streamlocal-forward@openssh.com", "cancel-streamlocal-forward@openssh.com":
		asked = w.Text()
		if dir, err := c.filesOf().Stat(path.Dir(asked)); err != nil || !dir.IsDir() {
			w.Fail() // there is nowhere to put the socket
		}
	default:
		return false, nil
	}
	f["target"] = asked
	if c.server.forward && w.OK() {
		ok, reply = c.grant(kind, asked, port)
	}
	f["accepted"] = strconv.FormatBool(ok)
	c.conn.Log(kindForward, f, "%s of %q", kind, asked)
	return ok, reply
}

// grant decides on a request to listen as sshd of somebody who may forward. One who is
// not root may have no port below 1024.
func (c *client) grant(kind, asked string, port uint32) (ok bool, reply []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if strings.HasPrefix(kind, "cancel-") {
		ok = c.forwards.listens[asked]
		delete(c.forwards.listens, asked)
		return ok, nil
	}
	if c.forwards.listens[asked] || len(c.forwards.listens) >= maxListens || port > 0 && port < 1024 && c.user != "root" {
		return false, nil
	}
	if c.forwards.listens == nil {
		c.forwards.listens = make(map[string]bool)
	}
	if kind == "tcpip-forward" && port == 0 { // any port of those that Linux gives, which the client is told
		port = 32768 + rand.Uint32N(60999-32768+1)
		asked = asked[:strings.LastIndexByte(asked, ':')+1] + strconv.Itoa(int(port))
		reply = binary.BigEndian.AppendUint32(nil, port)
	}
	c.forwards.listens[asked] = true
	return true, reply
}

func hostPort(host string, port uint32) string {
	return net.JoinHostPort(host, strconv.FormatUint(uint64(port), 10))
}

// forwardEvent declares forward.
func forwardEvent() decnet.EventSpec {
	return decnet.EventSpec{Kind: kindForward, Doc: "A forwarding was asked for; one that was accepted led nowhere, and has ended.", Fields: []decnet.FieldSpec{
		{Name: "type", Type: decnet.TypeString, Doc: "The request, such as direct-tcpip."},
		{Name: "target", Type: decnet.TypeString, Doc: "The host and port, or the path, to connect to or to listen on."},
		{Name: "origin", Type: decnet.TypeString, Doc: "Where the connection is said to come from."},
		{Name: "accepted", Type: decnet.TypeBool, Doc: "Whether the client was told that it can: true or false."},
		{Name: "data", Type: decnet.TypeString, Doc: "The beginning of what was sent, with what is not printable shown as '?'."},
		{Name: "data_b64", Type: decnet.TypeBase64, Doc: "The same in standard base64."},
		{Name: "bytes", Type: decnet.TypeInt, Doc: "How many bytes were sent."},
	}}
}
