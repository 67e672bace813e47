package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/decnet/decnet/pkg/decnet"
)

const cookieName = "decnet_session"

type loginInput struct {
	Body struct {
		Username string `json:"username" minLength:"1" maxLength:"64"`
		Password string `json:"password" minLength:"1" maxLength:"256"`
	}
	peer string
}

// Resolve notes who asks; see huma.Resolver.
func (i *loginInput) Resolve(ctx huma.Context) []error {
	i.peer, _, _ = net.SplitHostPort(ctx.RemoteAddr())
	return nil
}

type loginOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
	Body      struct {
		AccessToken string    `json:"access_token" doc:"send it as Authorization: Bearer …"`
		ExpiresAt   time.Time `json:"expires_at"`
		Username    string    `json:"username"`
	}
}

// identity is who a request comes from.
type identity struct {
	Username string `json:"username"`
	Role     string `json:"role"`
	hash     [32]byte
}

type identityKey struct{}

func caller(ctx context.Context) identity {
	id, _ := ctx.Value(identityKey{}).(identity)
	return id
}

func (s *Server) authRoutes(api huma.API) {
	huma.Register(api, huma.Operation{
		Method: http.MethodPost, Path: Prefix + "/auth/login", OperationID: "login", Tags: []string{"auth"},
		Summary: "Log in", Errors: []int{400, 401, 429}, MaxBodyBytes: 4 << 10,
	}, s.login)
	huma.Register(api, huma.Operation{
		Method: http.MethodPost, Path: Prefix + "/auth/logout", OperationID: "logout", Tags: []string{"auth"},
		Summary: "End this session", Security: signedIn, DefaultStatus: http.StatusNoContent,
	}, s.logout)
	huma.Register(api, get("/auth/me", "me", "auth", "Who am I?"), func(ctx context.Context, _ *struct{}) (*body[identity], error) {
		return &body[identity]{caller(ctx)}, nil
	})
}

func (s *Server) login(ctx context.Context, in *loginInput) (*loginOutput, error) {
	if !s.logins.allow(in.peer) {
		return nil, s.failure(&decnet.Error{Code: decnet.CodeLimited, Message: "too many attempts from your address; try again in a minute"})
	}
	user, err := s.store.Users.ByName(ctx, in.Body.Username)
	hash := user.PasswordHash
	if decnet.ErrorCode(err) == decnet.CodeNotFound {
		hash = nobodysHash
	} else if err != nil {
		return nil, s.failure(err)
	}
	if ok := checkPassword(hash, in.Body.Password); !ok || err != nil {
		s.env.Log.Warn("login refused", "username", in.Body.Username, "from", in.peer)
		return nil, s.failure(&decnet.Error{Code: decnet.CodeUnauthorized, Message: "wrong username or password"})
	}
	s.logins.forget(in.peer)
	token := rand.Text() + rand.Text()
	expires := time.Now().Add(s.cfg.Session).UTC()
	if err := s.store.Sessions.Create(ctx, sha256.Sum256([]byte(token)), user.Name, expires); err != nil {
		return nil, s.failure(err)
	}
	out := &loginOutput{SetCookie: cookie(token, expires)}
	out.Body.AccessToken, out.Body.ExpiresAt, out.Body.Username = token, expires, user.Name
	return out, nil
}

// cookie is out of reach for scripts and other sites. It is not limited to TLS,
// which a dashboard on loopback does not have.
func cookie(value string, expires time.Time) http.Cookie {
	return http.Cookie{Name: cookieName, Value: value, Path: "/", Expires: expires, HttpOnly: true, SameSite: http.SameSiteStrictMode} //nolint:gosec // see above
}

type logoutOutput struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}

func (s *Server) logout(ctx context.Context, _ *struct{}) (*logoutOutput, error) {
	if err := s.store.Sessions.Delete(ctx, caller(ctx).hash); err != nil {
		return nil, s.failure(err)
	}
	return &logoutOutput{cookie("", time.Unix(1, 0))}, nil
}

// authenticate lets a request to a route with Security pass only with a session.
func (s *Server) authenticate(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if len(ctx.Operation().Security) == 0 {
			next(ctx)
			return
		}
		id, err := s.identify(ctx)
		if err != nil {
			ctx.SetHeader("WWW-Authenticate", `Bearer realm="decnet"`)
			p := s.failure(err).(*problem) //nolint:errorlint,forcetypeassert // failure makes nothing else
			_ = huma.WriteErr(api, ctx, p.Status, p.Detail)
			return
		}
		next(huma.WithValue(ctx, identityKey{}, id))
	}
}

func (s *Server) identify(ctx huma.Context) (identity, error) {
	token, ok := strings.CutPrefix(ctx.Header("Authorization"), "Bearer ")
	if !ok {
		if c, err := huma.ReadCookie(ctx, cookieName); err == nil {
			token = c.Value
		}
	}
	if token == "" {
		return identity{}, &decnet.Error{Code: decnet.CodeUnauthorized, Message: "log in first: POST " + Prefix + "/auth/login"}
	}
	hash := sha256.Sum256([]byte(token))
	session, err := s.store.Sessions.Lookup(ctx.Context(), hash)
	if err != nil {
		return identity{}, err
	}
	return identity{Username: session.User.Name, Role: session.User.Role, hash: hash}, nil
}
