package transport

import (
	"hash"
	"math/big"
	"slices"
	"strings"

	"github.com/decnet/decnet/decoys/ssh/sshwire"
)

// Messages of key exchange; those of the methods share numbers.
const (
	msgKexDHInit     = 30
	msgKexDHReply    = 31
	msgKexGEXGroup   = 31
	msgKexGEXInit    = 32
	msgKexGEXReply   = 33
	msgKexGEXRequest = 34
)

func appendNames(dst []byte, names []string) []byte {
	return sshwire.AppendString(dst, strings.Join(names, ","))
}

// Offer is what a KEXINIT says (RFC 4253 section 7.1).
type Offer struct {
	Kex, HostKeys             []string
	CiphersIn, CiphersOut     []string // from client to server and back
	MACsIn, MACsOut           []string
	CompressIn, CompressOut   []string
	LanguagesIn, LanguagesOut []string
	FirstKexFollows           bool
}

// ParseOffer reads the payload of a KEXINIT. It reports whether that is one.
func ParseOffer(payload []byte) (*Offer, bool) {
	if len(payload) < 17 || payload[0] != msgKexInit {
		return nil, false
	}
	r := sshwire.NewReader(payload[17:])
	o := &Offer{}
	for _, l := range []*[]string{
		&o.Kex, &o.HostKeys, &o.CiphersIn, &o.CiphersOut, &o.MACsIn, &o.MACsOut, &o.CompressIn, &o.CompressOut, &o.LanguagesIn, &o.LanguagesOut,
	} {
		if text := r.Text(); text != "" {
			*l = strings.Split(text, ",")
		}
	}
	o.FirstKexFollows = r.Bool()
	r.Uint32()
	return o, r.Done()
}

// choice is what was agreed on.
type choice struct {
	kex, hostKey string
	// in is of what the client sends, out of what we send.
	in, out way
	// skip is whether the client's first packet is to be dropped: it guessed wrong.
	skip bool
}

type way struct {
	cipher, mac string
	compress    bool
}

// choose takes the first of each of the client's lists that we have (RFC 4253
// section 7.1).
func choose(r *Release, o *Offer) (*choice, bool) {
	c := &choice{}
	ok := pick(&c.kex, o.Kex, r.Kex) && pick(&c.hostKey, o.HostKeys, r.HostKeys)
	ok = ok && c.in.pick(r, o.CiphersIn, o.MACsIn, o.CompressIn)
	ok = ok && c.out.pick(r, o.CiphersOut, o.MACsOut, o.CompressOut)
	c.skip = ok && o.FirstKexFollows && (o.Kex[0] != r.Kex[0] || o.HostKeys[0] != r.HostKeys[0])
	return c, ok
}

func (w *way) pick(r *Release, theirCiphers, theirMACs, compressions []string) bool {
	compression := ""
	if !pick(&w.cipher, theirCiphers, r.Ciphers) {
		return false
	}
	if s := ciphers[w.cipher]; !s.aead() && !pick(&w.mac, theirMACs, r.MACs) {
		return false
	}
	ok := pick(&compression, compressions, r.Compressions)
	w.compress = compression != "none"
	return ok
}

func pick(to *string, theirs, ours []string) bool {
	for _, name := range theirs {
		if name == "" { // OpenSSH looks no further
			return false
		}
		if slices.Contains(ours, name) {
			*to = name
			return true
		}
	}
	return false
}

// exchange agrees on keys, after both have said what they offer, and turns them on.
// seq is the number of the client's KEXINIT.
func (t *Conn) exchange(ours, theirs []byte, seq uint32, initial bool) error {
	offer, ok := ParseOffer(theirs)
	if !ok {
		return errSilent
	}
	release := t.config.Release
	if initial {
		t.strict = release.Strict() && slices.Contains(offer.Kex, kexStrictClient)
		t.extInfo = slices.Contains(offer.Kex, extInfoClient)
		if t.strict && seq != 0 {
			return protocolError("strict KEX violation: KEXINIT was not the first packet")
		}
	}
	agreed, ok := choose(release, offer)
	if !ok {
		return errSilent
	}
	m, ok := methods[agreed.kex]
	if !ok {
		return errSilent
	}
	if agreed.skip {
		if _, _, err := t.nextAny(); err != nil {
			return err
		}
	}
	x := &exchange{conn: t, method: m, choice: agreed, hash: m.hash()}
	for _, part := range [][]byte{[]byte(t.client), []byte(t.config.Banner), theirs, ours} {
		x.add(sshwire.AppendString(nil, part))
	}
	reply, err := x.run()
	if err != nil {
		return err
	}
	sum := x.hash.Sum(nil)
	if initial {
		t.SessionID, t.HostKey = sum, x.public
	}
	return t.turn(x, reply, sum, initial)
}

// nextAny returns the next packet that a handler would get.
func (t *Conn) nextAny() ([]byte, uint32, error) {
	var all []byte
	for k := byte(5); k <= msgLastTransport; k++ {
		all = append(all, k)
	}
	return t.next(all...)
}

// An exchange is one run of a method.
type exchange struct {
	conn   *Conn
	method method
	choice *choice
	hash   hash.Hash
	secret []byte // as the hash takes it
	public []byte // the host key
}

func (x *exchange) add(parts ...[]byte) {
	for _, p := range parts {
		x.hash.Write(p)
	}
}

// run is the method up to our answer, which it returns.
func (x *exchange) run() (reply []byte, err error) {
	key, public, err := x.conn.config.hostKey(x.choice.hostKey)
	if err != nil {
		return nil, err
	}
	x.public = public
	x.add(sshwire.AppendString(nil, public))
	kind := byte(msgKexDHReply)
	var ours []byte // encoded
	if x.method.respond == nil {
		kind = msgKexGEXReply
		ours, err = x.group()
	} else {
		ours, err = x.simple()
	}
	if err != nil {
		return nil, err
	}
	x.add(x.secret)
	signature, err := key.Sign(x.choice.hostKey, x.hash.Sum(nil))
	if err != nil {
		return nil, err
	}
	reply = sshwire.AppendString([]byte{kind}, public)
	return sshwire.AppendString(append(reply, ours...), signature), nil
}

// simple is every method whose client begins with its public value.
func (x *exchange) simple() (ours []byte, err error) {
	payload, _, err := x.conn.next(msgKexDHInit)
	if err != nil {
		return nil, err
	}
	r := sshwire.NewReader(payload[1:])
	theirs := r.Bytes()
	if !r.Done() {
		return nil, errSilent
	}
	public, secret, err := x.method.respond(theirs)
	if err != nil {
		return nil, errSilent
	}
	ours, x.secret = sshwire.AppendString(nil, public), secret
	x.add(sshwire.AppendString(nil, theirs), ours)
	return ours, nil
}

// OpenSSH's bounds of a group, in bits.
const (
	minGroup = 2048
	maxGroup = 8192
)

// group is group exchange (RFC 4419).
func (x *exchange) group() (ours []byte, err error) {
	payload, _, err := x.conn.next(msgKexGEXRequest)
	if err != nil {
		return nil, err
	}
	request := append([]byte(nil), payload[1:]...)
	r := sshwire.NewReader(request)
	lowest, wanted, highest := r.Uint32(), r.Uint32(), r.Uint32()
	if !r.Done() {
		return nil, errSilent
	}
	low, high := max(minGroup, lowest), min(maxGroup, highest)
	if want := min(max(wanted, minGroup), maxGroup); high < low || want < low || high < want {
		return nil, errSilent
	}
	p := modulus(groupFor(low, min(max(wanted, minGroup), maxGroup), high))
	group := sshwire.AppendMpint(sshwire.AppendMpint(nil, p.Bytes()), big.NewInt(2).Bytes())
	x.conn.push(append([]byte{msgKexGEXGroup}, group...))

	payload, _, err = x.conn.next(msgKexGEXInit)
	if err != nil {
		return nil, err
	}
	r = sshwire.NewReader(payload[1:])
	e := r.Mpint()
	if !r.Done() {
		return nil, errSilent
	}
	f, secret, err := modular(p, e)
	if err != nil {
		return nil, err
	}
	ours, x.secret = sshwire.AppendMpint(nil, f), sshwire.AppendMpint(nil, secret)
	x.add(request, group, sshwire.AppendMpint(nil, e.Bytes()), ours)
	return ours, nil
}

// hostKey returns the key for a signature algorithm.
func (c *Config) hostKey(algorithm string) (HostKey, []byte, error) {
	for _, k := range c.Keys {
		if slices.Contains(k.Algorithms(), algorithm) {
			public, err := k.Public()
			return k, public, err
		}
	}
	return nil, nil, errSilent
}

// turn sends our answer and turns the new keys on, ours now and the client's when it says so.
func (t *Conn) turn(x *exchange, reply, sum []byte, initial bool) error {
	in, err := x.protection(x.choice.in, sum, 'A', true)
	if err != nil {
		return errSilent
	}
	out, err := x.protection(x.choice.out, sum, 'B', false)
	if err != nil {
		return errSilent
	}
	t.push(reply)
	t.push([]byte{msgNewKeys})
	t.mu.Lock()
	t.out.p = out
	if t.strict {
		t.out.seq = 0
	}
	t.mu.Unlock()
	if initial && t.extInfo {
		t.push(t.config.Release.extInfo())
	}
	payload, _, err := t.next(msgNewKeys)
	if err != nil {
		return err
	}
	if len(payload) != 1 {
		return errSilent
	}
	t.in.p = in
	if t.strict {
		t.in.seq = 0
	}
	if initial {
		t.compressIn, t.compressOut, t.extInfoDue = x.choice.in.compress, x.choice.out.compress, true
	}
	return nil
}

// extInfo is EXT_INFO (RFC 8308 section 2.3).
func (r *Release) extInfo() []byte {
	all := append([]Extension{{"server-sig-algs", r.SignatureAlgorithms}}, r.Extensions...)
	b := sshwire.AppendUint32([]byte{msgExtInfo}, uint32(len(all))) //nolint:gosec // three
	for _, e := range all {
		b = sshwire.AppendString(sshwire.AppendString(b, e.Name), e.Value)
	}
	return b
}

// protection derives the keys of a direction (RFC 4253 section 7.2): letter is that of its
// initial vector, and the key's and the MAC key's are two and four further on.
func (x *exchange) protection(w way, sum []byte, letter byte, decrypt bool) (*protection, error) {
	s := ciphers[w.cipher]
	derive := func(letter byte, n int) []byte {
		h := x.method.hash()
		var out []byte
		for len(out) < n {
			h.Reset()
			h.Write(x.secret)
			h.Write(sum)
			if len(out) == 0 {
				h.Write([]byte{letter})
				h.Write(x.conn.SessionID)
			} else {
				h.Write(out)
			}
			out = h.Sum(out)
		}
		return out[:n]
	}
	return newProtection(w.cipher, w.mac, derive(letter+2, s.keyLen), derive(letter, s.ivLen), derive(letter+4, macs[w.mac].keyLen), decrypt)
}
