package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"github.com/decnet/decnet/pkg/decnet"
)

// Config says which bus to join.
type Config struct {
	// URL is the server to connect to, with credentials if it wants any:
	// nats://token@host:port. Several are separated by commas.
	URL string `mapstructure:"url" env:"DECNET_BUS_URL" doc:"NATS server to join; empty runs one in this process"`
	// Token is shown to servers whose URL has no credentials, so that the URL
	// need not be a secret.
	Token string `mapstructure:"token" env:"DECNET_BUS_TOKEN" secret:"true" doc:"token for the NATS server of bus.url, where that has no credentials in it"`
}

// Default is the embedded bus.
func Default() Config { return Config{} }

// Validate reports a URL that is none.
func (c Config) Validate() error {
	for one := range strings.SplitSeq(c.URL, ",") {
		if one == "" {
			continue
		}
		u, err := url.Parse(one)
		if err != nil || u.Host == "" || (u.Scheme != "nats" && u.Scheme != "tls") {
			return fmt.Errorf("bus.url %q: want nats://host:port or tls://host:port", redact(one))
		}
	}
	return nil
}

// redact hides credentials, a token included, which must not reach a terminal or
// a log.
func redact(s string) string {
	u, err := url.Parse(s)
	if err != nil {
		return "(not a URL)"
	}
	if u.User = nil; u.Host == "" { // without a scheme, credentials are a part of the path
		return s[strings.LastIndexByte(s, '@')+1:]
	}
	return u.String()
}

// Dialer is an in-process server, such as embed.Server.
type Dialer = nats.InProcessConnProvider

// Bus is a connection. It reconnects by itself for as long as it is open.
type Bus struct {
	nc     *nats.Conn
	js     jetstream.JetStream
	source string
	log    *slog.Logger
	tracer trace.Tracer
	silent bool // nobody makes spans, so that none of their cost is for nothing
}

// Option adjusts a connection.
type Option func(*options)

type options struct {
	name   string
	dialer Dialer
	log    *slog.Logger
	traces trace.TracerProvider
}

// WithName says who connects; it becomes the ce-source of messages.
func WithName(name string) Option { return func(o *options) { o.name = name } }

// WithDialer connects to a server in this process instead of Config.URL.
func WithDialer(d Dialer) Option { return func(o *options) { o.dialer = d } }

// WithLogger gets notes of lost and regained connections.
func WithLogger(l *slog.Logger) Option { return func(o *options) { o.log = l } }

// WithTracerProvider says where the spans of sent and processed messages go;
// without it the global provider gets them.
func WithTracerProvider(p trace.TracerProvider) Option { return func(o *options) { o.traces = p } }

// Connect joins the bus. It fails when no server answers now, with an error for
// which Unavailable is true; a connection lost later is regained without end, while
// publishers wait and consumers pause.
func Connect(ctx context.Context, cfg Config, opts ...Option) (*Bus, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	o := options{name: "decnet", log: slog.New(slog.DiscardHandler), traces: otel.GetTracerProvider()}
	for _, opt := range opts {
		opt(&o)
	}
	nopts := []nats.Option{
		nats.Name(o.name), nats.MaxReconnects(-1), nats.ReconnectWait(250 * time.Millisecond),
		nats.CustomInboxPrefix("_INBOX_" + strings.NewReplacer(".", "_", " ", "_").Replace(o.name)),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				o.log.Warn("bus connection lost, trying again", "error", err)
			}
		}),
		nats.ReconnectHandler(func(*nats.Conn) { o.log.Info("bus connection regained") }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { o.log.Warn("bus", "error", err) }),
	}
	if o.dialer != nil {
		nopts = append(nopts, nats.InProcessServer(o.dialer))
	}
	if cfg.Token != "" {
		nopts = append(nopts, nats.Token(cfg.Token))
	}
	nc, err := nats.Connect(cfg.URL, nopts...)
	if err != nil {
		return nil, connectError(cfg.URL, err)
	}
	js, err := jetstream.New(nc, jetstream.WithDefaultTimeout(10*time.Second))
	if err != nil {
		nc.Close()
		return nil, fmt.Errorf("connect to bus %s: %w", redact(cfg.URL), err)
	}
	if err := ctx.Err(); err != nil {
		nc.Close()
		return nil, err
	}
	_, silent := o.traces.(noop.TracerProvider)
	return &Bus{nc: nc, js: js, source: o.name, log: o.log, tracer: o.traces.Tracer(scope), silent: silent}, nil
}

// Close ends the connection after what was published has been sent.
func (b *Bus) Close() {
	_ = b.nc.FlushTimeout(time.Second) // best effort: acknowledged messages are safe already
	b.nc.Close()
}

// Connected reports whether the server is reachable now.
func (b *Bus) Connected() bool { return b.nc.IsConnected() }

// connectError says of err whether it may pass by itself: one who is not let in is
// not let in later either.
func connectError(url string, err error) error {
	urls := strings.Split(url, ",")
	for i, u := range urls {
		urls[i] = redact(u)
	}
	where := "connect to bus " + strings.Join(urls, ",")
	if errors.Is(err, nats.ErrAuthorization) || errors.Is(err, nats.ErrAuthExpired) || errors.Is(err, nats.ErrAuthRevoked) {
		return fmt.Errorf("%s: %w; bus.token or the URL has to have what the server wants", where, err)
	}
	return &decnet.Error{Code: decnet.CodeUnavailable, Message: where, Err: err}
}

// Unavailable reports that err is the server's trouble, which is away, starting or
// without JetStream, and passes when it comes back.
func Unavailable(err error) bool {
	return err != nil && (decnet.ErrorCode(err) == decnet.CodeUnavailable || unreachable(err) || errors.Is(err, jetstream.ErrJetStreamNotEnabled))
}

// unreachable reports errors that pass when the server or the disk comes back.
func unreachable(err error) bool {
	return errors.Is(err, nats.ErrNoResponders) || errors.Is(err, nats.ErrTimeout) ||
		errors.Is(err, nats.ErrConnectionReconnecting) || errors.Is(err, nats.ErrDisconnected) ||
		errors.Is(err, jetstream.ErrNoStreamResponse) || errors.Is(err, context.DeadlineExceeded) ||
		errors.Is(err, nats.ErrReconnectBufExceeded)
}
