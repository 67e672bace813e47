// Package tools is the module of the project's own tools: modsync keeps go.mod
// files in step, house checks the rules that no compiler checks. The linters
// have a module of their own in tools/lint, outside the workspace, so that their
// many dependencies do not take part in choosing ours.
package tools
