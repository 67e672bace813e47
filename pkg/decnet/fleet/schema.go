package fleet

import (
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
)

// object is a JSON object of a schema.
type object = map[string]any

// Schema is the JSON Schema (2020-12) of a Request, made from the catalogue and
// the services' specs: an editor or a form that follows it accepts what planning
// accepts, but for what depends on the fleet that is there.
func Schema(services []decnet.ServiceSpec) map[string]any {
	address := object{"type": "string", "description": "an IP address"}
	minutes := func(doc string) object {
		return object{"type": "integer", "minimum": -1, "maximum": MaxMinutes, "default": -1, "description": doc + "; -1 if not given, 0 for never"}
	}
	return object{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"title":   "A DECNET fleet", "type": "object", "additionalProperties": false,
		"required": []string{"fleet", "host", "driver", "deckies"},
		"properties": object{
			"fleet":  nameSchema("the fleet's name; what it has and is not listed here is taken down"),
			"host":   nameSchema("the host whose deployer runs it"),
			"driver": object{"enum": decnet.Drivers(), "description": "how the deckies are put on the wire"},
			"network": object{"type": "object", "additionalProperties": false, "properties": object{
				"interface": object{"type": "string", "description": "the host's interface to the deckies' network"},
				"subnet":    object{"type": "string", "description": "the subnet of their addresses, as 10.20.0.0/24"},
				"gateway":   address, "ipvlan": object{"type": "boolean", "default": false},
			}},
			"prefix6":                object{"type": "string", "description": "the network's IPv6 prefix"},
			"ip_start":               address,
			"reserved":               object{"type": "array", "items": address, "description": "addresses never to hand out"},
			"log_target":             object{"type": "string", "description": "a syslog receiver: host:port, tcp://host:port, tls://host:port or udp://host:port"},
			"mutate_minutes":         minutes("how often every decky changes, whatever it says itself"),
			"default_mutate_minutes": minutes("how often a decky changes that says nothing"),
			"allow_incoherent":       object{"type": "boolean", "default": false, "description": "allow machines that do not exist"},
			"deckies":                object{"type": "array", "minItems": 1, "maxItems": MaxDeckies, "items": deckySchema(services, minutes("how often it changes"))},
			"custom":                 object{"type": "array", "items": customSchema()},
		},
	}
}

func nameSchema(doc string) object {
	return object{"type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", "description": doc}
}

func deckySchema(services []decnet.ServiceSpec, minutes object) object {
	var archetypes, systems []string
	for _, a := range catalog.Archetypes() {
		archetypes = append(archetypes, a.Slug)
	}
	for _, o := range catalog.OSes() {
		systems = append(systems, o.Slug)
	}
	settings := object{}
	for i := range services {
		if s := &services[i]; s.Built {
			settings[s.Slug] = settingsSchema(s)
		}
	}
	return object{
		"type": "object", "additionalProperties": false, "required": []string{"name"},
		"properties": object{
			"name":      nameSchema("the decky's name"),
			"address":   object{"type": "string", "description": "a fixed address"},
			"archetype": object{"enum": archetypes, "description": "what the machine is for"},
			"services": object{
				"type": "array", "uniqueItems": true, "items": nameSchema("a service, or one of custom"),
				"description": "what it runs, instead of its archetype's services; drawn if neither is given",
			},
			"oses":           object{"type": "array", "items": object{"enum": systems}, "description": "operating systems to choose from"},
			"nmap_os":        object{"enum": decnet.Families(), "description": "the TCP/IP stack to show"},
			"settings":       object{"type": "object", "additionalProperties": false, "properties": settings},
			"mutate_minutes": minutes,
		},
	}
}

// settingsSchema has all values as strings, as Settings are.
func settingsSchema(s *decnet.ServiceSpec) object {
	properties := object{}
	for _, set := range s.Settings {
		p := object{"type": "string", "description": set.Doc, "default": set.Default}
		switch set.Type {
		case decnet.SettingInt:
			p["pattern"] = "^-?[0-9]+$"
		case decnet.SettingBool:
			p["enum"] = []string{"true", "false"}
		case decnet.SettingEnum:
			p["enum"] = set.Choices
		case decnet.SettingString:
		}
		properties[set.Name] = p
	}
	return object{"type": "object", "additionalProperties": false, "description": s.Title, "properties": properties}
}

func customSchema() object {
	return object{
		"type": "object", "additionalProperties": false, "required": []string{"slug", "image", "ports"},
		"properties": object{
			"slug":  nameSchema("the service's name"),
			"image": object{"type": "string", "description": "the container image"},
			"exec":  object{"type": "array", "items": object{"type": "string"}, "description": "the command in it, instead of the image's own"},
			"ports": object{"type": "array", "minItems": 1, "items": object{
				"type": "object", "additionalProperties": false, "required": []string{"port", "transport"},
				"properties": object{"port": object{"type": "integer", "minimum": 1, "maximum": 65535}, "transport": object{"enum": []decnet.Transport{decnet.TCP, decnet.UDP}}},
			}},
		},
	}
}
