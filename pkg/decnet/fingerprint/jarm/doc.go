// Package jarm makes the fingerprint of a TLS server by how it answers ten unusual
// hellos: a host name goes in, ten hellos come out; ten answers go in, the
// fingerprint comes out. Whoever uses it does the connecting:
//
//	for i, hello := range jarm.Probes(host) {
//		// Connect, write hello, read up to jarm.MaxAnswer bytes, close.
//		answers[i] = jarm.Answer(read)
//	}
//	fingerprint := jarm.Hash(answers)
//
// A connection that is refused or closed is an answer, of no bytes. A probe that is
// not answered in time ends all: the fingerprint of such a server is Hash of ten
// empty answers.
//
// JARM is described by the program at https://github.com/salesforce/jarm alone. What
// comes out is what that program prints, its peculiarities included, so that it can be
// compared with what others publish.
package jarm
