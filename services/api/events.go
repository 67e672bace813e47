package api

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

// EventFilter selects events, for a list or a count.
type EventFilter struct {
	Attacker string    `query:"attacker" maxLength:"64" doc:"only this attacker's, by id or address"`
	Decky    string    `query:"decky" maxLength:"64" doc:"only on this decky"`
	Service  string    `query:"service" maxLength:"64" doc:"only of this service"`
	Kind     string    `query:"kind" maxLength:"64" doc:"only of this kind, such as auth_attempt or command"`
	Session  string    `query:"session" maxLength:"64" doc:"only of this session"`
	Since    time.Time `query:"since" doc:"only of this time or later, by the decoys' clocks, as 2026-11-28T15:04:05Z"`
	Until    time.Time `query:"until" doc:"only of before this time"`
	Search   string    `query:"search" maxLength:"1024" doc:"only with all these words in the message or the fields, in any order"`
}

type eventsInput struct {
	PageInput
	EventFilter
	Order string `query:"order" enum:"asc,desc" default:"desc" doc:"the oldest or the newest first"`
}

type eventCountInput struct {
	EventFilter
	UpTo int `query:"up_to" minimum:"1" maximum:"20000" default:"20000" doc:"where counting ends; at_least then says that there are more"`
}

func (s *Server) eventRoutes(api huma.API) {
	huma.Register(api, get("/events", "list-events", "events", "List and search events"), func(ctx context.Context, in *eventsInput) (*body[Page[decnet.Event]], error) {
		q, err := in.query()
		if err != nil {
			return nil, s.failure(err)
		}
		q.Order, q.Limit, q.Cursor = store.Order(in.Order), in.Limit, in.Cursor
		items, next, err := s.store.Events.List(ctx, q)
		if err != nil {
			return nil, s.failure(err)
		}
		return page(items, next), nil
	})
	huma.Register(api, get("/events/count", "count-events", "events", "Count events"), func(ctx context.Context, in *eventCountInput) (*body[store.Count], error) {
		q, err := in.query()
		if err != nil {
			return nil, s.failure(err)
		}
		n, err := s.store.Events.CountUpTo(ctx, q, in.UpTo)
		if err != nil {
			return nil, s.failure(err)
		}
		return &body[store.Count]{n}, nil
	})
}

// query is the filter as the store understands it.
func (f *EventFilter) query() (store.EventQuery, error) {
	q := store.EventQuery{
		Decky: f.Decky, Service: f.Service, Kind: f.Kind, Session: f.Session, Since: f.Since, Until: f.Until, Search: f.Search,
	}
	if f.Attacker == "" {
		return q, nil
	}
	var err error
	q.Attacker, err = attackerID(f.Attacker)
	return q, err
}
