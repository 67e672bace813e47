package shell

import (
	"time"
)

// cmdSleep is sleep and usleep.
func cmdSleep(p *proc) int {
	if len(p.args) < 2 {
		return p.missing("missing operand")
	}
	total := time.Duration(0)
	for _, a := range p.args[1:] {
		d, ok := interval(a)
		if p.args[0] == "usleep" {
			d /= 1_000_000
		}
		if !ok {
			p.errorf(1, p.either("invalid time interval ‘%s’", "invalid number '%s'"), a)
			if p.small() {
				return 1
			}
			return p.try(1)
		}
		total += d
	}
	if !p.sleep(total) {
		return 130
	}
	return 0
}

// maxSleep bounds a sleep: whoever sleeps longer holds a connection open, for
// which there are cheaper ways.
const maxSleep = 10 * time.Minute
