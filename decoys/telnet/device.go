package telnet

import (
	"fmt"
	"strings"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/device"
	"github.com/decnet/decnet/decoys/device/ios"
	"github.com/decnet/decnet/decoys/device/routeros"
	"github.com/decnet/decnet/decoys/record"
	"github.com/decnet/decnet/decoys/shell/world"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/persona"
)

// ciscoIOS negotiates as IOS 15 does, and asks for names itself.
var ciscoIOS = &daemon{
	opening: []byte{will, optEcho, will, optSGA, do, optTType, do, optNAWS},
	plain:   true,
	login: &loginProgram{
		first: "\r\n\r\nUser Access Verification\r\n\r\n", ask: func(*persona.Persona) string { return "Username: " }, incorrect: "% Login invalid\r\n\r\n",
		tries: 3, name: (*client).deviceName, timeout: "\r\n% Username:  timeout expired!\r\n",
	},
	device: runIOS,
}

// mikrotik is RouterOS 6, whose telnetd is of netkit's family.
var mikrotik = &daemon{
	opening: netkit.opening, asks: netkit.asks, second: netkit.second, waits: true,
	greeting: "",
	login: &loginProgram{
		banner: func(p *persona.Persona) string { return "MikroTik v" + routeros.Version(p) + " (stable)\r\n" },
		ask:    func(*persona.Persona) string { return "Login: " }, incorrect: "Login failed, incorrect username or password\r\n\r\n", tries: 5, name: (*client).anyName,
		timeout: "\r\nLogin timed out\r\n",
	},
	device: runRouterOS,
}

func runIOS(c *client, config device.Config, term *device.Term) { ios.Run(c.ctx, config, term) }

func runRouterOS(c *client, config device.Config, term *device.Term) {
	colors := c.peer.term != "" && c.peer.term != "dumb" && c.peer.term != "network"
	routeros.Run(c.ctx, config, term, colors)
}

// deviceName is a name of a device that asks until there is one.
func (c *client) deviceName() (string, error) {
	for {
		c.prompt()
		line, err := c.line()
		if name := strings.TrimSpace(line); err != nil || name != "" {
			return name, err
		}
	}
}

// deviceSession runs the command line of a device.
func (c *client) deviceSession(user string) {
	rec := record.Start(c.conn, c.terminal(user))
	defer rec.End()
	s := c.server
	source := c.source()
	config := device.Config{
		Persona: s.machine.Persona, Address: s.machine.Address, User: user, Source: source, Login: time.Now(), Rows: c.peer.rows, Columns: c.peer.columns,
		NetworkDelay: world.NetworkDelay(s.machine.Settings), Settings: s.world.DeviceSettings(source),
		Remember: func(setting string) { s.world.Remember(source, setting) },
		Command:  func(line string, typed decoy.Typed) { world.LogCommand(c.conn, user, line, typed) },
		Download: func(tool, url string) { world.LogDownload(c.conn, tool, url) },
		Enable: func(password []byte) bool {
			ok := s.login.Allows(source, enableUser, password)
			c.conn.LogCredential(enableUser, password, decnet.SecretPlaintext, ok, nil)
			return ok
		},
	}
	rows := c.peer.rows
	if rows == 0 {
		rows = defaultRows
	}
	term := device.NewTerm(c.ctx, rec.Reader(&input{client: c, resized: func() {
		if c.peer.columns != config.Columns || c.peer.rows != config.Rows {
			config.Columns, config.Rows = c.peer.columns, c.peer.rows
			rec.Resize(uint32(config.Columns), uint32(config.Rows)) //nolint:gosec // 16 bits
		}
	}}), rec.Writer(escaped{c.conn}), rows)
	s.daemon.device(c, config, term)
}

const (
	// enableUser is the name under which a policy knows the password of the privileged mode.
	enableUser = "enable"
	// defaultRows is the height of a terminal that does not tell.
	defaultRows = 24
)

// terminal is what a recording says of the client's.
func (c *client) terminal(user string) record.Terminal {
	return record.Terminal{Columns: uint32(c.peer.columns), Rows: uint32(c.peer.rows), Term: c.peer.term, User: user} //nolint:gosec // 16 bits
}

// logSession says that somebody has logged in.
func (c *client) logSession(user, kind string) {
	c.conn.Log(kindSession, decoy.Fields{
		"user": user, "type": kind, "term": c.peer.term, "columns": fmt.Sprint(c.peer.columns), "rows": fmt.Sprint(c.peer.rows),
	}, "%s logged in", user)
}
