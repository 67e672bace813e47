package ios

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
)

// helps describe the words that only lead on.
var helps = map[string]string{
	"show": "Show running system information", "show ip": "IP information", "show ip interface": "IP interface status and configuration", "show mac": "MAC configuration",
	"configure": "Enter configuration mode", "terminal": "Set terminal line parameters", "terminal no": "Negate a command or set its defaults",
	"copy": "Copy from one file to another", "copy running-config": "Copy from current system configuration", "clear": "Reset functions",
	"write": "Write running configuration to memory, network, or terminal", "show processes": "Active process statistics", "ping": "Send echo messages",
	"erase": "Erase a filesystem", "debug": "Debugging functions (see also 'undebug')", "clock": "Manage the system clock", "terminal length": "Set number of lines on a screen",
	"terminal width": "Set width of the display terminal", "telnet": "Open a telnet connection", "ssh": "Open a secure shell client connection", "traceroute": "Trace route to destination",
	"dir": "List files on a filesystem", "show cdp": "CDP information", "show vlan": "VTP VLAN status",
}

func say(text string) func(*session, []string) string {
	return func(*session, []string) string { return text }
}

// commands are those of the user and of the privileged mode.
var commands = []command{
	{"enable", user, "Turn on privileged commands", func(s *session, _ []string) string { return s.enable() }},
	{"disable", user, "Turn off privileged commands", func(s *session, _ []string) string { s.mode = user; return "" }},
	{"exit", user, "Exit from the EXEC", leave},
	{"logout", user, "Exit from the EXEC", leave},
	{"quit", user, "Exit from the EXEC", leave},
	{"help", user, "Description of the interactive help system", say("Help may be requested at any point in a command by entering\na question mark '?'.  If nothing matches, the help list will\n" +
		"be empty and you must backup until entering a '?' shows the\navailable options.\n")},
	{"ping WORD", user, "Ping destination address or hostname", ping},
	{"ping ip WORD", user, "IP echo", ping},
	{"traceroute WORD", user, "Trace route to destination address or hostname", traceroute},
	{"telnet WORD", user, "IP address or hostname of a remote system", telnet},
	{"telnet WORD <0-65535>", user, "Port number", telnet},
	{"connect WORD", user, "Open a terminal connection", telnet},
	{"ssh LINE", user, "Open a secure shell client connection", sshTo},
	{"terminal length <0-512>", user, "Number of lines on screen (0 for no pausing)", func(s *session, args []string) string {
		_, _ = fmt.Sscan(args[0], &s.term.Rows)
		return ""
	}},
	{"terminal width <0-512>", user, "Number of characters on a screen line", say("")},
	{"terminal monitor", privileged, "Copy debug output to the current terminal line", say("")},
	{"terminal no monitor", privileged, "Copy debug output to the current terminal line", say("")},
	{"show version", user, "System hardware and software status", showVersion},
	{"show clock", user, "Display the system clock", showClock},
	{"show users", user, "Display information about terminal lines", showUsers},
	{"who", user, "List active connections", showUsers},
	{"show privilege", user, "Show current privilege level", showPrivilege},
	{"show history", user, "Display the session command history", showHistory},
	{"show arp", user, "ARP table", showARP},
	{"show ip arp", user, "IP ARP table", showARP},
	{"show ip interface brief", user, "Brief summary of IP status and configuration", showInterfacesBrief},
	{"show ip route", user, "IP routing table", showRoute},
	{"show interfaces", user, "Interface status and configuration", showInterfaces},
	{"show inventory", user, "Show the physical inventory", showInventory},
	{"show flash:", user, "display information about flash: file system", showFlash},
	{"show processes cpu", user, "Show CPU use per process", showProcesses},
	{"show cdp neighbors", user, "CDP neighbor entries", say("Capability Codes: R - Router, T - Trans Bridge, B - Source Route Bridge\n                  S - Switch, H - Host, I - IGMP, r - Repeater, P - Phone, \n" +
		"                  D - Remote, C - CVTA, M - Two-port Mac Relay \n\nDevice ID        Local Intrfce     Holdtme    Capability  Platform  Port ID\n\nTotal cdp entries displayed : 0\n")},
	{"show running-config", privileged, "Current operating configuration", showRunning},
	{"show startup-config", privileged, "Contents of startup configuration", showStartup},
	{"show logging", privileged, "Show the contents of logging buffers", showLogging},
	{"show ip nat translations", privileged, "Translation entries", say("")},
	{"configure terminal", privileged, "Configure from the terminal", func(s *session, _ []string) string {
		s.mode = config
		return "Enter configuration commands, one per line.  End with CNTL/Z.\n"
	}},
	{"write memory", privileged, "Write to NV memory", write},
	{"write", privileged, helps["write"], write},
	{"write terminal", privileged, "Write to terminal", showRunning},
	{"copy running-config startup-config", privileged, "Copy to startup configuration", func(s *session, args []string) string {
		if _, err := s.term.Line("Destination filename [startup-config]? ", false); err != nil {
			return "\n"
		}
		return write(s, args)
	}},
	{"copy WORD WORD", privileged, "Copy to", copyTo},
	{"copy running-config WORD", privileged, "Copy to", func(s *session, args []string) string {
		return copyTo(s, []string{"running-config", args[0]})
	}},
	{"dir", privileged, helps["dir"], showFlash},
	{"dir flash:", privileged, "Directory or file name", showFlash},
	{"clear line WORD", privileged, "Reset a terminal line", func(s *session, _ []string) string {
		if !s.confirm("[confirm]") {
			return ""
		}
		return " [OK]\n"
	}},
	{"clear arp-cache", privileged, "Clear the entire ARP cache", say("")},
	{"clear logging", privileged, "Clear logging buffer", func(s *session, _ []string) string {
		s.confirm("Clear logging buffer [confirm]")
		return ""
	}},
	{"erase startup-config", privileged, "Erase contents of configuration memory", func(s *session, _ []string) string {
		if !s.confirm("Erasing the nvram filesystem will remove all configuration files! Continue? [confirm]") {
			return ""
		}
		return "[OK]\nErase of nvram: complete\n"
	}},
	{"reload", privileged, "Halt and perform a cold restart", func(s *session, _ []string) string {
		s.ended = s.confirm("Proceed with reload? [confirm]")
		return ""
	}},
	{"undebug all", privileged, "Disable all debugging", say("All possible debugging has been turned off\n")},
	{"debug LINE", privileged, "Enable debugging", say("")},
	{"tclsh", privileged, "Tool Command Language shell", say("")},
}

func leave(s *session, _ []string) string {
	s.ended = true
	return ""
}

func write(s *session, _ []string) string {
	s.term.Print("Building configuration...\n")
	decoy.Sleep(s.ctx, min(s.NetworkDelay, 2*time.Second))
	return "[OK]\n"
}

// lookup is what comes of a name, which nobody resolves. It is false for an address.
func (s *session) lookup(host, otherwise string) (string, bool) {
	if _, err := netip.ParseAddr(host); err == nil {
		return "", false
	}
	s.term.Print("Translating \"" + host + "\"...domain server (255.255.255.255)\n")
	s.wait(1)
	return otherwise + "\n", true
}

func ping(s *session, args []string) string {
	host := args[0]
	if text, ok := s.lookup(host, "% Unrecognized host or address, or protocol not running.\n"); ok {
		return text
	}
	s.term.Print("Type escape sequence to abort.\nSending 5, 100-byte ICMP Echos to " + host + ", timeout is 2 seconds:\n")
	if s.answers(host) {
		return "!!!!!\nSuccess rate is 100 percent (5/5), round-trip min/avg/max = 1/1/4 ms\n"
	}
	for range 5 {
		s.wait(2)
		s.term.Print(".")
	}
	return "\nSuccess rate is 0 percent (0/5)\n"
}

func traceroute(s *session, args []string) string {
	host := args[0]
	if text, ok := s.lookup(host, "% Unrecognized host or address.\n"); ok {
		return text
	}
	s.term.Print("Type escape sequence to abort.\nTracing the route to " + host + "\nVRF info: (vrf in name/id, vrf out name/id)\n")
	s.term.Print(fmt.Sprintf("  1 %s 0 msec 0 msec 4 msec\n", s.Gateway()))
	for hop := 2; hop < 6; hop++ {
		s.wait(1)
		s.term.Print(fmt.Sprintf("  %d  *  *  * \n", hop))
	}
	return ""
}

func telnet(s *session, args []string) string {
	host := args[0]
	if text, ok := s.lookup(host, "% Unknown command or computer name, or unable to find computer address"); ok {
		return text
	}
	port := ""
	if len(args) > 1 {
		port = ", " + args[1]
	}
	s.term.Print("Trying " + host + port + " ... \n")
	s.wait(1)
	return "% Connection timed out; remote host not responding\n\n"
}

func sshTo(s *session, _ []string) string {
	s.wait(1)
	return "% Connection timed out; remote host not responding\n\n"
}

// copyTo is a copy from or to the network, which fails, or one within the flash.
func copyTo(s *session, args []string) string {
	from, to := args[0], args[1]
	scheme, _, remote := strings.Cut(from, ":")
	if !remote || strings.HasPrefix(scheme, "flash") {
		scheme, _, remote = strings.Cut(to, ":")
	}
	if !remote || strings.HasPrefix(scheme, "flash") || strings.HasPrefix(scheme, "nvram") {
		return fmt.Sprintf("%%Error opening %s (No such file or directory)\n", from)
	}
	url := from
	if !strings.Contains(url, "://") {
		url = to
	}
	if !strings.Contains(url, "://") || strings.HasSuffix(url, "://") {
		host, err := s.term.Line("Address or name of remote host []? ", false)
		if err != nil {
			return "\n"
		}
		name, err := s.term.Line("Source filename []? ", false)
		if err != nil {
			return "\n"
		}
		url = scheme + "://" + host + "/" + name
	}
	if _, err := s.term.Line("Destination filename ["+url[strings.LastIndexByte(url, '/')+1:]+"]? ", false); err != nil {
		return "\n"
	}
	s.Download("copy", url)
	s.term.Print("Accessing " + url + "...")
	s.wait(1)
	return fmt.Sprintf("\n%%Error opening %s (Timed out)\n", url)
}
