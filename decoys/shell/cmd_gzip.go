package shell

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"io"
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
