package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/services/api/internal/ui"
)

// Prefix of every route of the REST interface.
const Prefix = "/api/v1"

// Server answers requests.
type Server struct {
	cfg      Config
	env      worker.Env
	store    *store.Store
	services []decnet.ServiceSpec
	logins   *throttle
	streams  chan struct{} // one element per open stream
	handler  http.Handler
	addr     atomic.Pointer[string] // where it listens, once it does
	quit     context.Context        // done when streams are to end
}

// New prepares a server over a store; services are those a decky can run.
func New(cfg Config, env worker.Env, s *store.Store, services []decnet.ServiceSpec) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	srv := &Server{
		cfg: cfg, env: env, store: s, services: services,
		logins: newThrottle(), streams: make(chan struct{}, cfg.MaxStreams), quit: context.Background(),
	}
	mux := http.NewServeMux()
	srv.routes(mux)
	mux.HandleFunc("/api/", srv.noSuchRoute)
	mux.Handle("/", ui.Handler())
	srv.handler = secure(mux)
	return srv, nil
}

// Handler answers requests without a listener, for tests and embedding.
func (s *Server) Handler() http.Handler { return s.handler }

// Addr is where the server listens, or "" before it does.
func (s *Server) Addr() string {
	if a := s.addr.Load(); a != nil {
		return *a
	}
	return ""
}

// Run listens until ctx is done, then lets requests under way finish and ends
// live streams.
func (s *Server) Run(ctx context.Context) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", s.cfg.Listen)
	if err != nil {
		return listenError(s.cfg.Listen, err)
	}
	addr := l.Addr().String()
	s.addr.Store(&addr)
	quit, end := context.WithCancel(context.Background())
	defer end()
	s.quit = quit
	srv := &http.Server{
		Handler: s.handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 15 * time.Second, WriteTimeout: 30 * time.Second,
		IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10,
		ErrorLog: slog.NewLogLogger(s.env.Log.Handler(), slog.LevelDebug),
	}
	go func() {
		<-ctx.Done()
		end()
		sctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		if srv.Shutdown(sctx) != nil {
			_ = srv.Close()
		}
	}()
	go s.sweep(quit)
	s.env.Log.Info("listening", "url", "http://"+addr)
	s.env.Health.Ready()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve %s: %w", s.cfg.Listen, err)
	}
	<-quit.Done()
	return nil
}

func listenError(addr string, err error) error {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%s is in use by another program: choose another address with --listen HOST:PORT", addr)
	case errors.Is(err, syscall.EACCES):
		return fmt.Errorf("%s needs privileges: choose a port above 1023 with --listen HOST:PORT", addr)
	}
	return fmt.Errorf("listen on %s: %w", addr, err)
}

// sweep removes sessions that have ended by time.
func (s *Server) sweep(ctx context.Context) {
	tick := time.NewTicker(10 * time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if _, err := s.store.Sessions.DeleteExpired(ctx); err != nil && ctx.Err() == nil {
				s.env.Log.Warn("expired sessions not removed", "error", err)
			}
		}
	}
}

// secure sets what every answer carries, and refuses changes that another
// site's page asks for.
func secure(next http.Handler) http.Handler {
	next = http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// routes declares the REST interface; each group of routes is one file.
func (s *Server) routes(mux *http.ServeMux) {
	huma.NewError = newProblem
	cfg := huma.DefaultConfig("DECNET", s.env.Version)
	cfg.Info.Description = "What attackers do on the deckies, as it is stored and as it happens."
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath, cfg.CreateHooks = Prefix+"/openapi", "", "", nil
	// Go's own encoding, which escapes markup: should a browser ever take an
	// answer for a page, it finds nothing in it to run.
	asJSON := huma.Format{Marshal: func(w io.Writer, v any) error { return json.NewEncoder(w).Encode(v) }, Unmarshal: json.Unmarshal}
	cfg.Formats = map[string]huma.Format{"application/json": asJSON, "json": asJSON}
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"bearer": {Type: "http", Scheme: "bearer", Description: "the access_token of a login"},
		"cookie": {Type: "apiKey", In: "cookie", Name: cookieName, Description: "set by a login, for browsers"},
	}
	api := humago.New(mux, cfg)
	api.UseMiddleware(noStore, s.authenticate(api))
	s.authRoutes(api)
	s.attackerRoutes(api)
	s.eventRoutes(api)
	s.bountyRoutes(api)
	s.artifactRoutes(api)
	s.fleetRoutes(api)
	s.systemRoutes(api)
	s.deadLetterRoutes(api)
	s.streamRoutes(api)
}

// noSuchRoute answers what no route did, in the form of every other error.
func (s *Server) noSuchRoute(w http.ResponseWriter, r *http.Request) {
	p := newProblem(http.StatusNotFound, "there is no "+r.Method+" "+r.URL.Path+"; see "+Prefix+"/openapi.json")
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.GetStatus())
	if err := json.NewEncoder(w).Encode(p); err != nil {
		s.env.Log.Debug("answer not sent", "error", err)
	}
}

func noStore(ctx huma.Context, next func(huma.Context)) {
	ctx.SetHeader("Cache-Control", "no-store")
	next(ctx)
}

// signedIn marks a route as open to everyone who has logged in.
var signedIn = []map[string][]string{{"bearer": {}}, {"cookie": {}}}

// get describes a GET route that needs a session.
func get(path, id, tag, summary string) huma.Operation {
	return huma.Operation{
		Method: http.MethodGet, Path: Prefix + path, OperationID: id, Tags: []string{tag}, Summary: summary,
		Security: signedIn, RejectUnknownQueryParameters: true,
	}
}

// Page is one page of a list.
type Page[T any] struct {
	Items []T    `json:"items" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"cursor of the next page; absent on the last"`
}

// body is a response of one JSON value.
type body[T any] struct{ Body T }

func page[T any](items []T, next string) *body[Page[T]] {
	if items == nil {
		items = []T{}
	}
	return &body[Page[T]]{Page[T]{items, next}}
}
