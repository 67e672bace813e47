//go:build !linux

package twin

import "net"

// segmentsIn is not known here: segmentation is not compared.
func segmentsIn(*net.TCPConn) int { return 0 }
