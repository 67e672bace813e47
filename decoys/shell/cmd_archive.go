package shell

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"io"
	"path"
	"slices"
	"strings"
)

// maxUnpacked bounds what an archive may become, in bytes, and maxEntries the files
// in it.
const (
	maxUnpacked = maxFSBytes
	maxEntries  = 4000
)

// unpack takes the compression off data, whatever it is. ok is false if it is broken.
func unpack(data string) (string, bool) {
	var r io.Reader = strings.NewReader(data)
	switch {
	case strings.HasPrefix(data, "\x1f\x8b"):
		g, err := gzip.NewReader(r)
		if err != nil {
			return "", false
		}
		r = g
	case strings.HasPrefix(data, "BZh"):
		r = bzip2.NewReader(r)
	default:
		return data, true
	}
	out, err := io.ReadAll(io.LimitReader(r, maxUnpacked))
	return string(out), err == nil
}

// cmdGzip is gzip, gunzip, zcat, bzip2, bunzip2, bzcat, xz and so on. Only what Go's
// library reads can be unpacked; xz and bzip2 write gzip's format under their name.
func cmdGzip(p *proc) int {
	name := p.args[0]
	o, bad, ok := p.opt("cdfklqrtvnh123456789zT:S: stdout=c to-stdout=c decompress=d uncompress=d force=f keep=k quiet=q best=9 fast=1 test=t verbose=v list=l", 1)
	if !ok {
		return bad
	}
	suffix := map[byte]string{'b': ".bz2", 'x': ".xz"}[strings.TrimPrefix(name, "un")[0]]
	suffix = or(suffix, ".gz")
	decompress := o.has("dt") || strings.HasPrefix(name, "un") || strings.HasPrefix(name, "gun") || strings.HasPrefix(name, "bun") || strings.HasSuffix(name, "cat")
	toOut := o.has("c") || strings.HasSuffix(name, "cat") || len(o.rest) == 0 || slices.Contains(o.rest, "-")
	work := func(data string) (string, bool) {
		if decompress {
			if !strings.HasPrefix(data, "\x1f\x8b") && !strings.HasPrefix(data, "BZh") {
				return data, o.has("f") && toOut
			}
			return unpack(data)
		}
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = io.WriteString(w, data) // to memory
		_ = w.Close()                  // likewise
		return b.String(), true
	}
	status := 0
	names := o.rest
	if len(names) == 0 {
		names = []string{"-"}
	}
	for _, file := range names {
		if file == "-" {
			out, ok := work(input(p.In))
			if !ok {
				return p.errorf(1, "stdin: not in gzip format")
			}
			p.print(out)
			continue
		}
		data, err := p.FS.read(&p.user, p.abs(file))
		if err != nil && decompress {
			if more, err2 := p.FS.read(&p.user, p.abs(file+suffix)); err2 == nil {
				data, err, file = more, nil, file+suffix
			}
		}
		if err != nil {
			status = p.errorf(1, "%s: %v", file, err)
			continue
		}
		out, ok := work(data)
		to := file + suffix
		switch {
		case !ok:
			status = p.errorf(1, "%s: not in gzip format", file)
			continue
		case toOut:
			p.print(out)
			continue
		case o.has("t"):
			continue
		case decompress && !strings.HasSuffix(file, suffix) && !strings.HasSuffix(file, ".tgz"):
			status = p.errorf(1, "%s: unknown suffix -- ignored", file)
			continue
		case decompress:
			to = strings.TrimSuffix(file, suffix)
			if strings.HasSuffix(file, ".tgz") {
				to = strings.TrimSuffix(file, ".tgz") + ".tar"
			}
		}
		if err := p.write(p.abs(to), out, false); err != nil {
			status = p.errorf(1, "%s: %v", to, err)
			continue
		}
		if !o.has("k") {
			_ = p.remove(p.abs(file), false) // then both are there
		}
	}
	return status
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

func cmdUnzip(p *proc) int {
	o, bad, ok := p.opt("opqlnjtvd:P:x:", 10)
	if !ok {
		return bad
	}
	if len(o.rest) == 0 {
		p.print("UnZip 6.00 of 20 April 2009, by Debian. Original by Info-ZIP.\n\nUsage: unzip [-Z] [-opts[modifiers]] file[.zip] [list] [-x xlist] [-d exdir]\n")
		return 0
	}
	data, err := p.FS.read(&p.user, p.abs(o.rest[0]))
	if err != nil {
		p.say("unzip:  cannot find or open %s, %[1]s.zip or %[1]s.ZIP.\n", o.rest[0])
		return 9
	}
	r, err := zip.NewReader(strings.NewReader(data), int64(len(data)))
	if err != nil {
		p.printf("Archive:  %s\n  End-of-central-directory signature not found.\n", o.rest[0])
		return 9
	}
	p.printf("Archive:  %s\n", o.rest[0])
	dir := p.dir
	if o.has("d") {
		dir = p.abs(o.get('d'))
	}
	for _, f := range r.File[:min(len(r.File), maxEntries)] {
		if o.has("l") {
			p.printf("%9d  %s   %s\n", f.UncompressedSize64, f.Modified.Format("2006-01-02 15:04"), f.Name)
			continue
		}
		h := &tar.Header{Name: f.Name, Typeflag: tar.TypeReg, Mode: int64(f.Mode().Perm()), ModTime: f.Modified}
		body := []byte{}
		if strings.HasSuffix(f.Name, "/") {
			h.Typeflag = tar.TypeDir
		} else if in, err := f.Open(); err == nil {
			body, _ = io.ReadAll(io.LimitReader(in, maxUnpacked)) // as much as there is
			_ = in.Close()
		}
		p.printf("  inflating: %s  \n", f.Name)
		if !p.extract(path.Join(dir, path.Clean("/"+f.Name)), h, string(body)) {
			return 50
		}
	}
	return 0
}

func cmdZip(p *proc) int {
	o, bad, ok := p.opt("rqj9e0P:", 16)
	if !ok {
		return bad
	}
	if len(o.rest) < 2 {
		p.say("\nzip error: Nothing to do!\n")
		return 12
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	p.each(o.rest[1:], o.has("r"), func(full, name string, n node) int {
		if n.kind == regular && b.Len() < maxUnpacked {
			if data, err := p.FS.read(&p.user, full); err == nil {
				if f, err := w.Create(strings.TrimLeft(name, "/")); err == nil {
					_, _ = io.WriteString(f, data) // to memory
					p.printf("  adding: %s (deflated)\n", name)
				}
			}
		}
		return 0
	})
	_ = w.Close() // likewise
	at := o.rest[0]
	if !strings.HasSuffix(at, ".zip") {
		at += ".zip"
	}
	if err := p.write(p.abs(at), b.String(), false); err != nil {
		return p.errorf(15, "%s: %v", at, err)
	}
	return 0
}
