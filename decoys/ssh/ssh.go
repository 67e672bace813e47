// Package ssh is the SSH server decoy. In come SSH connections, out go the
// answers of OpenSSH as the persona's release gives them, a shell on a machine
// that does not exist (package shell), and events: every client version, every
// password and key that was tried, every session and command line. Nothing is
// forwarded, fetched or run.
//
// The transport, key exchange and encryption are golang.org/x/crypto/ssh's, all
// of it in transport.go and the host key files; the identification exchange
// before it, by which servers are told apart, is our own.
package ssh

import (
	"context"
	"fmt"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/shell"
	"github.com/decnet/decnet/decoys/shell/world"
	"github.com/decnet/decnet/pkg/decnet"
)

// Kinds of this service's own events.
const (
	kindClient    = "client"
	kindSession   = "session"
	kindDownload  = "download"
	kindForward   = "forward"
	kindSubsystem = "subsystem"
)

// Service is the service "ssh".
func Service() decoy.Service {
	return decoy.Service{
		Spec: decnet.ServiceSpec{
			Slug: "ssh", Title: "SSH server",
			Summary: "Pretends to be OpenSSH with a shell behind it; captures credentials, keys, sessions and commands.",
			Ports:   []decnet.PortSpec{{Port: 22, Transport: decnet.TCP}},
			RunsOn:  shell.OSes(),
			Settings: []decnet.SettingSpec{
				{
					Name: settingLogin, Type: decnet.SettingEnum, Default: "first", Choices: []string{"first", "list", "any", "never"},
					Doc: "Who is let in: with first, the first password that a source offers for a user name is that user's password for this source " +
						"from then on; with list, the accounts of the setting accounts; any or nobody.",
				},
				{
					Name: settingAccounts, Type: decnet.SettingString,
					Doc: "The accounts of login=list as name:password pairs with commas between them, such as root:toor,admin:admin.",
				},
				{
					Name: settingFailDelay, Type: decnet.SettingInt, Default: "2000", Min: 0, Max: 30000,
					Doc: "How long a wrong password takes, in milliseconds; a quarter more or less at random, as PAM does it.",
				},
				{
					Name: settingNetworkDelay, Type: decnet.SettingInt, Default: "3060", Min: 0, Max: 30000,
					Doc: "How long it takes until a download finds no route, in milliseconds.",
				},
				world.Setting(),
			},
			Events: decoy.Events(eventSpecs()...),
		},
		Limits: decoy.Limits{
			Idle: 10 * time.Minute, Total: 2 * time.Hour, BytesIn: 64 << 20, PerSource: 32, PerService: 256,
		},
		New: func(m decoy.Machine) (decoy.Handler, error) { return newServer(m) },
	}
}

// Names of settings.
const (
	settingLogin        = "login"
	settingAccounts     = "accounts"
	settingFailDelay    = "fail_delay_ms"
	settingNetworkDelay = "network_delay_ms"
)

func eventSpecs() []decnet.EventSpec {
	return []decnet.EventSpec{
		{Kind: kindClient, Doc: "The client said what it is, or something else.", Fields: []decnet.FieldSpec{
			{Name: "version", Type: decnet.TypeString, Doc: "Its identification line as it came.", Findings: []decnet.Finding{decnet.FindSSHClient}},
			{Name: "accepted", Type: decnet.TypeBool, Doc: "Whether it was one of SSH 2: true or false."},
		}},
		decoy.AuthEvent("A password or a public key was offered.",
			decnet.FieldSpec{Name: "key_type", Type: decnet.TypeString, Doc: "The type of a public key, such as ssh-ed25519."}),
		{Kind: kindSession, Doc: "A shell or a command was asked for.", Fields: []decnet.FieldSpec{
			{Name: "user", Type: decnet.TypeString, Doc: "Who is logged in."},
			{Name: "type", Type: decnet.TypeString, Doc: "shell or exec."},
			{Name: "exec", Type: decnet.TypeString, Doc: "The whole command of an exec."},
			{Name: "term", Type: decnet.TypeString, Doc: "The type of the terminal; absent without one."},
			{Name: "columns", Type: decnet.TypeInt, Doc: "The width of the terminal in characters."},
			{Name: "rows", Type: decnet.TypeInt, Doc: "The height of the terminal in characters."},
			{Name: "env", Type: decnet.TypeString, Doc: "Environment variables that were sent before, as name=value with spaces between them."},
		}},
		{Kind: decnet.KindCommand, Doc: "A command line was entered.", Fields: []decnet.FieldSpec{
			{Name: decnet.FieldCommand, Type: decnet.TypeString, Doc: "The line as it was entered; of an exec, one item of its list."},
		}},
		{Kind: kindDownload, Doc: "A command tried to fetch something, which was not fetched.", Fields: []decnet.FieldSpec{
			{Name: "url", Type: decnet.TypeString, Doc: "What was to be fetched, as it was given.", Findings: []decnet.Finding{decnet.FindURL}},
			{Name: "tool", Type: decnet.TypeString, Doc: "The command, such as wget."},
		}},
		{Kind: kindForward, Doc: "A port forwarding was asked for and refused.", Fields: []decnet.FieldSpec{
			{Name: "type", Type: decnet.TypeString, Doc: "The request, such as direct-tcpip."},
			{Name: "target", Type: decnet.TypeString, Doc: "The host and port to connect to or to listen on."},
			{Name: "origin", Type: decnet.TypeString, Doc: "Where the connection is said to come from."},
		}},
		{Kind: kindSubsystem, Doc: "A subsystem was asked for and refused.", Fields: []decnet.FieldSpec{
			{Name: "name", Type: decnet.TypeString, Doc: "Its name, such as sftp."},
		}},
	}
}

// A server is one decky's SSH server.
type server struct {
	machine      decoy.Machine
	keys         hostKeys
	banner       string
	login        login
	world        *world.World
	failDelay    time.Duration
	networkDelay time.Duration
}

func newServer(m decoy.Machine) (*server, error) {
	keys, err := deriveHostKeys(m.Persona)
	if err != nil {
		return nil, fmt.Errorf("host keys: %w", err)
	}
	s := &server{
		machine: m, keys: keys, banner: "SSH-2.0-" + m.Persona.SSHVersion,
		world:        world.Of(m),
		failDelay:    time.Duration(m.Settings.Int(settingFailDelay)) * time.Millisecond,
		networkDelay: time.Duration(m.Settings.Int(settingNetworkDelay)) * time.Millisecond,
	}
	s.login, err = newLogin(m.Settings[settingLogin], m.Settings[settingAccounts], s)
	return s, err
}

// loginGrace is OpenSSH's LoginGraceTime.
const loginGrace = 120 * time.Second

// Serve talks to one client.
func (s *server) Serve(ctx context.Context, conn *decoy.Conn) {
	if conn.SetDeadline(time.Now().Add(loginGrace)) != nil {
		return
	}
	conn.SetNoDelay(false) // as OpenSSH until somebody is logged in
	line, refusal, err := exchangeIdentification(conn, s.banner)
	if err != nil && line == "" {
		return
	}
	conn.Log(kindClient, decoy.Fields{"version": line, "accepted": fmt.Sprint(refusal == "" && err == nil)}, "the client is %s", decoy.Printable([]byte(line)))
	if refusal != "" || err != nil {
		return
	}
	conn.SetNoDelay(true)
	c := &client{server: s, conn: conn, ctx: ctx}
	link, err := handshake(identified(conn, s.banner, line), s.keys, s.banner, c)
	if err != nil {
		return
	}
	defer link.close()
	if conn.SetDeadline(time.Time{}) != nil {
		return
	}
	c.user = link.user()
	link.serve(c, conn.Go)
}
