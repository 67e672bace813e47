package container

import (
	"fmt"
	"strconv"
)

// parsePorts reads the UDP ports that the namespace's services answer on.
func parsePorts(words []string) ([]uint16, error) {
	var ports []uint16
	for _, w := range words {
		n, err := strconv.ParseUint(w, 10, 16)
		if err != nil || n == 0 {
			return nil, fmt.Errorf("%s: %q is no UDP port", TaskHold, w)
		}
		ports = append(ports, uint16(n))
	}
	return ports, nil
}
