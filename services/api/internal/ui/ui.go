// Package ui holds the dashboard's files: requests for pages come in, files that
// were built from web/ go out. Without a build there is a page that says how to
// make one, so that the Go build never depends on Node.
package ui

import (
	"embed"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var built embed.FS

//go:embed stub
var stub embed.FS

// Handler serves the dashboard. A path that is no file is a view of the page,
// which finds its way by itself.
func Handler() http.Handler { return handler(files()) }

func files() fs.FS {
	dist, err := fs.Sub(built, "dist")
	if err == nil {
		if _, err = fs.Stat(dist, "index.html"); err == nil {
			return dist
		}
	}
	page, err := fs.Sub(stub, "stub")
	if err != nil {
		panic(err) // "stub" is a valid path and embedded above
	}
	return page
}

func handler(files fs.FS) http.Handler {
	server := http.FileServerFS(files)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		switch {
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		case strings.HasPrefix(name, "assets/"):
			// Their names change with their content.
			w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		default:
			w.Header().Set("Cache-Control", "no-cache")
		}
		if info, err := fs.Stat(files, name); err != nil || info.IsDir() {
			if path.Ext(name) != "" {
				http.NotFound(w, r)
				return
			}
			r = r.Clone(r.Context())
			r.URL.Path = "/"
		}
		server.ServeHTTP(w, r)
	})
}
