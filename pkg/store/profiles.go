package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/decnet/decnet/pkg/decnet"
)

// Profile returns the stored profile of an attacker. It is CodeNotFound until
// the first one is saved, even if events of the attacker are stored.
func (r *Attackers) Profile(ctx context.Context, id decnet.AttackerID) (decnet.Profile, error) {
	doing := fmt.Sprintf("read profile of attacker %s", id)
	var body string
	err := r.reader.QueryRowContext(ctx, `SELECT body FROM profiles WHERE attacker = $1`, id).Scan(&body)
	if errors.Is(err, sql.ErrNoRows) {
		return decnet.Profile{}, notFound("attacker %q has no profile", id)
	}
	if err != nil {
		return decnet.Profile{}, wrap(err, doing)
	}
	p, err := fromJSON[decnet.Profile](body)
	return p, wrap(err, doing)
}

// SaveProfile stores p if the profile it was computed from is still the stored
// one: if that one's Through is previousThrough, or if there is none and
// previousThrough is 0. Otherwise somebody else was faster and the error is
// CodeConflict: read the profile again and go on from there. Through must have
// grown (CodeInvalid) and the attacker have events (CodeNotFound).
func (r *Attackers) SaveProfile(ctx context.Context, p decnet.Profile, previousThrough uint64) error {
	if p.Through <= previousThrough {
		return invalid("profile of attacker %q goes through event %d, not past %d", p.Attacker, p.Through, previousThrough)
	}
	doing := fmt.Sprintf("save profile of attacker %s", p.Attacker)
	args, err := profileRow(&p)
	if err != nil {
		return wrap(err, doing)
	}
	query := `
		INSERT INTO profiles (attacker, through, sessions, credentials, commands, services, deckies, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (attacker) DO NOTHING`
	if previousThrough > 0 {
		query = `
			UPDATE profiles SET through = $2, sessions = $3, credentials = $4, commands = $5,
			  services = $6, deckies = $7, body = $8
			WHERE attacker = $1 AND through = $9`
		args = append(args, previousThrough)
	}
	saved, err := changed(r.writer.ExecContext(ctx, query, args...))
	switch {
	case missingReference(err):
		return notFound("attacker %q is not known", p.Attacker)
	case err != nil:
		return wrap(err, doing)
	case !saved:
		return conflict("profile of attacker %q is not the one through event %d any more", p.Attacker, previousThrough)
	}
	return nil
}

func profileRow(p *decnet.Profile) ([]any, error) {
	services, err := countsJSON(p.Services)
	if err != nil {
		return nil, err
	}
	deckies, err := countsJSON(p.Deckies)
	if err != nil {
		return nil, err
	}
	body, err := toJSON(p)
	if err != nil {
		return nil, err
	}
	return []any{p.Attacker, p.Through, p.Sessions, p.CredentialCount, p.CommandCount, services, deckies, body}, nil
}

// countsJSON is how counts by name are stored.
func countsJSON(counts map[string]uint64) (string, error) {
	if len(counts) == 0 {
		return "{}", nil
	}
	return toJSON(counts)
}

// countsFromJSON never returns nil, so that the API shows an empty object.
func countsFromJSON(s string) (map[string]uint64, error) {
	counts, err := fromJSON[map[string]uint64](s)
	if counts == nil {
		counts = map[string]uint64{}
	}
	return counts, err
}
