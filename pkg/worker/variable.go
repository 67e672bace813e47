package worker

import (
	"fmt"
	"math"
	"net"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Variable is an environment variable of a setting. Of those that set the whole
// value the first one that is set counts, and then none that sets a part. A
// variable of the environment wins over any of a file.
type Variable struct {
	Name string
	// Unit is what its whole number counts: "ms", "s" or "min"; "" means that
	// it is written as in a configuration file. In the tag it follows the name:
	// env:"DECNET_BATCH_MAX_WAIT_MS:ms".
	Unit string
	// Part is "host" or "port" if it sets that part of an address only (the
	// tags env_host and env_port), otherwise "".
	Part string
}

var units = map[string]struct {
	length time.Duration
	name   string
}{"ms": {time.Millisecond, "milliseconds"}, "s": {time.Second, "seconds"}, "min": {time.Minute, "minutes"}}

// String is the name with what it counts or sets, for lists of variables.
func (v Variable) String() string {
	if what := v.Unit + v.Part; what != "" {
		return v.Name + " (" + what + ")"
	}
	return v.Name
}

// variables are those of a setting: of its tags, and its own name.
func variables(tag reflect.StructTag, key string) []Variable {
	own := Variable{Name: "DECNET_" + strings.ToUpper(strings.NewReplacer(".", "_", "-", "_").Replace(key))}
	var out []Variable
	for _, part := range []string{"", "host", "port"} {
		name := "env"
		if part != "" {
			name = "env_" + part
		}
		for text := range strings.SplitSeq(tag.Get(name), ",") {
			if text == "" {
				continue
			}
			v := Variable{Part: part}
			v.Name, v.Unit, _ = strings.Cut(text, ":")
			if _, ok := units[v.Unit]; v.Unit != "" && !ok {
				panic(fmt.Sprintf("setting %s: variable %s has the unknown unit %q", key, v.Name, v.Unit))
			}
			out = append(out, v)
		}
		if part == "" && !slices.ContainsFunc(out, func(v Variable) bool { return v.Name == own.Name }) {
			out = append(out, own)
		}
	}
	return out
}

// origins are where host and port of an address came from; for any other setting
// they are the same.
type origins struct{ host, port string }

func everywhere(origin string) origins { return origins{origin, origin} }

func (o origins) String() string {
	if o.host == o.port {
		return o.host
	}
	return o.host + " (host), " + o.port + " (port)"
}

// overlay lays what l says about the setting over raw.
func (s *Setting) overlay(l layer, raw any, from origins) (any, origins, error) {
	for _, v := range s.Env {
		value := l.vars[v.Name]
		if v.Part != "" || value == "" {
			continue
		}
		from = everywhere(l.origin(v.Name))
		if v.Unit == "" {
			return value, from, nil
		}
		d, err := v.duration(value)
		if err != nil {
			return nil, from, fmt.Errorf("%s: %s = %q: %w", from, s.Key, value, err)
		}
		return d, from, nil
	}
	host, err := s.part(l, "host")
	if err != nil {
		return nil, from, err
	}
	port, err := s.part(l, "port")
	if err != nil || host == "" && port == "" {
		return raw, from, err
	}
	return s.address(l, host, port, fmt.Sprint(raw), from)
}

// address replaces the parts of old that the variables called host and port set;
// one of them may be "".
func (s *Setting) address(l layer, host, port, old string, from origins) (any, origins, error) {
	newHost, newPort, err := net.SplitHostPort(old)
	if err != nil && (host == "" || port == "") {
		return nil, from, fmt.Errorf("%s: %s = %q: want host:port", from, s.Key, old)
	}
	if host != "" {
		value := l.vars[host]
		from.host, newHost = l.origin(host), strings.TrimSuffix(strings.TrimPrefix(value, "["), "]")
		if _, err := netip.ParseAddr(newHost); err != nil && strings.ContainsAny(newHost, ":/ ") {
			return nil, from, fmt.Errorf("%s: the host of %s = %q: want a name or an address, without a port", from.host, s.Key, value)
		}
	}
	if port != "" {
		from.port, newPort = l.origin(port), l.vars[port]
		if n, err := strconv.ParseUint(newPort, 10, 16); err != nil || n == 0 {
			return nil, from, fmt.Errorf("%s: the port of %s = %q: want 1 to 65535", from.port, s.Key, newPort)
		}
	}
	return net.JoinHostPort(newHost, newPort), from, nil
}

// part is the variable of l that sets a part of an address. Two that say
// different things are an error: whoever set them expects two addresses.
func (s *Setting) part(l layer, part string) (name string, err error) {
	for _, v := range s.Env {
		value := l.vars[v.Name]
		switch {
		case v.Part != part || value == "":
		case name == "":
			name = v.Name
		case value != l.vars[name]:
			return "", fmt.Errorf("%s = %q and %s = %q both set the %s of %s: set one of them only", l.origin(name), l.vars[name], v.Name, value, part, s.Key)
		}
	}
	return name, nil
}

// duration reads a whole number of the variable's units.
func (v Variable) duration(value string) (time.Duration, error) {
	u := units[v.Unit]
	n, err := strconv.ParseInt(value, 10, 64)
	if most := int64(math.MaxInt64 / u.length); err != nil || n > most || n < -most {
		return 0, fmt.Errorf("want a whole number of %s", u.name)
	}
	return time.Duration(n) * u.length, nil
}
