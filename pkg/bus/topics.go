package bus

import "github.com/decnet/decnet/pkg/decnet"

// The topics. This table is the only place where a subject is written down:
// streams, docs/reference/bus.md and a test that every topic has a producer and
// a consumer are made from it. An <attacker> is a decnet.AttackerID.
var (
	LogsRaw = define[decnet.RawLog](Info{
		Name: "logs.raw", Keys: []string{"host", "decky", "service"}, Stream: "LOGS",
		From: []Role{RoleCollector}, To: []Role{RoleIngester, RoleForwarder},
		Doc: "A line as a decoy wrote it. Decky and service are \"_\" where the line does not say.",
	})
	Wire = define[decnet.Event](Info{
		Name: "wire", Keys: []string{"kind", "host"}, Stream: "WIRE",
		From: []Role{RoleSniffer}, To: []Role{RoleIngester},
		Doc: "What was seen on the wire, as an event of the service sniffer; it has no decky if it concerns none.",
	})
	LogsParsed = define[decnet.Event](Info{
		Name: "logs.parsed", Keys: []string{"host", "decky", "service"}, Stream: "EVENTS",
		From: []Role{RoleIngester}, To: []Role{RoleAPI},
		Doc: "An event, after it was stored. Decky is \"_\" where it concerns none.",
	})
	AttackersSeen = define[decnet.Sightings](Info{
		Name: "attackers.seen", Keys: []string{"lane"}, Lanes: 32, Version: 2, Stream: "ATTACKERS",
		From: []Role{RoleIngester, RoleProfiler}, To: []Role{RoleProfiler, RoleProber},
		Doc: "New events of attackers of one lane are stored, of each up to the number it carries.",
	})
	AttackersBehind = define[decnet.Sightings](Info{
		Name: "attackers.behind", Keys: []string{"lane"}, Lanes: 4, Stream: "ATTACKERS",
		From: []Role{RoleProfiler}, To: []Role{RoleProfiler},
		Doc: "Attackers with so many new events that others would have to wait for their profiles.",
	})
	AttackersProfiled = define[decnet.Profile](Info{
		Name: "attackers.profiled", Keys: []string{"attacker"}, Stream: "FINDINGS",
		From: []Role{RoleProfiler}, To: []Role{RoleAPI},
		Doc: "An attacker's profile, after it was stored.",
	})
	CredentialsCaptured = define[decnet.Credential](Info{
		Name: "credentials.captured", Keys: []string{"attacker"}, Stream: "FINDINGS",
		From: []Role{RoleIngester}, To: []Role{RoleAPI},
		Doc: "A credential an attacker offered, after it was stored.",
	})
	BountiesFound = define[decnet.Bounty](Info{
		Name: "bounties.found", Keys: []string{"attacker"}, Stream: "FINDINGS",
		From: []Role{RoleIngester}, To: []Role{RoleAPI},
		Doc: "Something worth keeping of an attacker, as the first event had it, after it was stored. Later ones are only counted.",
	})
	AttackersTraversed = define[decnet.Traversal](Info{
		Name: "attackers.traversed", Keys: []string{"attacker"}, Stream: "FINDINGS",
		From: []Role{RoleProfiler}, To: []Role{RoleAPI},
		Doc: "An attacker was seen on a further decky, not its first.",
	})
	AttackersLinked = define[decnet.AttackerLink](Info{
		Name: "attackers.linked", Keys: []string{"attacker"}, Stream: "FINDINGS",
		From: []Role{RoleProfiler}, To: []Role{RoleAPI},
		Doc: "Two attackers have something in common: a hint for whoever puts campaigns together.",
	})
	CredentialsReused = define[decnet.CredentialReuse](Info{
		Name: "credentials.reused", Keys: []string{"hash"}, Stream: "FINDINGS",
		From: []Role{RoleProfiler}, To: []Role{RoleAPI},
		Doc: "A credential was offered in a further place or by a further attacker; by the SHA-256 of its secret.",
	})
	AttackersProbed = define[decnet.Probe](Info{
		Name: "attackers.probed", Keys: []string{"attacker"}, Stream: "FINDINGS",
		From: []Role{RoleProber}, To: []Role{RoleIngester, RoleAPI},
		Doc: "What a probe of an attacker's own host gave.",
	})
	DeckiesState = define[decnet.DeckyState](Info{
		Name: "deckies.state", Keys: []string{"host", "decky"}, Stream: "DECKIES",
		From: []Role{RoleDeployer}, To: []Role{RoleAPI, RoleCLI, RoleDeployer},
		Doc: "What became of a decky. The last message of a subject is its state now.",
	})
	SystemHealth = define[decnet.Health](Info{
		Name: "system.health", Keys: []string{"worker", "instance"},
		From: []Role{RoleEvery}, To: []Role{RoleAPI},
		Doc: "How a worker is, every few seconds and at every change. The workers bucket keeps the latest.",
	})
	DeadLetters = define[decnet.DeadLetter](Info{
		Name: "dlq", Keys: []string{"stream", "consumer"}, Stream: "DLQ",
		From: []Role{RoleBus, RoleCollector}, To: []Role{RoleAPI, RoleCLI, RoleBus},
		Doc: "A message that no retry could handle, whole, with the reason.",
	})
)

// SystemPing asks one worker how it is now; the answer proves that it answers.
var SystemPing = defineEndpoint[struct{}, decnet.Health](Info{
	Name: "system.ping", Keys: []string{"worker", "instance"},
	From: []Role{RoleCLI}, To: []Role{RoleEvery},
	Doc: "Request-reply: how is this worker now?",
})

// SystemRestart has one worker begin anew; the answer is how it was.
var SystemRestart = defineEndpoint[struct{}, decnet.Health](Info{
	Name: "system.restart", Keys: []string{"worker", "instance"},
	From: []Role{RoleCLI}, To: []Role{RoleEvery},
	Doc: "Request-reply: drain and begin anew.",
})

// LogsDrain has the last lines of containers read, which are about to be removed.
var LogsDrain = defineEndpoint[decnet.DrainRequest, decnet.DrainAnswer](Info{
	Name: "logs.drain", Keys: []string{"host"},
	From: []Role{RoleDeployer}, To: []Role{RoleCollector},
	Doc: "Request-reply: read what stopped containers have written to the end; the answer says that it is on the bus.",
})

// Topics lists every topic, endpoints included, in the order of the data flow.
func Topics() []Info {
	return []Info{
		LogsRaw.Info, Wire.Info, LogsParsed.Info, AttackersSeen.Info, AttackersBehind.Info, AttackersProfiled.Info, AttackersTraversed.Info, AttackersLinked.Info, AttackersProbed.Info,
		CredentialsCaptured.Info, CredentialsReused.Info, BountiesFound.Info, DeckiesState.Info, SystemHealth.Info, SystemPing.Info, SystemRestart.Info, LogsDrain.Info, DeadLetters.Info,
	}
}

// The buckets.
var (
	// Fleet is the desired fleet, keyed by host and decky name.
	Fleet = defineBucket[decnet.Decky](BucketInfo{
		Name: "fleet", Keys: []string{"host", "decky"}, History: 8,
		Doc: "The desired fleet. A deployer makes its own host match; whoever changes it compares and sets.",
	})
	// Installation holds what is one per installation, keyed by what it is.
	Installation = defineBucket[decnet.Installation](BucketInfo{
		Name: "installation", Keys: []string{"item"}, History: 1,
		Doc: "What makes this installation's deckies unlike all others': made at the first deploy, a secret.",
	})
	// Workers is who is there, keyed by worker and instance.
	Workers = defineBucket[decnet.Health](BucketInfo{
		Name: "workers", Keys: []string{"worker", "instance"}, History: 64, TTL: presenceTTL,
		Doc: "The last health of every worker; one that stays silent disappears.",
	})
	// Labels is who the operator says sources are, keyed by prefix.
	Labels = defineBucket[decnet.SourceLabel](BucketInfo{
		Name: "labels", Keys: []string{"prefix"}, History: 8,
		Doc: "Who sources are: one's own scanners, others that mean no harm. Profilers follow it.",
	})
	// Probes is when attackers' hosts were probed, keyed by attacker.
	Probes = defineBucket[decnet.ProbeState](BucketInfo{
		Name: "probes", Keys: []string{"attacker"}, History: 1, TTL: decnet.ProbesKept,
		Doc: "When an attacker's host was last asked for what, and what it gave: whoever wants to ask compares and sets.",
	})
	// Switches is what operators have turned off, keyed by worker.
	Switches = defineBucket[decnet.Switch](BucketInfo{
		Name: "switches", Keys: []string{"worker"}, History: 8,
		Doc: "Which workers are to do nothing, on all hosts, until they are switched on again. Probers follow it.",
	})
	// Leases is who does what only one may do at a time; see Hold.
	Leases = defineBucket[decnet.Lease](BucketInfo{
		Name: "leases", Keys: []string{"worker", "task"}, History: 1, TTL: leaseTTL,
		Doc: "Which instance does what only one may do at a time; who does not renew it loses it.",
	})
)

// Buckets lists every bucket.
func Buckets() []BucketInfo {
	return []BucketInfo{Fleet.BucketInfo, Installation.BucketInfo, Workers.BucketInfo, Labels.BucketInfo, Probes.BucketInfo, Switches.BucketInfo, Leases.BucketInfo}
}
