package api

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"strings"
	"unicode/utf8"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/worker"
)

// AdminConfig is the first user, for when there is none yet.
type AdminConfig struct {
	User     string `mapstructure:"user" env:"DECNET_ADMIN_USER" doc:"name of the first user, at most 64 characters"`
	Password string `mapstructure:"password" env:"DECNET_ADMIN_PASSWORD" secret:"true" doc:"password of the first user, 12 to 256 characters; empty makes a random one"`
}

// DefaultAdmin is called admin and has a random password.
func DefaultAdmin() AdminConfig { return AdminConfig{User: "admin"} }

// Validate refuses what the login would not take either.
func (a AdminConfig) Validate() error {
	switch n := utf8.RuneCountInString(a.Password); {
	case a.User == "":
		return errors.New("admin.user is empty: want a name, such as admin")
	case utf8.RuneCountInString(a.User) > 64:
		return errors.New("admin.user is too long: want at most 64 characters")
	case n > 256:
		return errors.New("admin.password is too long: want at most 256 characters")
	case n > 0 && n < 12:
		return errors.New("admin.password is too short: want at least 12 characters")
	}
	return worker.CheckSecret("admin.password", a.Password)
}

// NewPassword is easy to read out and type: four groups of letters and digits,
// 100 bits.
func NewPassword() string {
	t := strings.ToLower(rand.Text())[:20]
	return t[:5] + "-" + t[5:10] + "-" + t[10:15] + "-" + t[15:]
}

// EnsureAdmin creates the first user and reports whether it did: only where
// there is no user at all, and only one of several that try at once.
func EnsureAdmin(ctx context.Context, s *store.Store, name, password string) (bool, error) {
	n, err := s.Users.Count(ctx)
	if err != nil || n > 0 {
		return false, err
	}
	_, err = s.Users.Create(ctx, name, "admin", HashPassword(password))
	if decnet.ErrorCode(err) == decnet.CodeConflict {
		return false, nil
	}
	return err == nil, err
}

// FirstUser sees to the first user where the API is a process of its own. The log
// is the only place that an invented password is told in, once.
func FirstUser(ctx context.Context, s *store.Store, cfg AdminConfig, log *slog.Logger) error {
	password := cfg.Password
	if password == "" {
		password = NewPassword()
		if n, err := s.Users.Count(ctx); err != nil || n > 0 {
			return err
		}
		if !log.Enabled(ctx, slog.LevelWarn) {
			return errors.New("there is no user yet and log.level would hide an invented password: set admin.password (DECNET_ADMIN_PASSWORD)")
		}
	}
	created, err := EnsureAdmin(ctx, s, cfg.User, password)
	switch {
	case err != nil || !created:
		return err
	case cfg.Password == "":
		log.Warn("the first user was made; the password is shown this once, keep it", "user", cfg.User, "password", password)
	default:
		log.Info("the first user was made, with the password of the configuration", "user", cfg.User)
	}
	return nil
}
