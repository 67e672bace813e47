package ini

import "slices"

// Key is one key of a file, as documentation and the sample show it.
type Key struct {
	Name string `json:"name"`
	// Aliases mean the same.
	Aliases []string `json:"aliases,omitempty"`
	Doc     string   `json:"doc"`
	Example string   `json:"example"`
	// Integer says that the value is a whole number from Min to Max.
	Integer  bool `json:"integer,omitempty"`
	Min, Max int  `json:"-"`
	// List says that it is a list with commas.
	List bool `json:"list,omitempty"`
}

// General are the keys of [general].
func General() []Key { return slices.Clone(generalKeys) }

var generalKeys = []Key{
	{Name: "net", Doc: "The subnet that deckies get their addresses from.", Example: "10.20.0.0/24"},
	{Name: "gw", Doc: "The subnet's gateway, which no decky gets.", Example: "10.20.0.1"},
	{Name: "interface", Doc: "The host's interface to that subnet; without it the one of its default route.", Example: "ens18"},
	{Name: "ip_start", Aliases: []string{"ip-start"}, Doc: "The first address to hand out.", Example: "10.20.0.50"},
	{Name: "log_target", Aliases: []string{"log-target"}, Doc: "A syslog receiver that gets every event: host:port or tcp://host:port for TCP, tls://host:port for TLS, udp://host:port for UDP.", Example: "10.0.0.5:514"},
	mutateKey("How often deckies change, in minutes, if they say nothing themselves."),
}

// Decky are the keys of a decky's section.
func Decky() []Key { return slices.Clone(deckyKeys) }

var deckyKeys = []Key{
	{Name: "ip", Doc: "A fixed address; without it the next free one of the subnet.", Example: "10.20.0.10"},
	{Name: "archetype", Doc: "What the machine is for; see decnet archetypes.", Example: "linux-server"},
	{Name: "services", List: true, Doc: "What it runs, instead of its archetype's services; see decnet services.", Example: "ssh, http"},
	{Name: "distro", Aliases: []string{"os"}, List: true, Doc: "The operating system, or several to choose from; see decnet distros.", Example: "debian"},
	{Name: "nmap_os", Aliases: []string{"nmap-os"}, Doc: "The TCP/IP stack that scanners see; without it the operating system's own.", Example: "linux"},
	mutateKey("How often it changes, in minutes, or never."),
	{Name: "amount", Integer: true, Min: 1, Max: 100, Doc: "How many there are; more than one become NAME-01, NAME-02, …", Example: "3"},
}

// Custom are the keys of a [custom-NAME] section.
func Custom() []Key { return slices.Clone(customKeys) }

var customKeys = []Key{
	{Name: "binary", Aliases: []string{"image"}, Doc: "The container image.", Example: "registry.local/billing:1"},
	{Name: "exec", Aliases: []string{"command"}, Doc: "The command to run in it, instead of the image's own.", Example: "/srv/billing --port 9443"},
	{Name: "ports", List: true, Doc: "The ports it listens on, 9443 or 161/udp.", Example: "9443"},
}

func mutateKey(doc string) Key {
	return Key{Name: "mutate_interval", Aliases: []string{"mutate-interval"}, Integer: true, Min: 1, Max: 366 * 24 * 60, Doc: doc, Example: "30"}
}

// names are all that may be written for the keys, in their order.
func names(keys []Key) []string {
	var out []string
	for _, k := range keys {
		out = append(append(out, k.Name), k.Aliases...)
	}
	return out
}

// canonical is the key that name stands for, or "".
func canonical(keys []Key, name string) string {
	for _, k := range keys {
		if k.Name == name || slices.Contains(k.Aliases, name) {
			return k.Name
		}
	}
	return ""
}

// known reports whether name is a key of any section.
func known(name string) bool {
	return canonical(generalKeys, name) != "" || canonical(deckyKeys, name) != "" || canonical(customKeys, name) != ""
}
