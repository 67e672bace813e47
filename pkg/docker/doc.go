// Package docker is what DECNET asks of a Docker engine: what containers,
// networks and images there are to be goes in; what became of them, what happens
// to them and the lines they write come out.
//
// Everything that is to be there is ensured: a call that finds it as it should be
// changes nothing, so that whoever was interrupted begins again. What DECNET did
// not make is never changed or removed; see Label.
//
// The engine's client is imported here alone. It is docker/docker and not
// moby/moby, which leaves out the MAC address on engines before 25 without a word:
// the container then has one that begins with 02:42 and gives Docker away. For the
// same reason every MAC address is read back after a start.
//
// An engine is trusted: whoever controls it is root on its host. What containers
// write is not; it is bounded, and in errors it is one printable line. No call but
// Connect has a time limit of its own: an engine that hangs is waited for until
// the context ends.
package docker
