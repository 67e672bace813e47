package shell

import "slices"

// cmdReboot is reboot, shutdown, halt and poweroff: the session ends as they begin.
func cmdReboot(p *proc) int {
	if p.user.uid != 0 {
		p.say("Failed to set wall message, ignoring: Interactive authentication required.\nFailed to %s system via logind: Interactive authentication required.\n", p.args[0])
		return 1
	}
	if p.args[0] == "shutdown" && slices.Contains(p.args, "-c") {
		return 0
	}
	p.shells = nil
	p.exited, p.status = true, 0
	return 0
}
