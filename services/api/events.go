package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

type eventsInput struct {
	PageInput
	Attacker string `query:"attacker" maxLength:"64" doc:"only this attacker's, by id or address"`
	Decky    string `query:"decky" maxLength:"64" doc:"only on this decky"`
	Service  string `query:"service" maxLength:"64" doc:"only of this service"`
	Kind     string `query:"kind" maxLength:"64" doc:"only of this kind, such as auth_attempt or command"`
	Session  string `query:"session" maxLength:"64" doc:"only of this session"`
	Order    string `query:"order" enum:"asc,desc" default:"desc" doc:"the oldest or the newest first"`
}

func (s *Server) eventRoutes(api huma.API) {
	huma.Register(api, get("/events", "list-events", "events", "List events"), func(ctx context.Context, in *eventsInput) (*body[Page[decnet.Event]], error) {
		q := store.EventQuery{
			Decky: in.Decky, Service: in.Service, Kind: in.Kind, Session: in.Session,
			Order: store.Order(in.Order), Limit: in.Limit, Cursor: in.Cursor,
		}
		if in.Attacker != "" {
			id, err := attackerID(in.Attacker)
			if err != nil {
				return nil, s.failure(err)
			}
			q.Attacker = id
		}
		items, next, err := s.store.Events.List(ctx, q)
		if err != nil {
			return nil, s.failure(err)
		}
		return page(items, next), nil
	})
}
