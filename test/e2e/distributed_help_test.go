package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/cmd/decnet/instance"
	"github.com/decnet/decnet/pkg/store/storetest/pgtest"
)

// distributed is the compose file's set as plain processes. Its servers are behind
// doors, so that they may be away before they are there and come back elsewhere.
type distributed struct {
	*testing.T
	file     *composeFile
	images   map[string]image
	dir      string
	natsDoor *door
	dbDoor   *door
	traces   string // where they go
	nats     *process
	postgres *pgtest.Server
	workers  map[string]*process // by service, with a number where there are several
}

func newDistributed(t *testing.T, traces string) *distributed {
	t.Helper()
	dir, err := os.MkdirTemp("", "decnet-distributed-") //nolint:usetesting // its folders are closed to the image's user
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	d := &distributed{T: t, file: readCompose(t), dir: dir, natsDoor: newDoor(t), dbDoor: newDoor(t), traces: traces, workers: map[string]*process{}}
	d.images = buildImages(t, filepath.Join(dir, "images"), d.file.workers())
	static := []string{"CGO_ENABLED=0"} // as the images, so that nothing is compiled twice
	build(filepath.Join(dir, "nats-server"), "github.com/nats-io/nats-server/v2", static, "-trimpath")
	build(filepath.Join(dir, "decnet"), "../../cmd/decnet", static, "-trimpath")
	return d
}

// environment is that of a service, with what it names in the place of its names.
func (d *distributed) environment(service string) []string {
	d.Helper()
	here := strings.NewReplacer(
		"nats:4222", d.natsDoor.addr(), "127.0.0.1:4222", d.natsDoor.addr(),
		"http://otel-collector:4318", d.traces, "http://127.0.0.1:4318", d.traces,
		"127.0.0.1:9464", "127.0.0.1:0", "0.0.0.0:8080", "127.0.0.1:0",
	)
	env := []string{"PATH=" + os.Getenv("PATH"), "OTEL_BSP_SCHEDULE_DELAY=100"}
	for name, value := range d.file.Services[service].Environment {
		switch host, port, _ := strings.Cut(d.dbDoor.addr(), ":"); {
		case name == "DECNET_DB_HOST" && value == "postgres":
			value = host
		case name == "DECNET_DB_PORT" && value == "5432":
			value = port
		default:
			value = here.Replace(value)
		}
		env = append(env, name+"="+value)
	}
	return env
}

// startWorkers starts every worker as often as the file says.
func (d *distributed) startWorkers() {
	d.Helper()
	for _, service := range d.file.workers() {
		if scale := d.file.Services[service].Scale; scale > 1 {
			for n := range scale {
				d.startWorker(service, fmt.Sprintf("%s-%d", service, n+1))
			}
			continue
		}
		d.startWorker(service, service)
	}
}

func (d *distributed) startWorker(service, name string) {
	d.Helper()
	img := d.images[service]
	data := filepath.Join(d.dir, name)
	for _, v := range d.file.Services[service].Volumes {
		volume, at, _ := strings.Cut(v, ":")
		if at != "/data" {
			d.Fatalf("%s mounts %s at %s, want /data, where the image's worker is", service, volume, at)
		}
		data = filepath.Join(d.dir, "volume-"+volume)
	}
	img.own(d.T, data)
	d.workers[name] = newProcess(d.T, name, func() *exec.Cmd {
		cmd := exec.Command(img.command("/usr/local/bin/worker"))
		cmd.Dir, cmd.SysProcAttr = data, img.as()
		cmd.Env = d.environment(service)
		if name != service { // containers have hostnames of their own
			cmd.Env = append(cmd.Env, "DECNET_INSTANCE="+name)
		}
		return cmd
	})
}

// startNATS starts the server as the file does, on a port of its own choice.
func (d *distributed) startNATS() {
	d.Helper()
	img := image{dir: d.dir}
	data, ports := filepath.Join(d.dir, "volume-bus"), filepath.Join(d.dir, "ports")
	img.own(d.T, data)
	img.own(d.T, ports)
	begin := func() *exec.Cmd {
		args := slices.Clone(d.file.Services["nats"].Command)
		for i := range args {
			args[i] = strings.Replace(args[i], "/etc/nats/nats.conf", d.natsConfig(data), 1)
		}
		args = append(args, "--addr", "127.0.0.1", "--port", "-1", "--ports_file_dir", ports)
		cmd := exec.Command(filepath.Join(d.dir, "nats-server"), args...)
		cmd.SysProcAttr = img.as()
		cmd.Env = append(os.Environ(), d.environment("nats")...)
		return cmd
	}
	if d.nats == nil {
		d.nats = newProcess(d.T, "nats", begin)
	} else {
		d.nats.start()
	}
	file := filepath.Join(ports, fmt.Sprintf("nats-server_%d.ports", d.nats.cmd.Process.Pid))
	eventually(d.T, 20*time.Second, "the NATS server listens", func() bool {
		data, err := os.ReadFile(file)
		var at struct{ NATS, Monitoring []string }
		if err != nil || json.Unmarshal(data, &at) != nil || len(at.NATS) == 0 || len(at.Monitoring) == 0 {
			return false
		}
		u, err := url.Parse(at.NATS[0])
		if err != nil {
			return false
		}
		d.natsDoor.lead("tcp", u.Host)
		out, err := exec.CommandContext(d.Context(), "curl", "-sf", at.Monitoring[0]+"/healthz").CombinedOutput()
		return err == nil && strings.Contains(string(out), "ok")
	})
}

// natsConfig is the server's file with its folder and its ports here.
func (d *distributed) natsConfig(data string) string {
	d.Helper()
	text, err := os.ReadFile("../../deploy/nats.conf")
	if err != nil {
		d.Fatal(err)
	}
	path := filepath.Join(d.dir, "nats.conf")
	here := strings.NewReplacer("store_dir: /data", "store_dir: "+strconv.Quote(data), "127.0.0.1:8222", "127.0.0.1:-1")
	if err := os.WriteFile(path, []byte(here.Replace(string(text))), 0o600); err != nil {
		d.Fatal(err)
	}
	return path
}

// startPostgres starts a server with the database and the user that the file names.
func (d *distributed) startPostgres() {
	d.Helper()
	env := d.file.Services["postgres"].Environment
	d.postgres = pgtest.Start(d.T, "")
	admin, err := url.Parse(d.postgres.Database())
	if err != nil {
		d.Fatal(err)
	}
	d.postgres.Exec(admin.String(), fmt.Sprintf("CREATE ROLE %s LOGIN PASSWORD '%s'", env["POSTGRES_USER"], env["POSTGRES_PASSWORD"]))
	d.postgres.Exec(admin.String(), fmt.Sprintf("CREATE DATABASE %s OWNER %s", env["POSTGRES_DB"], env["POSTGRES_USER"]))
	d.dbDoor.lead("unix", filepath.Join(admin.Query().Get("host"), ".s.PGSQL.5432"))
}

// all waits until something is so of every worker.
func (d *distributed) all(within time.Duration, what string, is func(p *process) bool) {
	d.Helper()
	for name, p := range d.workers {
		eventually(d.T, within, name+" "+what, func() bool { return is(p) })
	}
}

// healthy is what the file's health check says of a worker.
func (d *distributed) healthy(service string, p *process) (string, bool) {
	d.Helper()
	check := d.file.Services[service].Healthcheck.Test
	at := p.value(`msg=metrics listen=(\S+)`)
	if len(check) < 2 || check[0] != "CMD" || at == "" {
		d.Fatalf("%s has the health check %v and metrics at %q", service, check, at)
	}
	cmd := exec.CommandContext(d.Context(), d.images[service].command(check[1]), check[2:]...)
	cmd.Env = append(d.environment(service), "DECNET_METRICS_LISTEN="+at)
	out, err := cmd.CombinedOutput()
	return string(out), err == nil
}

// operator is somebody at a terminal of this machine, with .env.dev in force.
func (d *distributed) operator() *operator {
	d.Helper()
	o := &operator{T: d.T, dir: d.TempDir(), binary: filepath.Join(d.dir, "decnet")}
	o.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + o.dir, "NO_COLOR=1"}
	for name, value := range d.file.secrets {
		o.env = append(o.env, name+"="+strings.Replace(value, "127.0.0.1:4222", d.natsDoor.addr(), 1))
	}
	return o
}

// login is a client of the API process.
func (d *distributed) login() *instance.Client {
	d.Helper()
	at := d.workers["api"].value(`msg=listening .*url=(\S+)`)
	c := instance.NewClient(at)
	d.Cleanup(c.Close)
	if err := c.Login(d.Context(), d.file.Services["api"].Environment["DECNET_ADMIN_USER"], d.file.secrets["DECNET_ADMIN_PASSWORD"]); err != nil {
		d.Fatalf("log in at %q: %v", at, err)
	}
	return c
}
