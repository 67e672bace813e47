package world

import (
	"net/netip"
	"strconv"
	"time"

	"github.com/decnet/decnet/decoys/capture"
	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/record"
	"github.com/decnet/decnet/decoys/shell"
	"github.com/decnet/decnet/pkg/decnet"
)

// settingNetworkDelay is how long a download takes to fail.
const settingNetworkDelay = "network_delay_ms"

const kindDownload = "download"

// Settings are those of a service that leads to a shell: who is let in, how far its network goes and
// how long its world is kept.
func Settings() []decnet.SettingSpec {
	return append(loginSettings(),
		decnet.SettingSpec{
			Name: settingNetworkDelay, Type: decnet.SettingInt, Default: "3060", Min: 0, Max: 30000,
			Doc: "How long it takes until a download finds no route, in milliseconds.",
		},
		expirySetting(),
	)
}

// NetworkDelay is the setting network_delay_ms.
func NetworkDelay(s decnet.Settings) time.Duration {
	return time.Duration(s.Int(settingNetworkDelay)) * time.Millisecond
}

// Events are those of a service that leads to a shell.
func Events() []decnet.EventSpec {
	return []decnet.EventSpec{
		{Kind: decnet.KindCommand, Doc: "A command line was entered.", Fields: []decnet.FieldSpec{
			{Name: decnet.FieldCommand, Type: decnet.TypeString, Doc: "The line as it was entered; of a script that came as a whole, one item of its list."},
			{Name: decnet.FieldKeys, Type: decnet.TypeInt, Doc: "In how many pieces a line came that was entered on a terminal."},
			{Name: decnet.FieldEdits, Type: decnet.TypeInt, Doc: "How many of these were keys that correct, move, recall or complete."},
			{Name: decnet.FieldTyped, Type: decnet.TypeMillis, Doc: "How long it took from the first piece to the last, in milliseconds."},
		}},
		{Kind: kindDownload, Doc: "A command tried to fetch something, which was not fetched.", Fields: []decnet.FieldSpec{
			{Name: "url", Type: decnet.TypeString, Doc: "What was to be fetched, as it was given.", Findings: []decnet.Finding{decnet.FindURL}},
			{Name: "tool", Type: decnet.TypeString, Doc: "The command, such as wget."},
		}},
		record.Event(),
		capture.Event(),
	}
}

// LogCommand takes note of a command line of user, and of how it was typed.
func LogCommand(conn *decoy.Conn, user, line string, typed decoy.Typed) {
	fields := decoy.Fields{decnet.FieldCommand: line}
	if typed.Keys > 0 {
		fields[decnet.FieldKeys], fields[decnet.FieldEdits] = strconv.Itoa(typed.Keys), strconv.Itoa(typed.Edits)
		fields[decnet.FieldTyped] = strconv.FormatInt(typed.Took.Milliseconds(), 10)
	}
	conn.Log(decnet.KindCommand, fields, "%s ran a command", user)
}

// LogDownload takes note of what a command tried to fetch.
func LogDownload(conn *decoy.Conn, tool, url string) {
	conn.Log(kindDownload, decoy.Fields{"tool": tool, "url": url}, "%s tried to fetch something", tool)
}

// Shell is a shell of user, who has come by conn now, on the files that his source has left; what he does
// there is logged on conn and kept in captured. The caller adds the terminal.
func (w *World) Shell(conn *decoy.Conn, user string, captured *capture.Files) shell.Config {
	source := conn.Source.Addr()
	return shell.Config{
		System: w.System, FS: w.Files(source), User: user, Login: time.Now(), NetworkDelay: NetworkDelay(conn.Machine.Settings),
		Source: conn.Source, Local: netip.AddrPortFrom(conn.Machine.Address, localPort(conn)),
		Command:  func(line string, typed decoy.Typed) { LogCommand(conn, user, line, typed) },
		Password: func(user, password string) { w.SetPassword(source, user, []byte(password)) },
		Download: func(tool, url string) { LogDownload(conn, tool, url) },
		Written: func(path string, data []byte) {
			captured.Keep(capture.File{Path: path, Content: data, Size: int64(len(data))}, "shell")
		},
	}
}

func localPort(conn *decoy.Conn) uint16 {
	at, err := netip.ParseAddrPort(conn.LocalAddr().String())
	if err != nil {
		return 0
	}
	return at.Port()
}
