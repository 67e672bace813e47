package api

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/artifact"
	"github.com/decnet/decnet/pkg/store"
)

type recordingsInput struct {
	PageInput
	Attacker string    `query:"attacker" maxLength:"64" doc:"only this attacker's, by id or address"`
	Decky    string    `query:"decky" maxLength:"64" doc:"only on this decky"`
	Service  string    `query:"service" maxLength:"64" doc:"only of this service"`
	Since    time.Time `query:"since" doc:"only of those that ended at this time or later, by the decoys' clocks"`
	Until    time.Time `query:"until" doc:"only of those that ended before this time"`
}

type artifactInput struct {
	Type string `path:"type" enum:"session,file" doc:"the recording of a terminal, or a captured file"`
	ID   string `path:"id" maxLength:"64" doc:"its name: of a file the SHA-256"`
}

// download is content of an attacker's, which no browser shows or runs.
type download struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (s *Server) artifactRoutes(api huma.API) {
	huma.Register(api, get("/recordings", "list-recordings", "artifacts", "List recordings of terminals, the newest first"), func(ctx context.Context, in *recordingsInput) (*body[Page[decnet.Recording]], error) {
		f := EventFilter{Attacker: in.Attacker, Decky: in.Decky, Service: in.Service, Kind: decnet.KindRecorded, Since: in.Since, Until: in.Until}
		q, err := f.query()
		if err != nil {
			return nil, s.failure(err)
		}
		q.Order, q.Limit, q.Cursor = store.Desc, in.Limit, in.Cursor
		events, next, err := s.store.Events.List(ctx, q)
		if err != nil {
			return nil, s.failure(err)
		}
		list := make([]decnet.Recording, 0, len(events))
		for i := range events {
			if r, ok := decnet.RecordingOf(&events[i]); ok {
				list = append(list, r)
			}
		}
		return page(list, next), nil
	})
	op := get("/artifacts/{type}/{id}", "get-artifact", "artifacts", "Download a recording or a captured file, as it is")
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The content, of an attacker's making: it is never to be shown or run.",
		Content:     map[string]*huma.MediaType{octets: {Schema: &huma.Schema{Type: "string", Format: "binary"}}},
	}}
	huma.Register(api, op, func(_ context.Context, in *artifactInput) (*download, error) {
		content, err := s.artifact(artifact.Type(in.Type), in.ID)
		if err != nil {
			return nil, s.failure(err)
		}
		name := in.ID
		if in.Type == string(artifact.Session) {
			name += ".cast"
		}
		return &download{octets, fmt.Sprintf("attachment; filename=%q", name), content}, nil
	})
}

const octets = "application/octet-stream"

// artifact reads an artifact of this host.
func (s *Server) artifact(kind artifact.Type, id string) ([]byte, error) {
	path, err := artifact.Dir(s.cfg.Artifacts).Path(kind, id)
	if err != nil {
		return nil, &decnet.Error{Code: decnet.CodeInvalid, Message: err.Error(), Err: err}
	}
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || s.cfg.Artifacts == "" {
		return nil, &decnet.Error{Code: decnet.CodeNotFound, Message: "there is no such artifact on this host: it is on the decky's, or was removed to make room"}
	}
	if err != nil {
		return nil, fmt.Errorf("read artifact: %w", err)
	}
	return content, nil
}
