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

// ProfileChange is a profile to save in place of the one it was computed from.
type ProfileChange struct {
	Profile decnet.Profile
	// PreviousThrough is the Through of that one, 0 if there was none.
	PreviousThrough uint64
	// Traits that the attacker was found to have are stored with the profile; see LinksBy.
	Traits []decnet.Trait
}

// SaveProfiles stores each profile if the one it was computed from is still the
// stored one, all in one transaction, and reports which were saved. For one that
// was not, somebody else was faster: read it again and go on from there. Through
// must have grown (CodeInvalid) and the attackers have events (CodeNotFound);
// after an error nothing is saved.
func (r *Attackers) SaveProfiles(ctx context.Context, changes []ProfileChange) (saved []bool, err error) {
	for _, c := range changes {
		if c.Profile.Through <= c.PreviousThrough {
			return nil, invalid("profile of attacker %q goes through event %d, not past %d", c.Profile.Attacker, c.Profile.Through, c.PreviousThrough)
		}
	}
	if len(changes) == 0 {
		return nil, nil
	}
	doing := fmt.Sprintf("save %d profiles", len(changes))
	rows := make([][]any, len(changes)) // made before the transaction: others may write meanwhile
	for i := range changes {
		if rows[i], err = profileRow(&changes[i].Profile); err != nil {
			return nil, wrap(err, doing)
		}
	}
	saved = make([]bool, len(changes))
	err = transact(ctx, r.writer, func(tx *sql.Tx) error {
		var traits []traitRow
		for i := range changes {
			c := &changes[i]
			var err error
			if saved[i], err = saveProfile(ctx, tx, c, rows[i]); err != nil {
				return err
			}
			if saved[i] {
				traits = appendTraits(traits, c.Profile.Attacker, c.Traits)
			}
		}
		return r.putTraits(ctx, tx, traits)
	})
	if err != nil {
		return nil, wrap(err, doing)
	}
	return saved, nil
}

// SaveProfile is SaveProfiles for one, with CodeConflict if it was not saved.
func (r *Attackers) SaveProfile(ctx context.Context, p decnet.Profile, previousThrough uint64) error {
	saved, err := r.SaveProfiles(ctx, []ProfileChange{{Profile: p, PreviousThrough: previousThrough}})
	if err == nil && !saved[0] {
		return conflict("profile of attacker %q is not the one through event %d any more", p.Attacker, previousThrough)
	}
	return err
}

func saveProfile(ctx context.Context, tx *sql.Tx, c *ProfileChange, args []any) (bool, error) {
	query := `
		INSERT INTO profiles (attacker, through, sessions, credentials, commands, services, deckies, body)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (attacker) DO NOTHING`
	if c.PreviousThrough > 0 {
		query = `
			UPDATE profiles SET through = $2, sessions = $3, credentials = $4, commands = $5,
			  services = $6, deckies = $7, body = $8
			WHERE attacker = $1 AND through = $9`
		args = append(args, c.PreviousThrough)
	}
	saved, err := changed(tx.ExecContext(ctx, query, args...))
	if missingReference(err) {
		return false, notFound("attacker %q is not known", c.Profile.Attacker)
	}
	return saved, err
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
