package decnet

import "slices"

// AttackPhase is a step of an intrusion, by the names of the tactics of MITRE ATT&CK as far as
// they can be seen from a decoy.
type AttackPhase string

// The phases, from the first to the furthest.
const (
	PhaseReconnaissance      AttackPhase = "reconnaissance"
	PhaseInitialAccess       AttackPhase = "initial_access"
	PhaseExecution           AttackPhase = "execution"
	PhaseDiscovery           AttackPhase = "discovery"
	PhaseDefenseEvasion      AttackPhase = "defense_evasion"
	PhasePersistence         AttackPhase = "persistence"
	PhasePrivilegeEscalation AttackPhase = "privilege_escalation"
	PhaseCredentialAccess    AttackPhase = "credential_access"
	PhaseLateralMovement     AttackPhase = "lateral_movement"
	PhaseCollection          AttackPhase = "collection"
	PhaseCommandAndControl   AttackPhase = "command_and_control"
	PhaseExfiltration        AttackPhase = "exfiltration"
	PhaseImpact              AttackPhase = "impact"
)

var attackPhases = []AttackPhase{
	PhaseReconnaissance, PhaseInitialAccess, PhaseExecution, PhaseDiscovery, PhaseDefenseEvasion, PhasePersistence,
	PhasePrivilegeEscalation, PhaseCredentialAccess, PhaseLateralMovement, PhaseCollection, PhaseCommandAndControl,
	PhaseExfiltration, PhaseImpact,
}

// AttackPhases lists every phase, from the first to the furthest.
func AttackPhases() []AttackPhase { return slices.Clone(attackPhases) }

// Rank is how far the phase is, from 1; 0 if it is none.
func (p AttackPhase) Rank() int { return slices.Index(attackPhases, p) + 1 }

// Intent is what an attacker is after.
type Intent string

// The intents.
const (
	IntentRecon      Intent = "recon"            // to find out what is there
	IntentMining     Intent = "mining"           // to mine coins
	IntentRansom     Intent = "ransom"           // to destroy or encrypt, and ask for money
	IntentProxy      Intent = "proxy"            // to send traffic through the machine
	IntentBotnet     Intent = "botnet"           // to make it one of many
	IntentCredential Intent = "credential_theft" // to take keys and passwords
	IntentLateral    Intent = "lateral_movement" // to go on from here
)

// Intents lists every intent.
func Intents() []Intent {
	return []Intent{IntentRecon, IntentMining, IntentRansom, IntentProxy, IntentBotnet, IntentCredential, IntentLateral}
}
