// Package compose writes a fleet as a docker-compose.yml: deckies of the docker
// driver go in, a file that "docker compose" accepts comes out. Each decky is a
// base container that holds its address and sleeps, and a container per service
// that shares the base's network.
package compose

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
	"github.com/decnet/decnet/pkg/decnet/persona"
)

// Network is the Docker network that all deckies are on.
const Network = "decnet_lan"

// Options are for the whole file.
type Options struct {
	// BuildFlags are for whoever builds the images; they have no place in the
	// file and are told in its first lines.
	BuildFlags []string
}

// file is a compose file as far as it is used here.
type file struct {
	Services map[string]service `yaml:"services"`
	Networks map[string]network `yaml:"networks"`
}

type service struct {
	Image         string                `yaml:"image,omitempty"`
	Build         *build                `yaml:"build,omitempty"`
	ContainerName string                `yaml:"container_name"`
	Hostname      string                `yaml:"hostname,omitempty"`
	Command       []string              `yaml:"command,omitempty,flow"`
	NetworkMode   string                `yaml:"network_mode,omitempty"`
	Networks      map[string]attachment `yaml:"networks,omitempty"`
	// MACAddress is here and not with the network, where only new releases of
	// Compose take it.
	MACAddress  string            `yaml:"mac_address,omitempty"`
	DependsOn   []string          `yaml:"depends_on,omitempty,flow"`
	CapAdd      []string          `yaml:"cap_add,omitempty,flow"`
	Sysctls     map[string]string `yaml:"sysctls,omitempty"`
	Environment map[string]string `yaml:"environment,omitempty"`
	Labels      map[string]string `yaml:"labels"`
	Restart     string            `yaml:"restart"`
	Logging     logging           `yaml:"logging"`
}

type build struct {
	Context    string            `yaml:"context"`
	Dockerfile string            `yaml:"dockerfile"`
	Args       map[string]string `yaml:"args"`
}

type attachment struct {
	IPv4 string `yaml:"ipv4_address"`
	IPv6 string `yaml:"ipv6_address,omitempty"`
}

type logging struct {
	Driver  string            `yaml:"driver"`
	Options map[string]string `yaml:"options,flow"`
}

type network struct {
	Name       string            `yaml:"name"`
	Driver     string            `yaml:"driver"`
	DriverOpts map[string]string `yaml:"driver_opts"`
	IPAM       ipam              `yaml:"ipam"`
}

type ipam struct {
	Config []map[string]string `yaml:"config"`
}

// logs bound what one container may leave on the disk.
var logs = logging{Driver: "json-file", Options: map[string]string{"max-size": "10m", "max-file": "5"}}

// Generate writes the file. All deckies must be of the docker driver and of one
// network.
func Generate(deckies []decnet.Decky, o Options) ([]byte, error) {
	f := file{Services: make(map[string]service), Networks: make(map[string]network)}
	for i := range deckies {
		if err := f.add(&deckies[i]); err != nil {
			return nil, fmt.Errorf("decky %s: %w", deckies[i].Name, err)
		}
	}
	var b bytes.Buffer
	b.WriteString("# What the docker driver will run. The driver itself is not built yet, nor are the images of the\n" +
		"# decoys; images of your own run as they are: docker compose -p decnet up -d DECKY DECKY-SERVICE\n")
	if len(o.BuildFlags) > 0 {
		b.WriteString("# Images are built with: " + strings.Join(o.BuildFlags, " ") + "\n")
	}
	e := yaml.NewEncoder(&b)
	e.SetIndent(2)
	if err := e.Encode(f); err != nil {
		return nil, fmt.Errorf("write compose file: %w", err)
	}
	return b.Bytes(), e.Close()
}

func (f *file) add(d *decnet.Decky) error {
	if d.Driver != decnet.DriverDocker || d.Network == nil {
		return fmt.Errorf("is of driver %s: want docker", d.Driver)
	}
	os, err := catalog.FindOS(d.OS)
	if err != nil {
		return err
	}
	stack, err := catalog.FindStack(string(d.Stack))
	if err != nil {
		return err
	}
	p, err := persona.Derive(d)
	if err != nil {
		return err
	}
	f.Networks[Network] = networkOf(d.Network)
	base := service{
		Image: os.Image, ContainerName: d.Name, Hostname: p.Hostname, Command: []string{"sleep", "infinity"},
		Networks: map[string]attachment{Network: attach(d)}, CapAdd: []string{"NET_ADMIN"}, Sysctls: make(map[string]string),
		Labels: labels(d, ""), Restart: "unless-stopped", Logging: logs,
	}
	if !d.Network.IPvlan { // which has its parent's address
		base.MACAddress = p.MAC.String()
	}
	for _, key := range catalog.SysctlKeys() {
		base.Sysctls["net.ipv4."+key] = stack.Sysctls[key]
	}
	f.Services[d.Name] = base
	for _, s := range d.Services {
		f.Services[d.Name+"-"+s.Slug] = serviceOf(d, s, os.BuildBase)
	}
	return nil
}

func attach(d *decnet.Decky) attachment {
	a := attachment{IPv4: d.Address.String()}
	if d.Address6.IsValid() {
		a.IPv6 = d.Address6.String()
	}
	return a
}

// serviceOf is one service's container: the user's image, or one that is built
// from the decoy program on the distro's base.
func serviceOf(d *decnet.Decky, s decnet.ServiceRequest, buildBase string) service {
	c := service{
		ContainerName: d.Name + "-" + s.Slug, NetworkMode: "service:" + d.Name, DependsOn: []string{d.Name},
		Environment: map[string]string{"NODE_NAME": d.Name}, Labels: labels(d, s.Slug), Restart: "unless-stopped", Logging: logs,
	}
	if d.LogTarget != "" {
		c.Environment["LOG_TARGET"] = string(d.LogTarget)
	}
	if s.Custom != nil {
		c.Image = literal(s.Custom.Image)
		for _, word := range s.Custom.Exec {
			c.Command = append(c.Command, literal(word))
		}
		return c
	}
	c.Build = &build{Context: ".", Dockerfile: s.Slug + ".Dockerfile", Args: map[string]string{"BASE_IMAGE": buildBase}}
	for _, name := range slices.Sorted(maps.Keys(s.Settings)) {
		c.Environment["DECNET_SETTING_"+name] = literal(s.Settings[name])
	}
	return c
}

// literal keeps Compose from reading a dollar as the start of a variable.
func literal(s string) string { return strings.ReplaceAll(s, "$", "$$") }

func labels(d *decnet.Decky, slug string) map[string]string {
	l := map[string]string{"decnet.fleet": d.Fleet, "decnet.fleet.decky": d.Name}
	if slug != "" {
		l["decnet.fleet.service"] = "true"
		l["decnet.fleet.service_name"] = slug
	}
	return l
}

func networkOf(n *decnet.Network) network {
	pool := map[string]string{"subnet": n.Subnet.String()}
	if n.Gateway.IsValid() {
		pool["gateway"] = n.Gateway.String()
	}
	out := network{Name: Network, Driver: "macvlan", DriverOpts: map[string]string{"parent": n.Interface}, IPAM: ipam{Config: []map[string]string{pool}}}
	if n.IPvlan {
		out.Driver, out.DriverOpts["ipvlan_mode"] = "ipvlan", "l2"
	}
	return out
}
