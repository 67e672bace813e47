package api

import (
	"context"
	"net/netip"

	"github.com/danielgtaylor/huma/v2"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

// PageInput asks for one page of a list.
type PageInput struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"most items of a page"`
	Cursor string `query:"cursor" maxLength:"512" doc:"next of the page before"`
}

type attackersInput struct {
	PageInput
	Sort string `query:"sort" enum:"last_seen,events" default:"last_seen" doc:"what comes first: the latest seen or the busiest"`
}

type attackerInput struct {
	ID string `path:"id" maxLength:"64" doc:"the attacker's id, or its address"`
}

// attacker is a profile under its id.
type attacker struct {
	ID decnet.AttackerID `json:"id"`
	decnet.Profile
}

func (s *Server) attackerRoutes(api huma.API) {
	huma.Register(api, get("/attackers", "list-attackers", "attackers", "List attackers"), func(ctx context.Context, in *attackersInput) (*body[Page[store.AttackerSummary]], error) {
		items, next, err := s.store.Attackers.List(ctx, store.AttackerQuery{Sort: store.AttackerSort(in.Sort), Limit: in.Limit, Cursor: in.Cursor})
		if err != nil {
			return nil, s.failure(err)
		}
		return page(items, next), nil
	})
	huma.Register(api, get("/attackers/{id}", "get-attacker", "attackers", "Everything known of one attacker"), func(ctx context.Context, in *attackerInput) (*body[attacker], error) {
		a, err := s.attacker(ctx, in.ID)
		if err != nil {
			return nil, s.failure(err)
		}
		return &body[attacker]{a}, nil
	})
}

// attacker returns the profile, or what the store knows before there is one.
func (s *Server) attacker(ctx context.Context, name string) (attacker, error) {
	id, err := attackerID(name)
	if err != nil {
		return attacker{}, err
	}
	p, err := s.store.Attackers.Profile(ctx, id)
	if decnet.ErrorCode(err) != decnet.CodeNotFound {
		return attacker{id, p.Public()}, err
	}
	sum, err := s.store.Attackers.Summary(ctx, id)
	if err != nil {
		return attacker{}, err
	}
	return attacker{id, decnet.Profile{
		Attacker: id, Address: sum.Address, FirstSeen: sum.FirstSeen, LastSeen: sum.LastSeen, Events: sum.Events,
		Kinds: map[string]uint64{}, Services: map[string]uint64{}, Deckies: map[string]uint64{},
		Credentials: []decnet.CredentialUse{}, Commands: []decnet.CommandUse{},
	}}, nil
}

// attackerID reads an id or an address, whichever a person has at hand.
func attackerID(s string) (decnet.AttackerID, error) {
	if addr, err := netip.ParseAddr(s); err == nil {
		return decnet.AttackerIDOf(addr), nil
	}
	id, err := decnet.ParseAttackerID(s)
	if err != nil {
		return "", &decnet.Error{Code: decnet.CodeInvalid, Message: "attacker " + s + ": want an id of 8 or 32 hex digits, or an IP address", Err: err}
	}
	return id, nil
}
