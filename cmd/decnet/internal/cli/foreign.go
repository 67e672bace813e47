package cli

import "strings"

// foreign is variables of the Python system that mean nothing here, and why.
// Whoever comes from there has them in a file, and is told instead of left to
// wonder. A name that ends in "*" stands for all that begin so.
type foreign struct {
	names []string
	why   string
}

// The table is in the order of the page that is made from it. A variable leaves
// it when something begins to obey it.
var foreigners = []foreign{
	{[]string{"DECNET_JWT_SECRET", "DECNET_SECRET_KEY"}, "a session is a random token that the store knows; nothing is signed with a key"},
	{[]string{"DECNET_API_TOKEN"}, "commands talk to the bus, which lets the user of the data folder in"},
	{[]string{"DECNET_DEVELOPER"}, "there is no developer mode; DECNET_LOG_LEVEL=debug tells more"},
	{[]string{"DECNET_DEVELOPER_TRACING", "DECNET_TRACING"}, "tracing is on as soon as DECNET_OTEL_ENDPOINT is set"},
	{[]string{"DECNET_TESTING", "DECNET_CONTRACT_TEST"}, "nothing behaves differently in tests"},
	{[]string{"DECNET_CORS_ORIGINS"}, "the dashboard and the API are one origin, and no other may ask"},
	{[]string{"DECNET_LIMITER_ENABLED"}, "the limit of login attempts cannot be turned off"},
	{[]string{"DECNET_TRUSTED_PROXIES"}, "not built yet: a request counts for the address that it comes from"},
	{[]string{"DECNET_SSE_MAX_PER_USER"}, "live streams are limited in total: DECNET_API_MAX_STREAMS"},
	{[]string{"DECNET_PROFILE_REQUESTS", "DECNET_PROFILE_DIR"}, "it is a profiler of Python; traces show where time goes: DECNET_OTEL_ENDPOINT"},
	{[]string{"DECNET_EMBED_PROFILER", "DECNET_EMBED_COLLECTOR"}, "\"decnet up\" runs every worker in one process; outside of it each is a program of its own"},
	{[]string{
		"DECNET_DB_POOL_SIZE", "DECNET_DB_MAX_OVERFLOW", "DECNET_DB_POOL_RECYCLE", "DECNET_DB_POOL_PRE_PING",
	}, "the pool follows the number of processors; pool_max_conns in DECNET_DB_URL sets it"},
	{[]string{"DECNET_BUS_ENABLED"}, "events travel on the bus, so it cannot be turned off"},
	{[]string{"DECNET_BUS_TYPE", "DECNET_BUS_SOCKET", "DECNET_BUS_GROUP"}, "the bus is NATS, run by \"decnet up\" or joined with DECNET_BUS_URL"},
	{[]string{
		"DECNET_COLLECTOR_RL_WINDOW_SEC", "DECNET_COLLECTOR_RL_EVENT_TYPES", "DECNET_COLLECTOR_DROP_APPS", "DECNET_COLLECTOR_SESSION_AGG_TTL_SEC",
	}, "the collector drops and merges no event"},
	{[]string{"DECNET_COLLECTOR_RECONCILE_S"}, "the collector reads what decoys leave in its spool and follows no containers"},
	{[]string{"DECNET_FP_SOCK"}, "decoys write every event to the spool"},
	{[]string{"DECNET_ARTIFACTS_ROOT"}, "collector.artifacts says where recordings and files that attackers bring are kept"},
	{[]string{"DECNET_RUN_DIR"}, "not built yet: topologies of several networks"},
	{[]string{
		"DECNET_MODE", "DECNET_DISALLOW_MASTER", "DECNET_SWARM_*", "DECNET_SWARMCTL_*", "DECNET_MASTER_HOST", "DECNET_HOST_UUID", "DECNET_LISTENER_HOST",
		"DECNET_AGENT_DIR", "DECNET_AGENT_LOG_FILE", "DECNET_UPDATER_*", "DECNET_VERIFY_HOSTNAME", "DECNET_ENROLL_BUNDLE_DIR",
	}, "not built yet: a fleet on several hosts"},
	{[]string{
		"DECNET_GEOIP_*", "DECNET_ASN_*", "DECNET_RPKI_*", "DECNET_PTR_ENABLED", "DECNET_INTEL_*", "DECNET_GREYNOISE_API_KEY", "DECNET_ABUSEIPDB_API_KEY",
		"DECNET_THREATFOX_API_KEY", "DECNET_MALWAREBAZAAR_AUTH_KEY", "DECNET_MAL_HASH_REFRESH_INTERVAL_S",
	}, "not built yet: what others know about an address or a file"},
	{[]string{"DECNET_EMBED_SNIFFER"}, "the sniffer runs where sniffer.interface names an interface"},
	{[]string{"DECNET_OSFP_PROVIDERS"}, "systems are told by a table of our own"},
	{[]string{"DECNET_CANARY_*", "DECNET_NODE_BIN"}, "not built yet: canary tokens"},
	{[]string{"DECNET_REALISM_*"}, "not built yet: texts from a language model"},
	{[]string{"DECNET_TTP_*", "DECNET_ATTACK_*", "DECNET_CLUSTERER_TYPE", "DECNET_CAMPAIGN_CLUSTERER_TYPE", "DECNET_VECTORSTORE_*"}, "not built yet: techniques and campaigns"},
	{[]string{"DECNET_WEBHOOK_*"}, "not built yet: telling other systems by webhook"},
	{[]string{"DECNET_TARPIT_POLL_INTERVAL"}, "not built yet: slowing attackers down"},
}

// meansNothing says why a variable of the Python system sets nothing here; "" if
// it is none.
func meansNothing(variable string) string {
	for _, f := range foreigners {
		for _, name := range f.names {
			if prefix, all := strings.CutSuffix(name, "*"); name == variable || all && strings.HasPrefix(variable, prefix) {
				return f.why
			}
		}
	}
	return ""
}
