package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
)

func (s *Server) fleetRoutes(api huma.API) {
	huma.Register(api, get("/deckies", "list-deckies", "fleet", "List deckies and where they answer"), func(ctx context.Context, _ *struct{}) (*body[Page[decnet.DeckyState]], error) {
		deckies, err := s.deckies(ctx)
		if err != nil {
			return nil, s.failure(err)
		}
		return page(deckies, ""), nil
	})
	huma.Register(api, get("/services", "list-services", "fleet", "List the services a decky can run"), func(context.Context, *struct{}) (*body[Page[decnet.ServiceSpec]], error) {
		return page(s.services, ""), nil
	})
}

func (s *Server) deckies(ctx context.Context) ([]decnet.DeckyState, error) {
	latest, err := bus.DeckiesState.Latest(ctx, s.env.Bus)
	if err != nil {
		return nil, err
	}
	return decnet.Present(bus.Bodies(latest)), nil
}
