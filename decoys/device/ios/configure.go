package ios

import (
	"strings"

	"github.com/decnet/decnet/decoys/device"
)

// configTree are the first words of configuration; what follows is taken as it is.
var configTree = newTree([]command{
	{"access-list LINE", config, "Add an access list entry", nil},
	{"banner LINE", config, "Define a login banner", nil},
	{"crypto LINE", config, "Encryption module", nil},
	{"aaa LINE", config, "Authentication, Authorization and Accounting.", nil},
	{"default LINE", config, "Set a command to its defaults", nil},
	{"do LINE", config, "To run exec commands in config mode", nil},
	{"enable LINE", config, "Modify enable password parameters", nil},
	{"end", config, "Exit from configure mode", nil},
	{"exit", config, "Exit from configure mode", nil},
	{"hostname LINE", config, "Set system's network name", nil},
	{"interface LINE", config, "Select an interface to configure", nil},
	{"ip LINE", config, "Global IP configuration subcommands", nil},
	{"ipv6 LINE", config, "Global IPv6 configuration commands", nil},
	{"line LINE", config, "Configure a terminal line", nil},
	{"logging LINE", config, "Modify message logging facilities", nil},
	{"no LINE", config, "Negate a command or set its defaults", nil},
	{"ntp LINE", config, "Configure NTP", nil},
	{"router LINE", config, "Enable a routing process", nil},
	{"service LINE", config, "Modify use of network based services", nil},
	{"snmp-server LINE", config, "Modify SNMP engine parameters", nil},
	{"username LINE", config, "Establish User Name Authentication", nil},
	{"vpdn LINE", config, "Virtual Private Dialup Network", nil},
	{"tunnel LINE", configSub, "protocol-over-protocol tunneling", nil},
	{"description LINE", configSub, "Interface specific description", nil},
	{"shutdown", configSub, "Shutdown the selected interface", nil},
	{"login LINE", configSub, "Enable password checking", nil},
	{"login", configSub, "Enable password checking", nil},
	{"password LINE", configSub, "Set a password", nil},
	{"transport LINE", configSub, "Define transport protocols for line", nil},
	{"network LINE", configSub, "Enable routing on an IP network", nil},
	{"permit LINE", configSub, "Specify packets to forward", nil},
	{"deny LINE", configSub, "Specify packets to reject", nil},
	{"duplex LINE", configSub, "Configure duplex operation.", nil},
	{"speed LINE", configSub, "Configure speed operation.", nil},
	{"exec-timeout LINE", configSub, "Set the EXEC timeout", nil},
	{"bandwidth LINE", configSub, "Set bandwidth informational parameter", nil},
}, nil)

// subModes are the modes that a command begins.
var subModes = map[string]string{"interface": "if", "line": "line", "router": "router"}

// configure takes a line of configuration.
func (s *session) configure(line string) string {
	all := words(line)
	found := configTree.matches(all[0].text, s.mode)
	switch {
	case len(found) == 0:
		at := len(s.prompt()) + all[0].at + configTree.prefix(all[0].text, s.mode)
		return strings.Repeat(" ", at) + "^\n" + invalid + "\n"
	case len(found) > 1:
		return "% Ambiguous command:  \"" + line + "\"\n\n"
	case len(all) == 1 && len(found[0].children) > 0 && found[0].word != "login":
		return incomplete + "\n\n"
	}
	verb := found[0].word
	rest := strings.TrimSpace(line[all[0].at+len(all[0].text):])
	switch verb {
	case "end":
		s.mode, s.sub = privileged, ""
		return ""
	case "exit":
		if s.mode--; s.mode == privileged {
			s.sub = ""
		}
		return ""
	case "do":
		return s.do(rest)
	case "hostname":
		if len(rest) > 63 || !device.IsName(rest) {
			return "% Hostname contains one or more illegal characters.\n"
		}
		s.hostname = rest
	}
	setting := strings.TrimSpace(verb + " " + rest)
	switch sub := subModes[verb]; {
	case sub != "":
		s.mode, s.sub = configSub, sub
	case verb == "ip" && strings.HasPrefix(rest, "access-list "):
		s.mode, s.sub = configSub, "ext-nacl"
	case found[0].from == configSub, s.mode == configSub && (verb == "ip" || verb == "no"):
		setting = " " + setting
	case s.mode == configSub:
		s.mode, s.sub = config, ""
	}
	s.Add(setting)
	return ""
}

// do runs a command of the privileged mode.
func (s *session) do(line string) string {
	mode := s.mode
	defer func() { s.mode = max(s.mode, mode) }()
	s.mode = privileged
	command, args, err := s.tree.parse(line, privileged)
	if err != nil {
		return strings.TrimLeft(err.Error(), " ") + "\n"
	}
	return command.run(s, args)
}
