package api_test

import (
	"bytes"
	"log/slog"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/decnet/decnet/pkg/store/storetest"
	"github.com/decnet/decnet/services/api"
)

var toldPassword = regexp.MustCompile(`user=admin password=([a-z0-9-]{23})\n`)

// Whoever starts the API alone learns the first password once, and only if they
// have chosen none.
func TestFirstUser(t *testing.T) {
	s := storetest.Open(t)
	first := func(level slog.Level, cfg api.AdminConfig) (string, error) {
		var log bytes.Buffer
		err := api.FirstUser(t.Context(), s, cfg, slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: level})))
		return log.String(), err
	}
	if log, err := first(slog.LevelError, api.DefaultAdmin()); err == nil || !strings.Contains(err.Error(), "DECNET_ADMIN_PASSWORD") || log != "" {
		t.Fatalf("a log that hides the password: have %q, %v", log, err)
	}
	log, err := first(slog.LevelWarn, api.DefaultAdmin())
	if err != nil || !toldPassword.MatchString(log) {
		t.Fatalf("have %q, %v", log, err)
	}
	user, err := s.Users.ByName(t.Context(), "admin")
	if err != nil || user.Role != "admin" {
		t.Errorf("the user is %+v, %v", user, err)
	}
	for name, cfg := range map[string]api.AdminConfig{"none": api.DefaultAdmin(), "one": {User: "second", Password: password}} {
		if log, err := first(slog.LevelInfo, cfg); err != nil || log != "" {
			t.Errorf("with %s password, and a user who is there: have %q, %v", name, log, err)
		}
	}
	s = storetest.Open(t)
	if log, err := first(slog.LevelInfo, api.AdminConfig{User: "boss", Password: password}); err != nil || !strings.Contains(log, "user=boss") || strings.Contains(log, password) {
		t.Errorf("with a password: have %q, %v", log, err)
	}
}

// Of several that start at once one tells a password, and it is the one that counts.
func TestFirstUserOfSeveral(t *testing.T) {
	s := storetest.Open(t)
	var logs [4]bytes.Buffer
	var all sync.WaitGroup
	for i := range logs {
		all.Go(func() {
			if err := api.FirstUser(t.Context(), s, api.DefaultAdmin(), slog.New(slog.NewTextHandler(&logs[i], nil))); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	told := 0
	for i := range logs {
		told += len(toldPassword.FindAllString(logs[i].String(), -1))
	}
	if n, err := s.Users.Count(t.Context()); told != 1 || n != 1 || err != nil {
		t.Errorf("%d passwords are told of %d users, %v", told, n, err)
	}
}
