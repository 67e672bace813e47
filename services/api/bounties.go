package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

type bountiesInput struct {
	PageInput
	Attacker string `query:"attacker" maxLength:"64" doc:"only this attacker's, by id or address"`
	Type     string `query:"type" enum:"fingerprint,ip_leak,artifact,probe_relay" doc:"only of this type"`
	Name     string `query:"name" maxLength:"64" doc:"only of this name, such as http_useragent"`
	Decky    string `query:"decky" maxLength:"64" doc:"only from this decky"`
	Service  string `query:"service" maxLength:"64" doc:"only from this service"`
	Search   string `query:"search" maxLength:"256" doc:"only with this text in the value, in upper or lower case"`
}

func (s *Server) bountyRoutes(api huma.API) {
	huma.Register(api, get("/bounties", "list-bounties", "attackers", "List what was learned of attackers"), func(ctx context.Context, in *bountiesInput) (*body[Page[decnet.Bounty]], error) {
		q := store.BountyQuery{
			Type: decnet.BountyType(in.Type), Name: in.Name, Decky: in.Decky, Service: in.Service, Search: in.Search,
			Limit: in.Limit, Cursor: in.Cursor,
		}
		if in.Attacker != "" {
			id, err := attackerID(in.Attacker)
			if err != nil {
				return nil, s.failure(err)
			}
			q.Attacker = id
		}
		items, next, err := s.store.Bounties.List(ctx, q)
		if err != nil {
			return nil, s.failure(err)
		}
		return page(items, next), nil
	})
}
