package store

import (
	"context"
	"fmt"

	"github.com/decnet/decnet/pkg/decnet"
)

// Reuse says of each credential where and by whom it was offered. What is missing from the answer was
// offered by one attacker in one place only, or never.
func (r *Credentials) Reuse(ctx context.Context, keys []decnet.CredentialKey) ([]decnet.CredentialReuse, error) {
	often, err := r.usedAgain(ctx, keys)
	if err != nil {
		return nil, wrap(err, "look for reuse of credentials")
	}
	var out []decnet.CredentialReuse
	for _, key := range keys {
		if !often[key.Hash] {
			continue
		}
		reuse, err := r.reuse(ctx, key)
		if err != nil {
			return nil, wrap(err, "look for reuse of a credential")
		}
		if reuse.Targets > 1 || reuse.Attackers > 1 {
			out = append(out, reuse)
		}
	}
	return out, nil
}

func (d *dialect) usedAgainSQL() string {
	return `SELECT hash FROM ` + d.given("$1", "hash") + ` WHERE
		(SELECT count(*) FROM (SELECT 1 FROM credentials WHERE secret_hash = hash LIMIT 2) AS few) > 1`
}

// usedAgain asks once about all secrets which of them there is more than one use of. Of those that somebody guesses
// most were never seen before.
func (r *Credentials) usedAgain(ctx context.Context, keys []decnet.CredentialKey) (map[string]bool, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	rows := make([][1]string, len(keys))
	for i := range keys {
		rows[i][0] = keys[i].Hash
	}
	given, err := toJSON(rows)
	if err != nil {
		return nil, err
	}
	hashes, err := queryAll(ctx, r.db, func(row scanner) (hash string, err error) {
		err = row.Scan(&hash)
		return hash, err
	}, r.d.usedAgainSQL(), given)
	if err != nil {
		return nil, err
	}
	often := make(map[string]bool, len(hashes))
	for _, h := range hashes {
		often[h] = true
	}
	return often, nil
}

// reuseSQL counts within the latest uses of one secret: of one that everybody tries there are too many.
var reuseSQL = fmt.Sprintf(`
SELECT count(DISTINCT decky), count(DISTINCT service), count(DISTINCT decky || ' ' || service), count(DISTINCT attacker),
  CAST(COALESCE(sum(attempts), 0) AS BIGINT), COALESCE(max(accepted), 0), COALESCE(min(first_seen), 0), COALESCE(max(last_seen), 0)
FROM (
  SELECT decky, service, attacker, attempts, accepted, first_seen, last_seen FROM credentials
  WHERE secret_hash = $1 AND principal = $2 AND kind = $3 ORDER BY num DESC LIMIT %d
) AS uses`, maxCounted)

func (r *Credentials) reuse(ctx context.Context, key decnet.CredentialKey) (decnet.CredentialReuse, error) {
	u := decnet.CredentialReuse{CredentialKey: key}
	var first, last, accepted int64
	err := r.db.QueryRowContext(ctx, reuseSQL, key.Hash, key.Principal, string(key.Kind)).
		Scan(&u.Deckies, &u.Services, &u.Targets, &u.Attackers, &u.Attempts, &accepted, &first, &last)
	u.Accepted, u.FirstSeen, u.LastSeen = accepted > 0, fromNanos(first), fromNanos(last)
	return u, err
}
