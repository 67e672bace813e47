package shell

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"io"
	"path"
	"strings"
)

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
