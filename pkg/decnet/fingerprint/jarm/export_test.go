package jarm

// ProbesOfZeros are the probes with zeros for what is random.
func ProbesOfZeros(host string) [10][]byte {
	return probes(host, func([]byte) {})
}
