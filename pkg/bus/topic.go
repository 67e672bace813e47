package bus

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Role is a kind of worker, as the topic table names it.
type Role string

// The roles.
const (
	RoleCollector Role = "collector"
	RoleIngester  Role = "ingester"
	RoleProfiler  Role = "profiler"
	RoleDeployer  Role = "deployer"
	RoleForwarder Role = "forwarder"
	RoleProber    Role = "prober"
	RoleAPI       Role = "api"
	RoleCLI       Role = "cli"
	// RoleEvery stands for all workers; pkg/worker does it for them.
	RoleEvery Role = "every worker"
	// RoleBus stands for Consume itself, which writes dead letters for all.
	RoleBus Role = "pkg/bus"
)

// Info describes a topic for everything that is not concerned with its type.
type Info struct {
	// Name is the fixed beginning of the subject, as in "logs.raw".
	Name string
	// Keys name the tokens that follow, from broad to narrow.
	Keys []string
	// Stream keeps the messages; empty means core NATS, where only those who
	// listen at the moment get them.
	Stream string
	// Lanes is into how many lanes the topic is divided, 0 for not at all. Then its
	// one key is the lane; see Lane, and the package comment on how they are consumed.
	Lanes int
	// Version is the major version of the body; 0 means 1.
	Version int
	// Type is the CloudEvents type of the body, with its major version.
	Type string
	// From and To are the roles that publish and consume.
	From, To []Role
	Doc      string
}

// Pattern is the subject with its keys in angle brackets, for people.
func (i Info) Pattern() string {
	s := i.Name
	for _, k := range i.Keys {
		s += ".<" + k + ">"
	}
	return s
}

// Filter is the subject that matches all of the topic's messages.
func (i Info) Filter() string { return i.Name + strings.Repeat(".*", len(i.Keys)) }

// A Topic is one kind of message with a body of type T.
type Topic[T any] struct{ Info }

// define fills in what follows from the name and the version.
func define[T any](i Info) Topic[T] {
	i.Version = max(i.Version, 1)
	i.Type = fmt.Sprintf("decnet.%s.v%d", i.Name, i.Version)
	return Topic[T]{i}
}

var validToken = regexp.MustCompile(`^[a-z0-9_-]{1,64}$`)

// subject joins name and keys after checking that every key is one token.
func (i Info) subject(keys []string) (string, error) {
	if len(keys) != len(i.Keys) {
		return "", fmt.Errorf("topic %s: want keys %v, have %d", i.Name, i.Keys, len(keys))
	}
	for n, k := range keys {
		if !validToken.MatchString(k) {
			return "", fmt.Errorf("topic %s: key %s is %q: want 1 to 64 of a-z, 0-9, '-' and '_'", i.Name, i.Keys[n], k)
		}
	}
	return strings.Join(slices.Insert(slices.Clone(keys), 0, i.Name), "."), nil
}

// ParseKeys returns the keys of a subject of this topic.
func (i Info) ParseKeys(subject string) ([]string, error) {
	rest, ok := strings.CutPrefix(subject, i.Name+".")
	keys := strings.Split(rest, ".")
	if !ok || len(keys) != len(i.Keys) {
		return nil, fmt.Errorf("subject %q is not of topic %s", subject, i.Pattern())
	}
	return keys, nil
}

// Outgoing is a message on its way out. Make it with Topic.New.
type Outgoing struct {
	topic Info
	id    string
	keys  []string
	body  any
	time  time.Time
	ctx   context.Context // carries the trace of what caused this message
}

// New makes a message. Its id is what recognises a repetition: the same cause
// must give the same id. ctx gives the trace that the message continues.
func (t Topic[T]) New(ctx context.Context, id string, body T, keys ...string) Outgoing {
	return Outgoing{topic: t.Info, id: id, keys: keys, body: body, time: time.Now(), ctx: ctx}
}
