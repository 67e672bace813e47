package fields_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/fields"
)

var source = netip.MustParseAddr("203.0.113.7")

func event(service, kind string, f map[string]string) *decnet.Event {
	return &decnet.Event{
		ID: "e1", Time: time.Unix(1, 0).UTC(), Decky: "web-01", Service: service, Kind: kind,
		Attacker: decnet.AttackerIDOf(source), Source: source, Fields: f,
	}
}

func TestCheck(t *testing.T) {
	for _, test := range []struct {
		name  string
		event *decnet.Event
		want  string
	}{
		{"as declared", event("ssh", "client", map[string]string{"version": "SSH-2.0-x", "accepted": "true", "seq": "1", "boot": "00ff", "claimed_decky": "x"}), ""},
		{"no fields", event("http", decnet.KindConnect, nil), ""},
		{"another type", event("ssh", "client", map[string]string{"accepted": "perhaps"}), `field accepted: "perhaps" is no value of type bool`},
		{"a common field of another type", event("ssh", "client", map[string]string{"seq": "x"}), "field seq"},
		{"cut", event("http", "request", map[string]string{"headers": `[["Ho`, "cut": "headers=9999"}), ""},
		{"an unknown field", event("ssh", "client", map[string]string{"colour": "red"}), `no field "colour"`},
		{"an unknown kind", event("ssh", "clients", nil), `declares no event "clients"`},
		{"a container's raw line", event("ssh", decnet.KindRaw, map[string]string{"stream": "stdout", "cut": "message"}), ""},
		{"a planned service", event("vnc", "odd", map[string]string{"version": "x", "a": "b"}), ""},
		{"a service of the user's own", event("mine", "odd", map[string]string{"a": "b"}), ""},
	} {
		err := fields.Known().Check(test.event)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: have %v, want %q", test.name, err, test.want)
		}
	}
}

// short is a bounty in brief.
func short(bounties []decnet.Bounty) []string {
	var out []string
	for _, b := range bounties {
		out = append(out, fmt.Sprintf("%s/%s=%s", b.Type, b.Name, b.Value))
	}
	return out
}

func headers(pairs ...string) map[string]string {
	var list [][2]string
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, [2]string{pairs[i], pairs[i+1]})
	}
	text, _ := json.Marshal(list)
	return map[string]string{"headers": string(text)}
}

func TestBounties(t *testing.T) {
	sum := strings.Repeat("0a", 32)
	for _, test := range []struct {
		name  string
		event *decnet.Event
		want  []string
	}{
		{"nothing", event("ssh", decnet.KindConnect, nil), nil},
		{"a user agent", event("http", "request", map[string]string{"user_agent": "curl/8", "path": "/"}), []string{"fingerprint/http_useragent=curl/8"}},
		{"an empty one", event("http", "request", map[string]string{"user_agent": ""}), nil},
		{"a file", event("http", "request", map[string]string{"body_sha256": sum}), []string{"artifact/file=" + sum}},
		{"no hash", event("http", "request", map[string]string{"body_sha256": "x"}), nil},
		{"broken headers", event("http", "request", map[string]string{"headers": `[["X-Forwarded-For","1.`}), nil},
		{"an SSH client", event("ssh", "client", map[string]string{"version": "SSH-2.0-Go"}), []string{"fingerprint/ssh_client_version=SSH-2.0-Go"}},
		{"a download", event("ssh", "download", map[string]string{"url": "http://a/b", "tool": "wget"}), []string{"artifact/url=http://a/b"}},
		{"forwarding", event("http", "request", headers("HOST", "x", "X-Forwarded-For", "198.51.100.1, 203.0.113.7,10.0.0.5:80, unknown", "X-Real-IP", "127.0.0.1")), []string{
			"fingerprint/spoofed_source=x-forwarded-for: 198.51.100.1, 203.0.113.7,10.0.0.5:80, unknown",
			"fingerprint/spoofed_source=x-real-ip: 127.0.0.1",
			"ip_leak/x-forwarded-for=198.51.100.1", "ip_leak/x-forwarded-for=10.0.0.5",
			"fingerprint/http_quirks=HOST,X-Forwarded-For,X-Real-IP",
		}},
		{"RFC 7239", event("http", "request", headers("Forwarded", `for=192.0.2.60;proto=http;by=203.0.113.43, For="[2001:db8:cafe::17]:4711", for=_hidden`)), []string{
			`fingerprint/spoofed_source=forwarded: for=192.0.2.60;proto=http;by=203.0.113.43, For="[2001:db8:cafe::17]:4711", for=_hidden`,
			"ip_leak/forwarded=192.0.2.60", "ip_leak/forwarded=2001:db8:cafe::17",
			"fingerprint/http_quirks=Forwarded",
		}},
		{"one's own address", event("http", "request", headers("True-Client-IP", "::ffff:203.0.113.7")), []string{
			"fingerprint/spoofed_source=true-client-ip: ::ffff:203.0.113.7", "fingerprint/http_quirks=True-Client-IP",
		}},
		{"a VNC client", event("vnc", "client", map[string]string{"version": "RFB 003.008"}), []string{"fingerprint/vnc_client_version=RFB 003.008"}},
		{"a relay", event("smtp_relay", "relay_probe", map[string]string{"rcpt_to": "a@example.org"}), []string{"probe_relay/smtp_relay=a@example.org"}},
		{"a mail", event("smtp", "message_stored", map[string]string{"sha256": sum}), []string{"artifact/mail=" + sum}},
		{"a client hello", event("sniffer", "tls_client_hello", map[string]string{"ja3": "00ff", "ja4": "t13d"}), []string{"fingerprint/ja3=00ff", "fingerprint/ja4=t13d"}},
		{"a link-local address", event("prober", "ipv6_link_local_leak", map[string]string{"address": "fe80::1"}), []string{"ip_leak/ipv6_link_local=fe80::1"}},
		{"a service of the user's own", event("mine", "request", map[string]string{"user_agent": "x"}), nil},
	} {
		have := fields.Known().Bounties(test.event)
		if !slices.Equal(short(have), test.want) {
			t.Errorf("%s:\nhave %q\nwant %q", test.name, short(have), test.want)
		}
		for _, b := range have {
			if b.Attacker != "cb007107" || b.Decky != "web-01" || b.Service != test.event.Service || b.Count != 1 || b.Event != "e1" || !b.FirstSeen.Equal(b.LastSeen) {
				t.Errorf("%s: have %+v", test.name, b)
			}
		}
	}
	nobody := event("http", "request", map[string]string{"user_agent": "x"})
	nobody.Attacker = ""
	if have := fields.Known().Bounties(nobody); have != nil {
		t.Errorf("nobody has %v", have)
	}
}

// Every finding there is has a field, of a built service or a planned one, that
// gives a bounty of its type.
func TestEveryFindingIsFound(t *testing.T) {
	found := map[decnet.Finding]bool{}
	var d fields.Declared
	if err := json.Unmarshal(fields.Made(), &d); err != nil {
		t.Fatal(err)
	}
	for _, s := range slices.Concat(d.Services, fields.Workers(), fields.Planned()) {
		for _, e := range s.Events {
			for _, f := range e.Fields {
				for _, finding := range f.Findings {
					spec, ok := finding.Spec()
					if !ok {
						t.Errorf("%s %s %s has the finding %q, which there is not", s.Slug, e.Kind, f.Name, finding)
					}
					bounties := fields.Known().Bounties(event(s.Slug, e.Kind, map[string]string{f.Name: example(f.Type)}))
					if !slices.ContainsFunc(bounties, func(b decnet.Bounty) bool { return b.Type == spec.Type }) {
						t.Errorf("%s %s %s: no %s in %v", s.Slug, e.Kind, f.Name, finding, bounties)
					}
					found[finding] = true
				}
			}
		}
	}
	for _, f := range decnet.Findings() {
		if !found[f.Name] {
			t.Errorf("no field has the finding %s", f.Name)
		}
	}
}

func example(t decnet.FieldType) string {
	if t == decnet.TypeHeaders {
		return headers("X-Forwarded-For", "198.51.100.1")["headers"]
	}
	if t == decnet.TypeAddress {
		return "fe80::1"
	}
	return strings.Repeat("0a", 32)
}

func FuzzBounties(f *testing.F) {
	f.Add(`[["X-Forwarded-For","1.2.3.4, [2001:db8::1]:80"],["Forwarded","for=\"_x\";for=9.9.9.9"]]`, "curl/8")
	f.Add(`[["X-Real-IP","::ffff:1.2.3.4%eth0"],["x",""]]`, strings.Repeat("\xff", 4000))
	f.Add(`[[],["a"]]`, "\x00")
	f.Fuzz(func(t *testing.T, headers, agent string) {
		e := event("http", "request", map[string]string{"headers": headers, "user_agent": agent, "body_sha256": agent})
		have := fields.Known().Bounties(e)
		if len(have) > 32 {
			t.Errorf("%d bounties", len(have))
		}
		seen := map[string]bool{}
		for _, b := range have {
			if b.Value == "" || len(b.Value) > decnet.MaxBountyValue || !utf8.ValidString(b.Value) || strings.Contains(b.Value, "\x00") {
				t.Errorf("value %q", b.Value)
			}
			if id := b.ID(); seen[id] {
				t.Errorf("%+v comes twice", b)
			} else {
				seen[id] = true
			}
			if b.Type == decnet.BountyIPLeak {
				if a, err := netip.ParseAddr(b.Value); err != nil || a == source {
					t.Errorf("%+v leaks no address", b)
				}
			}
		}
		if again := fields.Known().Bounties(e); !reflect.DeepEqual(again, have) {
			t.Error("twice is not the same")
		}
	})
}
