package docker

import (
	"maps"
	"slices"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/network"
)

// translate puts a spec into the engine's terms.
func (e *Engine) translate(s *Spec) (*container.Config, *container.HostConfig, *network.NetworkingConfig) {
	config := &container.Config{
		Image: s.Image, Entrypoint: s.Entrypoint, Cmd: s.Command, Hostname: s.Hostname, User: s.User,
		Labels: labelled(s.Labels, digest(s)), Env: s.env(),
	}
	slices.Sort(config.Env)
	host := &container.HostConfig{
		NetworkMode: "none", Sysctls: maps.Clone(s.Sysctls), CapAdd: slices.Clone(s.CapAdd), ReadonlyRootfs: s.ReadOnly, Tmpfs: maps.Clone(s.Tmpfs),
		RestartPolicy: container.RestartPolicy{Name: container.RestartPolicyMode(s.Restart)},
		LogConfig:     container.LogConfig{Type: "json-file", Config: s.logOptions()},
		// Without swap of its own a limit is one.
		Resources: container.Resources{Memory: s.Memory, MemorySwap: s.Memory},
	}
	if s.Restart == "" {
		host.RestartPolicy.Name = container.RestartPolicyDisabled
	}
	if s.Pids > 0 {
		host.PidsLimit = &s.Pids
	}
	if s.CapDropAll {
		host.CapDrop = []string{"ALL"}
	}
	if s.NoNewPrivileges {
		host.SecurityOpt = []string{"no-new-privileges:true"}
	}
	if s.JoinContainer != "" {
		host.NetworkMode = container.NetworkMode("container:" + s.JoinContainer)
	}
	if s.Network == nil {
		return config, host, nil
	}
	host.NetworkMode = container.NetworkMode(s.Network.Network)
	endpoint := &network.EndpointSettings{IPAMConfig: &network.EndpointIPAMConfig{IPv4Address: s.Network.IPv4.String(), IPv6Address: text(s.Network.IPv6)}}
	if len(s.Network.MAC) > 0 {
		// Engines before 25 take it from the one place, later ones from the other.
		config.MacAddress = s.Network.MAC.String() //nolint:staticcheck // the only place that engines before 25 look at
		if reaches(e.api.ClientVersion(), "1.44") {
			endpoint.MacAddress = s.Network.MAC.String()
		}
	}
	return config, host, &network.NetworkingConfig{EndpointsConfig: map[string]*network.EndpointSettings{s.Network.Network: endpoint}}
}
