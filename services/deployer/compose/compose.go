// Package compose writes a fleet as a docker-compose.yml: deckies of the docker
// driver go in; a file comes out from which "docker compose" makes the very containers
// that the driver makes (package containers), and another from which it builds their
// image.
package compose

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/docker"
	"github.com/decnet/decnet/services/deployer/containers"
)

// Names of the files that belong beside the compose file: how the decoys' images are
// built, and the decoy program.
const (
	Dockerfile = "decoy.Dockerfile"
	Program    = "decnet-decoy"
)

// Options are for the whole file.
type Options struct {
	// Installation is whose the containers are; see containers.Catalog.
	Installation string
	// Find looks a service up.
	Find func(slug string) (decnet.ServiceSpec, error)
	// BuildFlags are for whoever builds the images; they have no place in the
	// file and are told in its first lines.
	BuildFlags []string
}

const head = `# What the docker driver runs, for Docker Compose. It needs ` + Dockerfile + ` and the program
# ` + Program + ` beside it. It holds the seeds from which everything about these deckies derives: keep it secret.
`

// Generate writes the compose file. All deckies must be of the docker driver and of
// one network.
func Generate(deckies []decnet.Decky, o Options) ([]byte, error) {
	f := file{Services: make(map[string]service), Networks: make(map[string]network)}
	c := containers.Catalog{Installation: o.Installation, Find: o.Find, Decoy: containers.StableName}
	all := make([]*decnet.Decky, len(deckies))
	for i := range deckies {
		all[i] = &deckies[i]
		g, err := containers.GroupOf(all[i], c)
		if err != nil {
			return nil, err
		}
		f.add(g)
	}
	if len(all) > 0 {
		n, err := containers.NetworkOf(all, o.Installation)
		if err != nil {
			return nil, err
		}
		f.Networks[n.Name] = networkOf(&n)
	}
	var b bytes.Buffer
	b.WriteString(head)
	if len(o.BuildFlags) > 0 {
		b.WriteString("# Build its images with: docker compose build " + strings.Join(o.BuildFlags, " ") + "\n")
	}
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(f); err != nil {
		return nil, fmt.Errorf("write compose file: %w", err)
	}
	return b.Bytes(), e.Close()
}

func (f *file) add(g *containers.Group) {
	base := serviceOf(&g.Base)
	base.Build = buildOf(g.Image)
	f.Services[g.Base.Name] = base
	for i := range g.Services {
		s := serviceOf(&g.Services[i].Spec)
		s.DependsOn = []string{g.Base.Name}
		if !g.Services[i].Custom {
			s.Build = buildOf(g.Image)
		}
		f.Services[g.Services[i].Spec.Name] = s
	}
}

func buildOf(base string) *build {
	return &build{Context: ".", Dockerfile: Dockerfile, Args: map[string]string{"BASE_IMAGE": base}}
}

// serviceOf puts a container into Compose's terms.
func serviceOf(s *docker.Spec) service {
	size, files := s.LogLimits()
	c := service{
		Image: literal(s.Image), ContainerName: s.Name, Hostname: s.Hostname, User: s.User, ReadOnly: s.ReadOnly,
		CapAdd: s.CapAdd, Sysctls: s.Sysctls, Labels: s.Labels, Restart: s.Restart, Pids: s.Pids, Memory: s.Memory, Swap: s.Memory,
		Logging: logging{Driver: "json-file", Options: map[string]string{"max-size": size, "max-file": strconv.Itoa(files)}},
	}
	for _, word := range s.Command {
		c.Command = append(c.Command, literal(word))
	}
	if len(s.Env) > 0 {
		c.Environment = make(map[string]string, len(s.Env))
		for k, v := range s.Env {
			c.Environment[k] = literal(v)
		}
	}
	if s.CapDropAll {
		c.CapDrop = []string{"ALL"}
	}
	if s.NoNewPrivileges {
		c.SecurityOpt = []string{"no-new-privileges:true"}
	}
	for _, path := range slices.Sorted(maps.Keys(s.Tmpfs)) {
		c.Tmpfs = append(c.Tmpfs, path+":"+s.Tmpfs[path])
	}
	if s.JoinContainer != "" {
		c.NetworkMode = "service:" + s.JoinContainer
	}
	if n := s.Network; n != nil {
		a := attachment{IPv4: n.IPv4.String()}
		if n.IPv6.IsValid() {
			a.IPv6 = n.IPv6.String()
		}
		c.Networks, c.MACAddress = map[string]attachment{n.Network: a}, n.MAC.String()
	}
	return c
}

// literal keeps Compose from reading a dollar as the start of a variable.
func literal(s string) string { return strings.ReplaceAll(s, "$", "$$") }

func networkOf(n *docker.NetworkSpec) network {
	out := network{Name: n.Name, Driver: n.Driver, DriverOpts: n.DriverOptions(), Labels: n.Labels}
	pool := map[string]string{"subnet": n.Subnet.String()}
	if n.Gateway.IsValid() {
		pool["gateway"] = n.Gateway.String()
	}
	out.IPAM.Config = []map[string]string{pool}
	if n.Subnet6.IsValid() {
		out.IPv6 = true
		out.IPAM.Config = append(out.IPAM.Config, map[string]string{"subnet": n.Subnet6.String()})
	}
	return out
}
