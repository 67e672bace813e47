package ssh

import "github.com/decnet/decnet/decoys/decoy"

// ServiceClaiming is the service of a machine that has another OpenSSH than its distribution.
func ServiceClaiming(software string) decoy.Service {
	s := Service()
	s.New = func(m decoy.Machine) (decoy.Handler, error) {
		p := *m.Persona
		p.SSHVersion = software
		m.Persona = &p
		return newServer(m)
	}
	return s
}
