package corpus

import (
	"slices"
	"strings"
)

// settle moves what tells of a program's end behind what it wrote and the end of that. sshd hears of both from the
// kernel, and of which first is chance.
func settle(lines []string) []string {
	var packets [][]string // a packet's line and those of its message
	for _, l := range lines {
		if len(packets) == 0 || strings.HasPrefix(l, "packet of ") {
			packets = append(packets, nil)
		}
		packets[len(packets)-1] = append(packets[len(packets)-1], l)
	}
	var rest, ends [][]string
	for _, p := range packets {
		if slices.ContainsFunc(p, tellsOfTheEnd) {
			ends = append(ends, p)
		} else {
			rest = append(rest, p)
		}
	}
	at := slices.IndexFunc(rest, func(p []string) bool {
		return slices.ContainsFunc(p, func(l string) bool { return strings.HasPrefix(l, "CHANNEL_CLOSE") })
	})
	if at < 0 {
		at = len(rest)
	}
	return slices.Concat(slices.Concat(rest[:at], ends, rest[at:])...)
}

func tellsOfTheEnd(line string) bool {
	if !strings.HasPrefix(line, "CHANNEL_REQUEST") {
		return false
	}
	return strings.Contains(line, `"exit-status"`) || strings.Contains(line, `"exit-signal"`) || strings.Contains(line, `"eow@openssh.com"`)
}
