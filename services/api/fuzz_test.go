package api

import "testing"

func FuzzCursor(f *testing.F) {
	for _, s := range []string{"1-2-3-4-5-6-7-8-9", "1-2-3-4-5-6-7-8", "1-2-3-4-5", "", "1-2-3-4", "1-2-3-4-5-6", "-1-2-3-4-5", "01-2-3-4-5", "99999999999999999999-0-0-0-0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := parseCursor(s); err == nil && c.String() != s {
			t.Errorf("%q was taken for %s", s, c)
		}
	})
}

func FuzzPasswordHash(f *testing.F) {
	f.Add("$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA", "x")
	f.Add("$$$$$", "")
	f.Fuzz(func(t *testing.T, hash, password string) {
		if hash != nobodysHash && checkPassword(hash, password) {
			t.Errorf("%q opens %q", password, hash)
		}
	})
}
