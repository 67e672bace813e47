package decnet_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/decnet/decnet/pkg/decnet"
)

func TestFieldTypes(t *testing.T) {
	values := map[decnet.FieldType]struct{ good, bad []string }{
		decnet.TypeString:  {[]string{"", "\x00\xff", "anything"}, nil},
		decnet.TypeInt:     {[]string{"0", "-7", "9223372036854775807"}, []string{"", "1.5", "0x1", "9223372036854775808", " 1"}},
		decnet.TypeMillis:  {[]string{"0", "1500"}, []string{"", "-1", "1.5s"}},
		decnet.TypeBool:    {[]string{"true", "false"}, []string{"", "1", "True", "yes"}},
		decnet.TypeBase64:  {[]string{"", "AAE=", "+/+/"}, []string{"AAE", "-_-_", "AA\nE=", "?"}},
		decnet.TypeHex:     {[]string{"00ff"}, []string{"", "0", "00FF", "zz"}},
		decnet.TypeSHA256:  {[]string{strings.Repeat("0a", 32)}, []string{"", "0a", strings.Repeat("0A", 32)}},
		decnet.TypeAddress: {[]string{"203.0.113.7", "2001:db8::7"}, []string{"", "203.0.113.7:80", "host"}},
		decnet.TypeHeaders: {[]string{"[]", `[["Host","a"],["",""]]`}, []string{"", "{}", `[["Host"]]`, `[["a","b","c"]]`, `[[1,2]]`}},
	}
	for _, kind := range decnet.FieldTypes() {
		given, ok := values[kind]
		if !ok {
			t.Errorf("type %s has no test", kind)
		}
		for _, v := range given.good {
			if err := kind.Check(v); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		}
		for _, v := range given.bad {
			if kind.Check(v) == nil {
				t.Errorf("%q passes for a value of type %s", v, kind)
			}
		}
	}
	if decnet.FieldType("odd").Check("x") == nil {
		t.Error("an unknown type has values")
	}
}

func TestACutValueNeedNotBeOfItsType(t *testing.T) {
	f := decnet.FieldSpec{Name: "headers", Type: decnet.TypeHeaders}
	for cut, ok := range map[string]bool{"": false, "body=9000": false, "body=9000 headers=9000": true, "headers": true} {
		if err := f.Check(`[["Ho`, cut); (err == nil) != ok {
			t.Errorf("cut %q: have %v", cut, err)
		}
	}
}

func TestEveryFindingIsDeclaredOnce(t *testing.T) {
	seen := map[decnet.Finding]bool{}
	types := map[decnet.BountyType]bool{}
	for _, f := range decnet.Findings() {
		if have, ok := f.Name.Spec(); !ok || have != f || seen[f.Name] || f.Doc == "" {
			t.Errorf("finding %+v: want a name of its own and a doc", f)
		}
		seen[f.Name], types[f.Type] = true, true
	}
	for _, kind := range decnet.BountyTypes() {
		if !types[kind] {
			t.Errorf("nothing is found of type %s", kind)
		}
	}
	if _, ok := decnet.Finding("no such").Spec(); ok {
		t.Error("an unknown finding is declared")
	}
}

func TestBountyValuesAreBoundedAndStayDifferent(t *testing.T) {
	long := strings.Repeat("ü", 5000)
	a, b := decnet.BountyValue(long+"a"), decnet.BountyValue(long+"b")
	if a == b || len(a) > decnet.MaxBountyValue || !utf8.ValidString(a) || !strings.HasPrefix(a, "üü") {
		t.Errorf("have %d bytes: %.40q", len(a), a)
	}
	if have := decnet.BountyValue("a\x00b\xff"); have != "a\uFFFDb\uFFFD" {
		t.Errorf("have %q", have)
	}
	if again := decnet.BountyValue(a); again != a {
		t.Errorf("once more it is %q", again)
	}
}

func TestBountyIDs(t *testing.T) {
	base := decnet.Bounty{Attacker: "cb007107", Type: decnet.BountyArtifact, Name: "url", Value: "v", Decky: "d", Service: "ssh"}
	same := base
	same.Count, same.Event = 9, "another"
	if base.ID() != same.ID() || len(base.ID()) != 32 {
		t.Errorf("ids %s and %s, want one", base.ID(), same.ID())
	}
	for what, change := range map[string]func(*decnet.Bounty){
		"attacker": func(b *decnet.Bounty) { b.Attacker = "cb007108" },
		"type":     func(b *decnet.Bounty) { b.Type = decnet.BountyIPLeak },
		"name":     func(b *decnet.Bounty) { b.Name = "file" },
		"value":    func(b *decnet.Bounty) { b.Value = "w" },
		"decky":    func(b *decnet.Bounty) { b.Decky, b.Service = "d4", "ssh" },
		"shifted":  func(b *decnet.Bounty) { b.Decky, b.Service = "", "dssh" },
	} {
		other := base
		if change(&other); other.ID() == base.ID() {
			t.Errorf("another %s has the same id", what)
		}
	}
}
