package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/micro"
)

// An Endpoint is a question of type Req with an answer of type Res.
type Endpoint[Req, Res any] struct{ Info }

func defineEndpoint[Req, Res any](i Info) Endpoint[Req, Res] {
	i.Type = "decnet." + i.Name + ".v1"
	return Endpoint[Req, Res]{i}
}

// Request asks and waits for the answer until ctx is done. A refusal comes back
// as the *decnet.Error the other side returned; nobody there to answer is
// CodeUnavailable.
func (e Endpoint[Req, Res]) Request(ctx context.Context, b *Bus, req Req, keys ...string) (Res, error) {
	var res Res
	ctx, span := b.startSend(ctx, e.Info, "")
	msg, err := b.encode(Outgoing{topic: e.Info, keys: keys, body: req, ctx: ctx})
	if err != nil {
		endSpan(span, err)
		return res, err
	}
	propagator.Inject(ctx, carrier(msg.Header))
	reply, err := b.nc.RequestMsgWithContext(ctx, msg)
	switch {
	case errors.Is(err, nats.ErrNoResponders):
		err = &decnet.Error{Code: decnet.CodeUnavailable, Message: "nobody answers " + msg.Subject, Err: err}
	case err != nil:
		err = fmt.Errorf("request %s: %w", msg.Subject, err)
	case reply.Header.Get(micro.ErrorCodeHeader) != "":
		err = &decnet.Error{Code: decnet.Code(reply.Header.Get(micro.ErrorCodeHeader)), Message: reply.Header.Get(micro.ErrorHeader)}
	default:
		err = json.Unmarshal(reply.Data, &res)
	}
	endSpan(span, err)
	return res, err
}

// Answer answers the endpoint's questions from now on, until stop is called.
// Answerers with the same keys share the questions. version is the product's,
// as in "1.2.3".
func (e Endpoint[Req, Res]) Answer(b *Bus, version string, handle func(context.Context, Req) (Res, error), keys ...string) (stop func(), err error) {
	subject, err := e.subject(keys)
	if err != nil {
		return nil, err
	}
	handler := micro.HandlerFunc(func(r micro.Request) {
		ctx, span := b.startProcess(context.Background(), e.Info, "", nats.Header(r.Headers()))
		err := call(func() error {
			var req Req
			if err := json.Unmarshal(r.Data(), &req); err != nil {
				return &decnet.Error{Code: decnet.CodeInvalid, Message: "the request is not valid JSON for " + e.Name, Err: err}
			}
			res, err := handle(ctx, req)
			if err != nil {
				return err
			}
			return r.RespondJSON(res)
		})
		if err != nil {
			_ = r.Error(string(decnet.ErrorCode(err)), decnet.ErrorMessage(err), nil) // the asker's time-out is what is left
		}
		endSpan(span, err)
	})
	svc, err := micro.AddService(b.nc, micro.Config{
		Name: strings.ReplaceAll(e.Name, ".", "-"), Version: version, Description: e.Doc,
		Endpoint: &micro.EndpointConfig{Subject: subject, Handler: handler},
	})
	if err == nil {
		err = b.nc.FlushTimeout(5 * time.Second) // the server knows of it from here on
	}
	if err != nil {
		return nil, fmt.Errorf("answer %s: %w", subject, err)
	}
	return func() { _ = svc.Stop() }, nil // a connection that is gone answers nothing anyway
}
