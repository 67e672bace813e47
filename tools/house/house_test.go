// Package house holds the rules of the house that no compiler checks: who may
// import whom, that every package says what it is for, that every topic has
// somebody at both ends. A rule that is broken names the file and the reason.
package house_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/bus"
)

const (
	root   = "../.."
	module = "github.com/decnet/decnet/"
)

// file is one Go file of the tree, with its path from the root.
type file struct {
	path string
	dir  string
	test bool
	*ast.File
}

func (f *file) imports() []string {
	out := make([]string, len(f.Imports))
	for i, s := range f.Imports {
		out[i], _ = strconv.Unquote(s.Path.Value) // the parser accepted it
	}
	return out
}

func goFiles(t *testing.T) []*file {
	t.Helper()
	var files []*file
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && (name == "node_modules" || name == "testdata" || name != ".." && strings.HasPrefix(name, ".") && path != root) {
			return fs.SkipDir
		}
		if d.IsDir() || filepath.Ext(name) != ".go" {
			return nil
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(root, path)
		files = append(files, &file{path: relative, dir: filepath.Dir(relative), test: strings.HasSuffix(name, "_test.go"), File: parsed})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 50 {
		t.Fatalf("found %d Go files below %s: this test looks in the wrong place", len(files), root)
	}
	return files
}

// rule forbids imports to a part of the tree.
type rule struct {
	// in is the folder the rule is for; "" is the whole tree.
	in string
	// except are folders of it that may.
	except []string
	// forbid are import path prefixes; "=" before one makes it exact.
	forbid []string
	// tests says that the rule holds for test files too.
	tests bool
	why   string
}

var rules = []rule{
	{in: "decoys", forbid: []string{module + "pkg/bus", module + "pkg/store", module + "pkg/worker", "github.com/docker", "github.com/nats-io"}, tests: true, why: "a decoy that is taken over must not know how to reach anything"},
	{in: "", except: []string{"pkg/bus"}, forbid: []string{"github.com/nats-io/nats.go", "github.com/synadia-io"}, tests: true, why: "messages go through pkg/bus"},
	{in: "", except: []string{"pkg/bus/embed"}, forbid: []string{"github.com/nats-io/nats-server"}, tests: true, why: "only pkg/bus/embed carries the server"},
	{in: "", except: []string{"pkg/store"}, forbid: []string{"github.com/jackc/pgx", "modernc.org/sqlite", "database/sql", "github.com/pressly/goose"}, tests: true, why: "SQL is in pkg/store"},
	{in: "", except: []string{"pkg/worker"}, forbid: []string{"github.com/spf13/viper", "go.opentelemetry.io/otel/exporters", "github.com/prometheus"}, why: "configuration and telemetry are set up in pkg/worker"},
	{in: "", except: []string{"pkg/worker", "pkg/bus"}, forbid: []string{"go.opentelemetry.io/otel/sdk"}, why: "configuration and telemetry are set up in pkg/worker"},
	{in: "", except: []string{"pkg/network"}, forbid: []string{"github.com/vishvananda", "github.com/google/nftables", "github.com/cilium"}, tests: true, why: "interfaces are the business of pkg/network"},
	{in: "", except: []string{"pkg/capture", "pkg/network"}, forbid: []string{"github.com/gopacket", "github.com/google/gopacket"}, tests: true, why: "packets are read in pkg/capture, and ARP is spoken in pkg/network"},
	{in: "services/sniffer/wire", forbid: []string{"net/http", module + "pkg/bus", module + "pkg/worker"}, why: "what a capture says does not depend on a clock, a socket or a bus"},
	{in: "", except: []string{"pkg/docker"}, forbid: []string{"github.com/docker", "github.com/moby"}, tests: true, why: "the engine is the business of pkg/docker"},
	{in: "", forbid: []string{"=math/rand", "io/ioutil", "github.com/pkg/errors"}, tests: true, why: "it has a better successor"},
	{in: "pkg", forbid: []string{module + "services", module + "cmd", module + "decoys"}, tests: true, why: "pkg is below everything else"},
	{in: "services", except: []string{"services/deployer", "services/api"}, forbid: []string{module + "decoys"}, why: "only who deploys or lists decoys knows them"},
}

func TestImports(t *testing.T) {
	for _, f := range goFiles(t) {
		for _, imported := range f.imports() {
			for _, r := range rules {
				if inside(f.dir, r.in) && !slices.ContainsFunc(r.except, func(e string) bool { return inside(f.dir, e) }) && (!f.test || r.tests) && matches(imported, r.forbid) {
					t.Errorf("%s imports %s: %s", f.path, imported, r.why)
				}
			}
			checkServices(t, f, imported)
			if inside(f.dir, "pkg/decnet") && !f.test && !strings.HasPrefix(imported, module+"pkg/decnet") && strings.Contains(strings.SplitN(imported, "/", 2)[0], ".") {
				t.Errorf("%s imports %s: the vocabulary imports the standard library only", f.path, imported)
			}
		}
	}
}

// checkServices keeps services apart: each may import itself only, and only
// cmd/decnet and the end-to-end tests may import several.
func checkServices(t *testing.T, f *file, imported string) {
	t.Helper()
	rest, ok := strings.CutPrefix(imported, module+"services/")
	if !ok || inside(f.dir, "cmd/decnet") || inside(f.dir, "test/e2e") {
		return
	}
	if owner, _, _ := strings.Cut(rest, "/"); !inside(f.dir, "services/"+owner) {
		t.Errorf("%s imports %s: only cmd/decnet composes services", f.path, imported)
	}
}

// inside reports whether folder dir is parent or below it.
func inside(dir, parent string) bool {
	return parent == "" || dir == parent || strings.HasPrefix(dir, parent+"/")
}

func matches(imported string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return p == "="+imported || imported == p || strings.HasPrefix(imported, p+"/") })
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	documented, seen := map[string]bool{}, map[string]string{}
	for _, f := range goFiles(t) {
		if f.test {
			continue
		}
		seen[f.dir] = f.path
		if f.Doc != nil && len(f.Doc.Text()) > 40 {
			documented[f.dir] = true
		}
	}
	for dir, path := range seen {
		if !documented[dir] {
			t.Errorf("package %s (%s) has no package comment", dir, path)
		}
	}
}

func TestEveryTestedPackageChecksForLeaks(t *testing.T) {
	checks, tested := map[string]bool{}, map[string]bool{}
	for _, f := range goFiles(t) {
		if !f.test {
			continue
		}
		tested[f.dir] = true
		if slices.Contains(f.imports(), "go.uber.org/goleak") {
			checks[f.dir] = true
		}
	}
	for dir := range tested {
		// Packages of pure functions have no goroutines, and no dependency.
		if pure := inside(dir, "pkg/decnet") || inside(dir, "tools"); !checks[dir] && !pure {
			t.Errorf("the tests of %s do not check for leaked goroutines: add a TestMain with goleak", dir)
		}
	}
}

// Ends of a topic, as methods of bus.Topic and bus.Endpoint.
var (
	produces = []string{"New", "Request"}
	consumes = []string{"Consume", "ConsumeLanes", "Tail", "Latest", "Newest", "Listen", "Answer"}
)

// The topic table says who publishes and who consumes; the code must agree.
func TestEveryTopicHasSomebodyAtBothEnds(t *testing.T) {
	topics := map[string]bus.Info{
		"LogsRaw": bus.LogsRaw.Info, "Wire": bus.Wire.Info, "LogsParsed": bus.LogsParsed.Info, "AttackersSeen": bus.AttackersSeen.Info, "AttackersBehind": bus.AttackersBehind.Info,
		"AttackersProfiled": bus.AttackersProfiled.Info, "CredentialsCaptured": bus.CredentialsCaptured.Info, "BountiesFound": bus.BountiesFound.Info,
		"AttackersTraversed": bus.AttackersTraversed.Info, "AttackersLinked": bus.AttackersLinked.Info, "CredentialsReused": bus.CredentialsReused.Info,
		"AttackersProbed": bus.AttackersProbed.Info,
		"DeckiesState":    bus.DeckiesState.Info, "SystemHealth": bus.SystemHealth.Info, "SystemPing": bus.SystemPing.Info, "SystemRestart": bus.SystemRestart.Info, "LogsDrain": bus.LogsDrain.Info,
		"DeadLetters": bus.DeadLetters.Info,
	}
	if len(topics) != len(bus.Topics()) {
		t.Fatalf("the table has %d topics, this test knows %d", len(bus.Topics()), len(topics))
	}
	from, to := map[string]map[bus.Role]bool{}, map[string]map[bus.Role]bool{}
	for name := range topics {
		from[name], to[name] = map[bus.Role]bool{}, map[bus.Role]bool{}
	}
	for _, f := range goFiles(t) {
		role, ok := roleOf(f.dir)
		if f.test || !ok {
			continue
		}
		ast.Inspect(f.File, func(n ast.Node) bool {
			topic, method := topicCall(n, role)
			if _, known := topics[topic]; known {
				from[topic][role] = from[topic][role] || slices.Contains(produces, method)
				to[topic][role] = to[topic][role] || slices.Contains(consumes, method)
			}
			return true
		})
	}
	for name, info := range topics {
		compare(t, name+" is published by", info.From, from[name])
		compare(t, name+" is consumed by", info.To, to[name])
	}
}

// topicCall recognises bus.Topic.Method, as a call or as a value handed on, and
// Topic.Method inside pkg/bus itself.
func topicCall(n ast.Node, role bus.Role) (topic, method string) {
	sel, ok := n.(*ast.SelectorExpr)
	if !ok {
		// A topic that is handed to a helper is consumed by whoever does so.
		if call, ok := n.(*ast.CallExpr); ok {
			for _, arg := range call.Args {
				if s, ok := arg.(*ast.SelectorExpr); ok && isIdent(s.X, "bus") {
					return s.Sel.Name, "Tail"
				}
			}
		}
		return "", ""
	}
	switch x := sel.X.(type) {
	case *ast.SelectorExpr:
		if isIdent(x.X, "bus") {
			return x.Sel.Name, sel.Sel.Name
		}
	case *ast.Ident:
		if role == bus.RoleBus {
			return x.Name, sel.Sel.Name
		}
	}
	return "", ""
}

func isIdent(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

func roleOf(dir string) (bus.Role, bool) {
	switch {
	case inside(dir, "services"):
		return bus.Role(strings.Split(dir, "/")[1]), true
	case inside(dir, "pkg/worker") && !inside(dir, "pkg/worker/workertest"):
		return bus.RoleEvery, true
	case dir == "pkg/bus":
		return bus.RoleBus, true
	case inside(dir, "cmd/decnet/internal/cli"):
		return bus.RoleCLI, true
	}
	return "", false
}

func compare(t *testing.T, what string, declared []bus.Role, found map[bus.Role]bool) {
	t.Helper()
	for _, role := range declared {
		if !found[role] {
			t.Errorf("%s %s according to the table, but not in the code", what, role)
		}
	}
	for role, is := range found {
		if is && !slices.Contains(declared, role) {
			t.Errorf("%s %s in the code, but not according to the table", what, role)
		}
	}
}

// Nobody reads a file that does not end.
func TestFilesAreShort(t *testing.T) {
	const most = 420
	for _, f := range goFiles(t) {
		data, err := os.ReadFile(filepath.Join(root, f.path))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(data), "\n"); n > most && !strings.Contains(f.path, "generated") {
			t.Errorf("%s has %d lines: take it apart (at most %d)", f.path, n, most)
		}
	}
}
