package store

import (
	"context"
	"fmt"

	"github.com/decnet/decnet/pkg/decnet"
)

// Reuse says of each credential where and by whom it was offered. What is missing from the answer was
// offered by one attacker in one place only, or never.
func (r *Credentials) Reuse(ctx context.Context, keys []decnet.CredentialKey) ([]decnet.CredentialReuse, error) {
	var out []decnet.CredentialReuse
	for _, key := range keys {
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
