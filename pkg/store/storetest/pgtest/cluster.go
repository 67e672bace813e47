package pgtest

import (
	"bufio"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
)

// clusterScript keeps a server. It is the server's parent and reads its orders
// from us, so that it sees the end of our process, however that came, as the end
// of its input; it then stops the server and removes its folder.
//
//go:embed cluster.sh
var clusterScript string

// cluster is a PostgreSQL server with a folder of its own.
type cluster struct {
	dir    string
	mu     sync.Mutex // one order at a time
	orders io.WriteCloser
	says   *bufio.Reader
	keeper *exec.Cmd
}

// startCluster makes a cluster and starts its server. It does not run as root,
// which PostgreSQL refuses, but as postgres or nobody in place of root.
func startCluster(options string) (*cluster, error) {
	bin := postgresBin()
	if bin == "" {
		return nil, errors.New("it is not installed: apt-get install postgresql")
	}
	// The path of a socket is short, and TMPDIR may not be.
	dir, err := os.MkdirTemp("/tmp", "decnet-pg-")
	if err != nil {
		return nil, err
	}
	c := &cluster{dir: dir, keeper: exec.Command("sh", "-c", clusterScript, "cluster", bin, dir, options)} //nolint:noctx,gosec // it ends with its input, and the folders are ours
	c.keeper.Dir = dir
	// In a session of its own, so that Ctrl-C is not its end before it cleans up.
	c.keeper.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if os.Geteuid() == 0 {
		uid, gid := ordinaryUser()
		c.keeper.SysProcAttr.Credential = &syscall.Credential{Uid: uid, Gid: gid}
		if err := os.Chown(dir, int(uid), int(gid)); err != nil {
			return nil, err
		}
	}
	log, err := os.OpenFile(filepath.Join(dir, "keeper"), os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close() //nolint:errcheck // the keeper has its own
	c.keeper.Stderr = log
	if c.orders, err = c.keeper.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.keeper.StdoutPipe()
	if err != nil {
		return nil, err
	}
	c.says = bufio.NewReader(out)
	if err := c.keeper.Start(); err != nil {
		return nil, err
	}
	if err := c.tell("start"); err != nil {
		c.end()
		return nil, err
	}
	return c, nil
}

// tell gives an order and waits until it is done.
func (c *cluster) tell(order string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, err := fmt.Fprintln(c.orders, order); err != nil {
		return fmt.Errorf("%s the server: %w", order, err)
	}
	answer, err := c.says.ReadString('\n')
	if err == nil && strings.TrimSpace(answer) == "done" {
		return nil
	}
	said, _ := os.ReadFile(filepath.Join(c.dir, "keeper"))
	log, _ := os.ReadFile(filepath.Join(c.dir, "log"))
	return fmt.Errorf("%s the server: %q, error %w\n%s%s", order, answer, err, said, log)
}

// end stops the server and waits until its folder is gone.
func (c *cluster) end() {
	_ = c.orders.Close()
	_ = c.keeper.Wait()
}

// ordinaryUser is who runs the server in place of root.
func ordinaryUser() (uid, gid uint32) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		id, err := strconv.ParseUint(u.Uid, 10, 32)
		group, gerr := strconv.ParseUint(u.Gid, 10, 32)
		if err == nil && gerr == nil {
			return uint32(id), uint32(group)
		}
	}
	return 65534, 65534
}
