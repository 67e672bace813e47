package containers

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"

	"github.com/decnet/decnet/decoys/container"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
	"github.com/decnet/decnet/pkg/decnet/persona"
	"github.com/decnet/decnet/pkg/docker"
)

// Network is the name of the engine's network that all deckies are on.
const Network = "decnet_lan"

// nobody is whom the decoys run as.
const nobody = "65534:65534"

// What a base container, which only sleeps, may have.
const (
	basePids   = 32
	baseMemory = 64 << 20
)

// quiet is what every decky's namespace is set to. A new one copies settings of the
// host it is on, which the engine may have made a router.
var quiet = map[string]string{
	"net.ipv4.ip_unprivileged_port_start": "0", // decoys bind low ports as an ordinary user
	"net.ipv4.ip_forward":                 "0",
	"net.ipv4.conf.all.arp_ignore":        "1",
	"net.ipv4.conf.all.arp_announce":      "2",
	"net.ipv4.conf.all.arp_notify":        "1", // for network.Announce
	"net.ipv4.conf.all.proxy_arp":         "0",
	"net.ipv4.conf.all.route_localnet":    "0",
	"net.ipv4.conf.all.log_martians":      "0",
	"net.ipv4.conf.all.rp_filter":         "0",
}

// Group is a decky as containers.
type Group struct {
	// Base owns the decky's address and its wall; the others share its network.
	Base docker.Spec
	// Image is that of the operating system which the decky claims. The decoy
	// program is put on it.
	Image    string
	Services []Service
}

// Service is one service of a decky as a container.
type Service struct {
	Slug  string
	Ports []decnet.PortSpec
	// Custom says that the image is the user's.
	Custom bool
	Spec   docker.Spec
}

// Catalog is what a Group is made with.
type Catalog struct {
	// Installation goes into the label docker.LabelInstallation.
	Installation string
	// Decoy is the name of the image with the decoy program on that base.
	Decoy func(base string) string
	// Find looks a service up.
	Find func(slug string) (decnet.ServiceSpec, error)
}

// GroupOf says which containers a decky of the docker driver is.
func GroupOf(d *decnet.Decky, c Catalog) (*Group, error) {
	if d.Driver != decnet.DriverDocker || d.Network == nil {
		return nil, fmt.Errorf("decky %s is of driver %s: want %s", d.Name, d.Driver, decnet.DriverDocker)
	}
	os, err := catalog.FindOS(d.OS)
	if err != nil {
		return nil, err
	}
	g := &Group{Image: os.Image}
	var udp []uint16
	for _, s := range d.Services {
		service, err := serviceOf(d, s, os.Image, c)
		if err != nil {
			return nil, fmt.Errorf("decky %s: %w", d.Name, err)
		}
		for _, p := range service.Ports {
			if p.Transport == decnet.UDP {
				udp = append(udp, p.Port)
			}
		}
		g.Services = append(g.Services, *service)
	}
	slices.Sort(udp)
	g.Base, err = baseOf(d, c, g.Image, slices.Compact(udp))
	return g, err
}

func baseOf(d *decnet.Decky, c Catalog, image string, udp []uint16) (docker.Spec, error) {
	p, err := persona.Derive(d)
	if err != nil {
		return docker.Spec{}, err
	}
	stack, err := catalog.StackOf(&p.OS, d.Stack)
	if err != nil {
		return docker.Spec{}, err
	}
	s := docker.Spec{
		Name: d.Name, Image: c.Decoy(image), Command: []string{container.TaskHold}, Hostname: p.Hostname,
		Labels: labels(d, c.Installation, ""), Restart: "unless-stopped", Pids: basePids, Memory: baseMemory,
		Network: &docker.Attachment{Network: Network, IPv4: d.Address, IPv6: d.Address6},
		CapAdd:  []string{"NET_ADMIN"}, // for its wall; it gives it up
		Sysctls: maps.Clone(quiet),
	}
	for _, port := range udp {
		s.Command = append(s.Command, strconv.Itoa(int(port)))
	}
	if !d.Network.IPvlan { // which has its parent's
		s.Network.MAC = p.MAC
	}
	for _, key := range catalog.SysctlKeys() {
		s.Sysctls["net.ipv4."+key] = stack.Sysctls[key]
	}
	docker.Hardened(&s)
	return s, nil
}

// serviceOf is one service's container: the user's image, or the decoy program.
func serviceOf(d *decnet.Decky, r decnet.ServiceRequest, image string, c Catalog) (*Service, error) {
	s := &Service{Slug: r.Slug, Spec: docker.Spec{
		Name: d.Name + "-" + r.Slug, JoinContainer: d.Name, Labels: labels(d, c.Installation, r.Slug),
		Env: map[string]string{"NODE_NAME": d.Name}, Restart: "unless-stopped",
	}}
	docker.Hardened(&s.Spec)
	if r.Custom != nil {
		s.Custom, s.Ports = true, r.Custom.Ports
		s.Spec.Image, s.Spec.Command = r.Custom.Image, r.Custom.Exec
		if d.LogTarget != "" {
			s.Spec.Env["LOG_TARGET"] = string(d.LogTarget)
		}
		return s, nil
	}
	spec, err := c.Find(r.Slug)
	if err != nil {
		return nil, err
	}
	bare, err := json.Marshal(forContainer(d, r))
	if err != nil {
		return nil, fmt.Errorf("service %s: %w", r.Slug, err)
	}
	s.Ports = spec.Ports
	s.Spec.Image, s.Spec.Command, s.Spec.User = c.Decoy(image), []string{container.TaskServe}, nobody
	s.Spec.Env[container.DeckyVariable] = string(bare)
	return s, nil
}

// forContainer is d as far as one service's container needs it. It leaves out what
// would be of use to somebody who took the container over, and what would have it
// made anew when another service changes.
func forContainer(d *decnet.Decky, r decnet.ServiceRequest) *decnet.Decky {
	return &decnet.Decky{
		Name: d.Name, Host: d.Name, Fleet: d.Name, Driver: decnet.DriverLoopback, Address: d.Address, Address6: d.Address6,
		Services: []decnet.ServiceRequest{r}, Archetype: d.Archetype, OS: d.OS, Stack: d.Stack, Seed: d.Seed, Created: d.Created,
	}
}

func labels(d *decnet.Decky, installation, slug string) map[string]string {
	l := map[string]string{docker.LabelInstallation: installation, docker.LabelFleet: d.Fleet, docker.LabelDecky: d.Name}
	if slug != "" {
		l[docker.LabelService], l[docker.LabelServiceName] = "true", slug
	}
	return l
}

// NetworkOf is the engine's network for all of those deckies, which are to be on
// one. It has IPv6 if one of them has.
func NetworkOf(deckies []*decnet.Decky, installation string) (docker.NetworkSpec, error) {
	n := deckies[0].Network
	s := docker.NetworkSpec{
		Name: Network, Driver: docker.Macvlan, Parent: n.Interface, Subnet: n.Subnet.Masked(), Gateway: n.Gateway,
		Labels: map[string]string{docker.LabelInstallation: installation},
	}
	if n.IPvlan {
		s.Driver = docker.IPvlan
	}
	for _, d := range deckies {
		if *d.Network != *n {
			return s, fmt.Errorf("decky %s is on %s and decky %s on %s: the docker driver has one network for all", deckies[0].Name, onWhat(n), d.Name, onWhat(d.Network))
		}
		if d.Address6.IsValid() && !s.Subnet6.IsValid() {
			s.Subnet6 = netip.PrefixFrom(d.Address6, 64).Masked()
		}
	}
	return s, nil
}

func onWhat(n *decnet.Network) string {
	kind := docker.Macvlan
	if n.IPvlan {
		kind = docker.IPvlan
	}
	return fmt.Sprintf("%s of %s (%s)", n.Subnet, n.Interface, kind)
}
