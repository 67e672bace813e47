package api_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/decnet/decnet/services/api"
)

func TestNothingWithoutASession(t *testing.T) {
	r := newRig(t)
	var doc struct {
		Paths map[string]map[string]struct {
			Security []any
		}
	}
	r.do(http.MethodGet, "/openapi.json", nil, &doc, nil)
	if len(doc.Paths) < 8 {
		t.Fatalf("the OpenAPI document has %d paths", len(doc.Paths))
	}
	for path, methods := range doc.Paths {
		for method := range methods {
			route := strings.TrimPrefix(strings.NewReplacer("{id}", "cb007101", "{number}", "1").Replace(path), api.Prefix)
			if route == "/auth/login" {
				continue
			}
			for name, header := range map[string]http.Header{"no": {"Authorization": nil}, "a wrong": {"Authorization": {"Bearer x"}}} {
				var p struct{ Code, Detail string }
				if code := r.do(strings.ToUpper(method), route, nil, &p, header); code != http.StatusUnauthorized || p.Code != "unauthorized" {
					t.Errorf("%s %s with %s token: have %d %+v", method, route, name, code, p)
				}
			}
		}
	}
}

func TestLogin(t *testing.T) {
	r := newRig(t)
	var me struct{ Username, Role string }
	if code := r.do(http.MethodGet, "/auth/me", nil, &me, nil); code != http.StatusOK || me.Username != "admin" || me.Role != "admin" {
		t.Errorf("have %d %+v", code, me)
	}
	if code := r.do(http.MethodGet, "/auth/me", nil, nil, http.Header{"Authorization": nil, "Cookie": {"decnet_session=" + r.token}}); code != http.StatusOK {
		t.Errorf("the cookie: have %d", code)
	}
	if code := r.do(http.MethodPost, "/auth/logout", nil, nil, nil); code != http.StatusNoContent {
		t.Errorf("logout: have %d", code)
	}
	if code := r.do(http.MethodGet, "/auth/me", nil, nil, nil); code != http.StatusUnauthorized {
		t.Errorf("a token after logout: have %d", code)
	}
	r.token = ""
	var p struct{ Code, Detail string }
	for _, wrong := range []map[string]string{{"username": "admin", "password": "x"}, {"username": "nobody", "password": password}} {
		if code := r.do(http.MethodPost, "/auth/login", wrong, &p, nil); code != http.StatusUnauthorized || p.Detail != "wrong username or password" {
			t.Errorf("%v: have %d %+v", wrong, code, p)
		}
	}
	limited := false
	for range 12 {
		limited = limited || r.do(http.MethodPost, "/auth/login", map[string]string{"username": "admin", "password": "x"}, nil, nil) == http.StatusTooManyRequests
	}
	if !limited {
		t.Error("guessing was not slowed down")
	}
	if created, err := api.EnsureAdmin(t.Context(), r.store, "second", password); created || err != nil {
		t.Errorf("a second first admin: have %v, %v", created, err)
	}
}

func TestAnotherSitesPageChangesNothing(t *testing.T) {
	r := newRig(t)
	header := http.Header{"Authorization": nil, "Cookie": {"decnet_session=" + r.token}, "Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}}
	if code := r.do(http.MethodPost, "/auth/logout", nil, nil, header); code != http.StatusForbidden {
		t.Errorf("have %d, want 403", code)
	}
}
