package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
)

type deadLettersInput struct {
	Limit int `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"most items, the newest first"`
}

type deadLetterInput struct {
	Number uint64 `path:"number" minimum:"1" doc:"the letter's number"`
}

// deadLetter is a letter with the number by which it is settled.
type deadLetter struct {
	Number uint64 `json:"number" doc:"names it for replay and discard"`
	decnet.DeadLetter
}

func (s *Server) deadLetterRoutes(api huma.API) {
	huma.Register(api, get("/dead-letters", "list-dead-letters", "system", "List messages that no retry could handle"), func(ctx context.Context, in *deadLettersInput) (*body[Page[deadLetter]], error) {
		ms, _, err := bus.DeadLetters.Newest(ctx, s.env.Bus, in.Limit)
		if err != nil {
			return nil, s.failure(err)
		}
		letters := make([]deadLetter, len(ms))
		for i, m := range ms {
			letters[i] = deadLetter{m.Sequence, m.Body}
		}
		return page(letters, ""), nil
	})
	huma.Register(api, get("/dead-letters/{number}", "get-dead-letter", "system", "One message that no retry could handle"), func(ctx context.Context, in *deadLetterInput) (*body[deadLetter], error) {
		m, err := s.env.Bus.Letter(ctx, in.Number)
		if err != nil {
			return nil, s.failure(err)
		}
		return &body[deadLetter]{deadLetter{m.Sequence, m.Body}}, nil
	})
	settle := func(method, path, id, summary string, do func(context.Context, uint64) error) {
		op := get("/dead-letters/{number}"+path, id, "system", summary)
		op.Method, op.DefaultStatus = method, http.StatusNoContent
		huma.Register(api, op, func(ctx context.Context, in *deadLetterInput) (*struct{}, error) {
			return nil, s.failure(do(ctx, in.Number))
		})
	}
	settle(http.MethodPost, "/replay", "replay-dead-letter", "Have the message handled once more", s.env.Bus.ReplayLetter)
	settle(http.MethodDelete, "", "discard-dead-letter", "Delete the message", s.env.Bus.DiscardLetter)
}
