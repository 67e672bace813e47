package http

import (
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"strings"
	"time"

	"github.com/decnet/decnet/pkg/decnet/persona"
)

// An app is the internal application of one decky: a login page whose words,
// looks and markup derive from the persona, so that no two deckies serve the
// same bytes. It is made of files, as far as the server sees, and of a script
// for /login.
type app struct {
	look     look
	index    string
	modified time.Time
	realm    string
	// pace is how long the script takes to check a password.
	pace time.Duration
}

func newApp(p *persona.Persona) *app {
	r := p.Rand("http app")
	a := &app{look: newLook(r), pace: time.Duration(45+r.IntN(60)) * time.Millisecond}
	// Deployed some time before the machine was last restarted, in working hours.
	day := p.Boot.Truncate(24*time.Hour).AddDate(0, 0, -1-r.IntN(240))
	a.modified = day.Add(7*time.Hour + time.Duration(r.Int64N(int64(10*time.Hour)))).Truncate(time.Microsecond)
	a.realm = a.look.realm
	a.index = a.look.render("")
	return a
}

// page returns the page at the path of r, or nil if there is none. Whatever
// else is asked for, is not there: a decoy that has everything is recognised.
func (a *app) page(r *request) *page {
	switch r.path {
	case "/", "/index.html":
		return &page{status: 200, reason: "OK", mime: "text/html", body: a.index, modified: a.modified, size: len(a.index)}
	case "/login":
		message := ""
		if r.method == "POST" {
			message = a.look.refusal
		}
		return &page{
			status: 200, reason: "OK", mime: "text/html; charset=UTF-8", body: a.look.render(message), dynamic: true,
			headers: sessionHeaders(r),
		}
	}
	if path := strings.TrimSuffix(r.path, "/"); path == "/admin" {
		return &page{status: 401, headers: []field{{"WWW-Authenticate", fmt.Sprintf("Basic realm=%q", a.realm)}}}
	}
	return nil
}

// sessionHeaders are what PHP sends when a script starts a session; the cookie
// only if the browser has none yet.
func sessionHeaders(r *request) []field {
	headers := []field{
		{"Expires", "Thu, 19 Nov 1981 08:52:00 GMT"},
		{"Cache-Control", "no-store, no-cache, must-revalidate"},
		{"Pragma", "no-cache"},
	}
	if strings.Contains(r.get("Cookie"), "PHPSESSID=") {
		return headers
	}
	const alphabet = "0123456789abcdefghijklmnopqrstuv"
	var id [26]byte
	_, _ = rand.Read(id[:]) // never fails
	for i := range id {
		id[i] = alphabet[id[i]%32]
	}
	return append([]field{{"Set-Cookie", "PHPSESSID=" + string(id[:]) + "; path=/"}}, headers...)
}

// think is how long the application takes for one answer.
func (a *app) think(checksPassword bool) time.Duration {
	d := 2*time.Millisecond + time.Duration(mathrand.Int64N(int64(4*time.Millisecond)))
	if checksPassword {
		d += a.pace + time.Duration(mathrand.Int64N(int64(a.pace/8)))
	}
	return d
}
