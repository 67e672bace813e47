package ssh

import (
	"context"
	"hash/fnv"
	"io"
	"regexp"
	"strconv"

	"github.com/decnet/decnet/decoys/capture"
	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/shell"
	"github.com/decnet/decnet/decoys/shell/world"
	"github.com/decnet/decnet/decoys/ssh/scp"
	"github.com/decnet/decnet/decoys/ssh/sftp"
	"github.com/decnet/decnet/pkg/decnet"
)

// kindFile is the kind of the event that tells of a request of scp or sftp.
const kindFile = "file_request"

// files are the user's on the decky.
func (c *client) filesOf() *shell.Files { return c.server.world.Files(c.source()).As(c.user) }

// sftp serves the subsystem sftp.
func (c *client) sftp(ctx context.Context, rw io.ReadWriter) int {
	return sftp.Serve(ctx, rw, sftp.Config{
		Files: c.filesOf(), Release: releaseNumber(c.server.machine.Persona.SSHVersion), Disk: c.disk(), Memory: c.server.memory,
		Request: func(op, path, to string, ok bool) { c.logFile("sftp", op, path, to, ok) },
		Written: func(f capture.File) { c.captured.Keep(f, "sftp") },
	})
}

// programs are those that the shell runs and which are ours.
func (c *client) programs() map[string]shell.Program {
	transfer := scp.Config{
		Files: c.filesOf(), Release: releaseNumber(c.server.machine.Persona.SSHVersion), NetworkDelay: world.NetworkDelay(c.server.machine.Settings), Memory: c.server.memory,
		Request:  func(op, path string, ok bool) { c.logFile("scp", op, path, "", ok) },
		Written:  func(f capture.File) { c.captured.Keep(f, "scp") },
		Download: func(what string) { world.LogDownload(c.conn, "scp", what) },
	}
	return map[string]shell.Program{
		"scp": transfer.Run,
		"sftp-server": func(ctx context.Context, p shell.Process) int {
			return c.sftp(ctx, struct {
				io.Reader
				io.Writer
			}{p.In, p.Out})
		},
	}
}

// maxFileEvents bounds the events of requests that one connection causes.
const maxFileEvents = 2000

func (c *client) logFile(how, op, path, to string, ok bool) {
	if c.fileEvents.Add(1) > maxFileEvents {
		return
	}
	f := decoy.Fields{decnet.FieldHow: how, "op": op, decnet.FieldPath: path, "accepted": strconv.FormatBool(ok)}
	if to != "" {
		f["to"] = to
	}
	c.conn.Log(kindFile, f, "%s asked to %s a file", c.user, op)
}

func fileEvent() decnet.EventSpec {
	return decnet.EventSpec{Kind: kindFile, Doc: "A file was asked for by scp or sftp, or something was to be done with it.", Fields: []decnet.FieldSpec{
		{Name: decnet.FieldHow, Type: decnet.TypeString, Doc: "scp or sftp."},
		{Name: "op", Type: decnet.TypeString, Doc: "What was to be done: read, write, list, remove, rename, mkdir, rmdir, link, symlink or setstat."},
		{Name: decnet.FieldPath, Type: decnet.TypeString, Doc: "The file, as it was named; of a symlink, what it leads to."},
		{Name: "to", Type: decnet.TypeString, Doc: "The other name, of a rename or a link."},
		{Name: "accepted", Type: decnet.TypeBool, Doc: "Whether it was done: true or false."},
	}}
}

// blockSize is that of the decky's file system, in bytes.
const blockSize = 4096

// disk is what statvfs says, in agreement with df.
func (c *client) disk() sftp.Disk {
	total, free, available := c.server.world.System.Disk()
	h := fnv.New64a()
	_, _ = h.Write(c.server.machine.Persona.Key("file system", 16)) // never fails
	// ext4 makes a file for each 16 KiB.
	files := total / (16 << 10)
	return sftp.Disk{
		Blocks: total / blockSize, Free: free / blockSize, Available: available / blockSize,
		Files: files, FreeFiles: files - (total-free)/(48<<10), ID: h.Sum64(),
	}
}

var openSSHVersion = regexp.MustCompile(`^OpenSSH_(\d{1,2})\.(\d{1,2})`)

// releaseNumber is 100 times the major number of OpenSSH's version plus the minor one.
func releaseNumber(version string) int {
	m := openSSHVersion.FindStringSubmatch(version)
	if m == nil {
		return 0
	}
	major, _ := strconv.Atoi(m[1]) // digits
	minor, _ := strconv.Atoi(m[2])
	return 100*major + minor
}
