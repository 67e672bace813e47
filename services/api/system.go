package api

import (
	"context"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
)

// systemHealth is how the whole is.
type systemHealth struct {
	// Status is ready when every worker is, and otherwise the worst of theirs.
	Status      decnet.Status   `json:"status"`
	Version     string          `json:"version"`
	Workers     []decnet.Health `json:"workers" nullable:"false"`
	DeadLetters uint64          `json:"dead_letters" doc:"messages that no retry could handle"`
}

func (s *Server) systemRoutes(api huma.API) {
	huma.Register(api, get("/health", "get-health", "system", "How the workers are"), func(ctx context.Context, _ *struct{}) (*body[systemHealth], error) {
		h, err := s.health(ctx)
		if err != nil {
			return nil, s.failure(err)
		}
		return &body[systemHealth]{h}, nil
	})
}

func (s *Server) health(ctx context.Context) (systemHealth, error) {
	entries, err := bus.Workers.List(ctx, s.env.Bus)
	if err != nil {
		return systemHealth{}, err
	}
	_, dead, err := bus.DeadLetters.Newest(ctx, s.env.Bus, 0)
	if err != nil {
		return systemHealth{}, err
	}
	h := systemHealth{Status: decnet.StatusReady, Version: s.env.Version, Workers: make([]decnet.Health, len(entries)), DeadLetters: dead}
	worst := []decnet.Status{decnet.StatusReady, decnet.StatusStarting, decnet.StatusDegraded, decnet.StatusStopped, decnet.StatusFailed}
	for i, e := range entries {
		h.Workers[i] = e.Value
		if slices.Index(worst, e.Value.Status) > slices.Index(worst, h.Status) {
			h.Status = e.Value.Status
		}
	}
	slices.SortFunc(h.Workers, func(a, b decnet.Health) int {
		return strings.Compare(a.Worker+"\x00"+a.Instance, b.Worker+"\x00"+b.Instance)
	})
	return h, nil
}
