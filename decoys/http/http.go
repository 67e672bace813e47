// Package http is the web server decoy. In come HTTP/1 requests, valid and
// broken, out go the answers of nginx or Apache as the persona's release gives
// them, a login page of a nameless internal application, and the events request,
// request_body and auth_attempt. No login is ever accepted and no file, script
// or weakness is behind any path.
//
// Reader and writer are its own, not net/http's: that answers broken requests in
// a way that no genuine server does (RFC 9112 leaves much of it open, and
// attackers tell servers apart by it).
package http

import (
	"bufio"
	"context"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
)

// Service is the service "http".
func Service() decoy.Service {
	return decoy.Service{
		Spec: decnet.ServiceSpec{
			Slug: "http", Title: "Web server",
			Summary:  "Pretends to be nginx or Apache with the login page of an internal application; captures requests and credentials.",
			Ports:    []decnet.PortSpec{{Port: 80, Transport: decnet.TCP}},
			RunsOn:   []string{"debian", "ubuntu22", "ubuntu20"}, // whose default pages and error pages it has
			Settings: []decnet.SettingSpec{},
			Events:   decoy.Events(eventSpecs()...),
		},
		Limits: decoy.Limits{
			Idle: 75 * time.Second, Total: 10 * time.Minute, BytesIn: 16 << 20,
			PerSource: 64, PerService: 512,
		},
		New: func(m decoy.Machine) (decoy.Handler, error) { return newSite(m), nil },
	}
}

// A site is one decky's web server.
type site struct {
	server server
	app    *app
}

// server is how one kind of genuine server behaves.
type server interface {
	// rules bound and judge what is read.
	rules() *rules
	// route decides which page a well-formed request gets.
	route(r *request, a *app) *page
	// refuse is the page for a request that was not well-formed.
	refuse(r *request, f *fault) *page
	// compress encodes a page for those who accept that.
	compress(r *request, p *page)
	// head renders the status line and header of the answer.
	head(r *request, p *page, keep keepAlive) []byte
}

// keepAlive says whether the connection stays open after an answer.
type keepAlive struct {
	on bool
	// used counts the requests that came before on the connection.
	used int
}

func newSite(m decoy.Machine) *site {
	s := &site{app: newApp(m.Persona)}
	if m.Persona.WebServer.Name == "apache" {
		s.server = newApache(m.Persona.WebServer.Header)
	} else {
		s.server = newNginx(m.Persona.WebServer.Header)
	}
	return s
}

// Serve answers the requests of one connection.
func (s *site) Serve(ctx context.Context, conn *decoy.Conn) {
	rules := s.server.rules()
	in := bufio.NewReaderSize(conn, 16<<10)
	for used := 0; used < rules.maxRequests; used++ {
		wait := rules.keepAlive
		if used == 0 {
			wait = rules.firstRequest
		}
		if conn.SetReadDeadline(time.Now().Add(wait)) != nil {
			return
		}
		r, fault := readRequest(in, rules)
		if r == nil {
			return // nothing more was asked
		}
		if !s.answer(ctx, conn, in, r, fault, used) {
			conn.Linger(ctx, lingerTime)
			return
		}
	}
	conn.Linger(ctx, lingerTime)
}

// lingerTime is how long nginx and Apache wait for the peer to close; both have
// it as a constant of a few seconds.
const lingerTime = 2 * time.Second

// answer answers and logs one request. It reports whether the connection can
// go on.
func (s *site) answer(ctx context.Context, conn *decoy.Conn, in *bufio.Reader, r *request, f *fault, used int) bool {
	rules := s.server.rules()
	var p *page
	late := false
	if f == nil {
		p = s.server.route(r, s.app)
		switch {
		case r.length > rules.maxBody:
			f = &fault{status: 413}
		case r.hasBody():
			if conn.SetReadDeadline(time.Now().Add(rules.body)) != nil {
				return false
			}
			if p.status < 400 || rules.bodyFirst {
				invite(in, conn, r)
			}
			// nginx answers first where nothing depends on the body.
			if late = !rules.bodyFirst && !p.dynamic; !late {
				f = readBody(in, r, rules)
			}
		}
	}
	if f != nil {
		if f.silent {
			s.log(conn, r, &page{})
			return false
		}
		p = s.server.refuse(r, f)
	}
	keep := keepAlive{on: f == nil && r.keepAlive && !p.final && used+1 < rules.maxRequests, used: used}
	if late {
		ok := s.write(conn, r, p, keep) == nil && readBody(in, r, rules) == nil
		s.log(conn, r, p)
		return ok && keep.on
	}
	tried := s.log(conn, r, p)
	if p.dynamic && !decoy.Sleep(ctx, s.app.think(tried)) {
		return false
	}
	return s.write(conn, r, p, keep) == nil && keep.on
}

// log records the request and reports whether a credential came with it.
func (s *site) log(conn *decoy.Conn, r *request, p *page) bool {
	logRequest(conn, r, p.status)
	attempts := credentials(r)
	for _, a := range attempts {
		conn.LogCredential(a.principal, a.secret, a.kind, false, decoy.Fields{fieldVia: a.via})
	}
	return len(attempts) > 0
}

// write sends an answer as one segment where it fits one, as both servers do.
func (s *site) write(conn *decoy.Conn, r *request, p *page, keep keepAlive) error {
	var out []byte
	s.server.compress(r, p)
	if r.version != 9 {
		out = s.server.head(r, p, keep)
	}
	if r.method != "HEAD" && p.status != 304 {
		out = append(out, p.encoded()...)
	}
	_, err := conn.Write(out)
	return err
}
