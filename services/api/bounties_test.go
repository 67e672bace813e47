package api_test

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
)

func TestBounties(t *testing.T) {
	r := newRig(t)
	for i := range 6 {
		e := event(i, decnet.KindRequest)
		e.Service = "http"
		e.Fields = map[string]string{"user_agent": "<b>Agent " + strconv.Itoa(i), "headers": `[["X-Real-IP","198.51.100.1"]]`}
		r.ingest(e)
	}
	for path, want := range map[string]int{
		"/bounties":                        6 + 3*2, // a leak, a claim and a quirk of each of two attackers
		"/bounties?attacker=203.0.113.1":   6,
		"/bounties?type=ip_leak":           2,
		"/bounties?name=http_useragent":    6,
		"/bounties?search=AGENT":           6,
		"/bounties?decky=web-02":           0,
		"/bounties?service=http&limit=5":   5,
		"/bounties?type=ip_leak&search=51": 2,
	} {
		var p struct {
			Items []decnet.Bounty
			Next  string
		}
		if code := r.do(http.MethodGet, path, nil, &p, nil); code != http.StatusOK || len(p.Items) != want || p.Items == nil {
			t.Errorf("%s: have %d with %d bounties, want %d", path, code, len(p.Items), want)
		}
		if (p.Next != "") != (path == "/bounties?service=http&limit=5") {
			t.Errorf("%s: the next page is %q", path, p.Next)
		}
	}
	for _, kind := range decnet.BountyTypes() {
		if code := r.do(http.MethodGet, "/bounties?type="+string(kind), nil, nil, nil); code != http.StatusOK {
			t.Errorf("type %s: have %d", kind, code)
		}
	}
	for path, want := range map[string]int{
		"/bounties?type=odd":      http.StatusUnprocessableEntity,
		"/bounties?attacker=zz":   http.StatusBadRequest,
		"/bounties?cursor=forged": http.StatusBadRequest,
	} {
		if code := r.do(http.MethodGet, path, nil, nil, nil); code != want {
			t.Errorf("%s: have %d, want %d", path, code, want)
		}
	}
}
