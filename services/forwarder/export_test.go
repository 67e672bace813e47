package forwarder

import "time"

// Hasten makes f look often, and wait only that long after a target's last decky.
func Hasten(f *Forwarder, grace, limit time.Duration) {
	f.patience = patience{look: 20 * time.Millisecond, grace: grace, limit: limit}
}

// DurableOf is the name of a target's consumer.
var DurableOf = durableOf

// Render is what is sent of a line.
var Render = render

// MaxTargets is how many there may be.
const MaxTargets = maxTargets
