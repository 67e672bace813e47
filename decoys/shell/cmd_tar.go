package shell

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"path"
	"slices"
	"strings"
)

func (p *proc) tarCreate(o *opts, dir string) int {
	if len(o.rest) == 0 {
		p.errorf(2, "Cowardly refusing to create an empty archive")
		p.say("Try 'tar --help' or 'tar --usage' for more information.\n")
		return 2
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	status, count := 0, 0
	var add func(name, full string)
	add = func(name, full string) {
		n, err := p.lookup(full, false)
		if err != nil {
			status = p.errorf(2, "%s: Cannot stat: %v", name, err)
			return
		}
		if count++; count > maxEntries || b.Len() > maxUnpacked || p.over(p.ctx) {
			return
		}
		h := &tar.Header{
			Name: strings.TrimLeft(name, "/"), Mode: int64(n.perm), Uid: n.uid, Gid: n.gid, Uname: p.owner(n.uid), Gname: p.FS.groupName(n.gid), ModTime: n.modified,
			Typeflag: tar.TypeReg,
		}
		if o.has("v") {
			_, _ = io.WriteString(map[bool]io.Writer{true: p.Err, false: p.Out}[o.get('f') == "-" || !o.has("f")], name+"\n")
		}
		data := ""
		switch n.kind {
		case directory:
			h.Typeflag = tar.TypeDir
			h.Name = strings.TrimSuffix(h.Name, "/") + "/"
		case symlink:
			h.Typeflag, h.Linkname = tar.TypeSymlink, n.target
		case regular:
			if data, err = p.FS.read(&p.user, full); err != nil {
				status = p.errorf(2, "%s: Cannot open: %v", name, err)
				return
			}
			h.Size = int64(len(data))
		default:
			return
		}
		if w.WriteHeader(h) == nil {
			_, _ = io.WriteString(w, data) // to memory
		}
		if n.kind == directory {
			entries, _ := p.FS.list(&p.user, full)
			for _, e := range entries {
				add(strings.TrimSuffix(name, "/")+"/"+e.name, path.Join(full, e.name))
			}
		}
	}
	for _, name := range o.rest {
		full := name
		if !strings.HasPrefix(name, "/") {
			full = dir + "/" + name
		} else if status == 0 && count == 0 {
			p.errorf(0, "Removing leading `/' from member names")
		}
		add(name, path.Clean(full))
	}
	_ = w.Close() // to memory
	out := b.String()
	if o.has("zjJ") || o.has("a") {
		var z bytes.Buffer
		g := gzip.NewWriter(&z)
		_, _ = io.WriteString(g, out) // likewise
		_ = g.Close()
		out = z.String()
	}
	if f := o.get('f'); f != "" && f != "-" {
		if err := p.write(p.abs(f), out, false); err != nil {
			p.errorf(2, "%s: Cannot open: %v", f, err)
			return p.errorf(2, "Error is not recoverable: exiting now")
		}
	} else {
		p.print(out)
	}
	if status != 0 {
		return p.errorf(2, "Exiting with failure status due to previous errors")
	}
	return 0
}

func (p *proc) tarRead(o *opts, dir string) int {
	data := ""
	if f := o.get('f'); f != "" && f != "-" {
		var err error
		if data, err = p.FS.read(&p.user, p.abs(f)); err != nil {
			p.errorf(2, p.either("%s: Cannot open: %v", "can't open '%s': %v"), f, err)
			return p.errorf(2, "Error is not recoverable: exiting now")
		}
	} else {
		data = input(p.In)
	}
	if o.has("z") && !strings.HasPrefix(data, "\x1f\x8b") {
		p.say("\ngzip: stdin: not in gzip format\ntar: Child returned status 1\ntar: Error is not recoverable: exiting now\n")
		return 2
	}
	plain, _ := unpack(data)
	r := tar.NewReader(strings.NewReader(plain))
	for range maxEntries {
		h, err := r.Next()
		if err == io.EOF {
			return 0
		}
		if err != nil {
			p.errorf(2, "This does not look like a tar archive")
			return p.errorf(2, "Exiting with failure status due to previous errors")
		}
		if len(o.rest) > 0 && !slices.Contains(o.rest, strings.TrimSuffix(h.Name, "/")) {
			continue
		}
		n := node{kind: regular, perm: uint16(h.Mode & 0o7777), uid: h.Uid, gid: h.Gid, modified: h.ModTime}
		switch {
		case o.has("t") && o.has("v"):
			if h.Typeflag == tar.TypeDir {
				n.kind = directory
			}
			p.printf("%s %s/%s %9d %s %s\n", mode(n), h.Uname, h.Gname, h.Size, h.ModTime.UTC().Format("2006-01-02 15:04"), h.Name)
			continue
		case o.has("t"), o.has("v"):
			p.print(h.Name + "\n")
		}
		if o.has("t") {
			continue
		}
		body, _ := io.ReadAll(io.LimitReader(r, maxUnpacked))
		if o.has("O") {
			p.print(string(body))
			continue
		}
		if !p.extract(path.Join(dir, path.Clean("/"+h.Name)), h, string(body)) {
			return 2
		}
	}
	return 0
}

// extract makes one file of an archive.
func (p *proc) extract(at string, h *tar.Header, body string) bool {
	perm := uint16(h.Mode & 0o7777)
	for i, c := range at {
		if c == '/' && i > 0 {
			_ = p.FS.mkdir(&p.user, at[:i], 0o755) // it may be there
		}
	}
	var err error
	switch h.Typeflag {
	case tar.TypeDir:
		if err = p.FS.mkdir(&p.user, at, perm); err == errExists { //nolint:errorlint // our own value
			err = nil
		}
	case tar.TypeSymlink:
		_ = p.remove(at, false)
		err = p.FS.make(&p.user, at, &node{kind: symlink, perm: 0o777, target: h.Linkname})
	case tar.TypeReg:
		err = p.write(at, body, false)
		_ = p.FS.change(&p.user, at, func(n *node) { n.perm, n.modified = perm, h.ModTime }) // it was just written
	}
	if err != nil {
		p.errorf(2, "%s: Cannot open: %v", h.Name, err)
		p.errorf(2, "Exiting with failure status due to previous errors")
	}
	return err == nil
}

func cmdTar(p *proc) int {
	if len(p.args) > 1 && !strings.HasPrefix(p.args[1], "-") { // the old way, without a dash
		p.args = slices.Clone(p.args)
		flags := p.args[1]
		if i := strings.IndexByte(flags, 'f'); i >= 0 {
			flags = flags[:i] + flags[i+1:] + "f"
		}
		p.args[1] = "-" + flags
	}
	o, bad, ok := p.opt("cxtzjJvpkmhOPWaf:C:T:X:r:u directory=C file=f create=c extract=x list=t gzip=z verbose=v strip-components=u exclude=X get=x bzip2=j xz=J no-same-owner=m overwrite=k to-stdout=O", 64)
	if !ok {
		return bad
	}
	dir := p.dir
	if o.has("C") {
		dir = p.abs(o.get('C'))
		if n, err := p.lookup(dir, true); err != nil || n.kind != directory {
			p.errorf(2, "%s: Cannot open: No such file or directory", o.get('C'))
			return p.errorf(2, "Error is not recoverable: exiting now")
		}
	}
	switch {
	case o.has("c"):
		return p.tarCreate(o, dir)
	case o.has("xt"):
		return p.tarRead(o, dir)
	}
	p.errorf(2, "You must specify one of the '-Acdtrux', '--delete' or '--test-label' options")
	p.say("Try 'tar --help' or 'tar --usage' for more information.\n")
	return 2
}
