package compose

// file is a compose file as far as it is used here. Its keys are those of the Compose
// specification that release 1.29 knows too, which Debian 12 has.
type file struct {
	Services map[string]service `yaml:"services"`
	Networks map[string]network `yaml:"networks"`
}

type service struct {
	Image         string                `yaml:"image"`
	Build         *build                `yaml:"build,omitempty"`
	ContainerName string                `yaml:"container_name"`
	Hostname      string                `yaml:"hostname,omitempty"`
	Command       []string              `yaml:"command,omitempty,flow"`
	User          string                `yaml:"user,omitempty"`
	NetworkMode   string                `yaml:"network_mode,omitempty"`
	Networks      map[string]attachment `yaml:"networks,omitempty"`
	// MACAddress is here and not with the network, where only new releases of
	// Compose take it.
	MACAddress  string            `yaml:"mac_address,omitempty"`
	DependsOn   []string          `yaml:"depends_on,omitempty,flow"`
	CapDrop     []string          `yaml:"cap_drop,omitempty,flow"`
	CapAdd      []string          `yaml:"cap_add,omitempty,flow"`
	SecurityOpt []string          `yaml:"security_opt,omitempty,flow"`
	ReadOnly    bool              `yaml:"read_only,omitempty"`
	Tmpfs       []string          `yaml:"tmpfs,omitempty"`
	Pids        int64             `yaml:"pids_limit,omitempty"`
	Memory      int64             `yaml:"mem_limit,omitempty"`
	Swap        int64             `yaml:"memswap_limit,omitempty"`
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
	IPv6       bool              `yaml:"enable_ipv6,omitempty"`
	IPAM       ipam              `yaml:"ipam"`
	Labels     map[string]string `yaml:"labels"`
}

type ipam struct {
	Config []map[string]string `yaml:"config"`
}
