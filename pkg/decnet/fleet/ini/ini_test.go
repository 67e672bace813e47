package ini_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
	"github.com/decnet/decnet/pkg/decnet/fleet"
	"github.com/decnet/decnet/pkg/decnet/fleet/ini"
)

// services are all there are, with ssh and http built.
func services() []decnet.ServiceSpec {
	return catalog.Services([]decnet.ServiceSpec{
		{Slug: "http", Ports: []decnet.PortSpec{{Port: 80, Transport: decnet.TCP}}, Settings: []decnet.SettingSpec{
			{Name: "server_header", Type: decnet.SettingString}, {Name: "custom_body", Type: decnet.SettingString},
		}},
		{Slug: "ssh", Ports: []decnet.PortSpec{{Port: 22, Transport: decnet.TCP}}, Settings: []decnet.SettingSpec{
			{Name: "password", Type: decnet.SettingString}, {Name: "delay", Type: decnet.SettingInt, Max: 100},
		}},
	})
}

func load(text string) (*fleet.Request, error) {
	r := fleet.NewRequest("h1")
	return r, ini.Load("f.ini", []byte(text), services(), r)
}

const example = `; a fleet
[general]
net = 10.20.0.0/24
gw = 10.20.0.1
interface = ens18   ; the LAN
log_target = udp://10.20.0.5:514
mutate_interval = 45

[dc]
ip = 10.20.0.10
archetype = domain-controller

# expands to desk-01 to desk-03
[desk]
archetype: linux-server
amount = 3
nmap-os = linux
mutate-interval = never

[desk.ssh]
password = 100%;or#more ; this is a comment
delay = 7

[desk-02.ssh]
password = "quoted ; text"

[edge]
services = SSH, http
distro = debian,ubuntu22
[edge.http]
server_header = nginx/1.24.0
custom_body = first line
  second line

[custom-billing]
binary = registry.local/fakebill:1
exec = /srv/fakebill --port 9443
ports = 9443, 161/udp
`

func TestAFileOfEverything(t *testing.T) {
	for _, ends := range []string{"\n", "\r\n", "\r"} {
		r, err := load("\ufeff" + strings.ReplaceAll(example, "\n", ends))
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintln(r.Network.Subnet, r.Network.Gateway, r.Network.Interface, r.LogTarget, r.DefaultMinutes); got != "10.20.0.0/24 10.20.0.1 ens18 udp://10.20.0.5:514 45\n" {
			t.Errorf("[general] is %s", got)
		}
		var names []string
		for _, d := range r.Deckies {
			names = append(names, d.Name)
		}
		if strings.Join(names, " ") != "dc desk-01 desk-02 desk-03 edge" {
			t.Fatalf("deckies are %v", names)
		}
		dc, desk, second, edge := r.Deckies[0], r.Deckies[1], r.Deckies[2], r.Deckies[4]
		if dc.Address.String() != "10.20.0.10" || dc.Archetype != "domain-controller" || dc.MutateMinutes != -1 || len(dc.Settings) != 0 {
			t.Errorf("dc is %+v", dc)
		}
		if desk.Stack != "linux" || desk.MutateMinutes != 0 || desk.Settings["ssh"]["password"] != "100%;or#more" || desk.Settings["ssh"]["delay"] != "7" {
			t.Errorf("desk-01 is %+v", desk)
		}
		if second.Settings["ssh"]["password"] != "quoted ; text" || second.Settings["ssh"]["delay"] != "7" {
			t.Errorf("desk-02 is %+v", second)
		}
		if strings.Join(edge.Services, " ") != "ssh http" || strings.Join(edge.OSes, " ") != "debian ubuntu22" || edge.Settings["http"]["custom_body"] != "first line\nsecond line" {
			t.Errorf("edge is %+v", edge)
		}
		c := r.Custom[0]
		if c.Slug != "billing" || strings.Join(c.Exec, "|") != "/srv/fakebill|--port|9443" || len(c.Ports) != 2 || c.Ports[1] != (decnet.PortSpec{Port: 161, Transport: decnet.UDP}) {
			t.Errorf("custom service is %+v", c)
		}
	}
}

// The Python system's own faults, each with what is right.
func TestFaultsOfTheModel(t *testing.T) {
	t.Run("inline comments are comments", func(t *testing.T) {
		r, err := load("[a]\nservices = ssh ; note\narchetype = deaddeck # note\n")
		if err != nil || r.Deckies[0].Services[0] != "ssh" {
			t.Errorf("have %+v, %v", r.Deckies, err)
		}
	})
	t.Run("a per cent sign is one", func(t *testing.T) {
		r, err := load("[a]\nservices=ssh\n[a.ssh]\npassword = 50%off%(x)s\n")
		if err != nil || r.Deckies[0].Settings["ssh"]["password"] != "50%off%(x)s" {
			t.Errorf("have %+v, %v", r.Deckies, err)
		}
	})
	t.Run("a group is not everything with that prefix", func(t *testing.T) {
		r, err := load("[web]\nservices=ssh\namount=2\n[web-db]\nservices=ssh\n[web.ssh]\npassword=x\n")
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []bool{true, true, false} {
			if _, has := r.Deckies[i].Settings["ssh"]; has != want {
				t.Errorf("%s has settings: %v", r.Deckies[i].Name, has)
			}
		}
	})
	t.Run("a name with dots", func(t *testing.T) {
		r, err := load("[Web_01.lan]\nservices=ssh\n[Web_01.lan.ssh]\npassword=x\n")
		if err != nil || r.Deckies[0].Name != "web-01-lan" || r.Deckies[0].Settings["ssh"]["password"] != "x" || len(r.Notes) != 1 {
			t.Errorf("have %+v %q, %v", r.Deckies, r.Notes, err)
		}
	})
	t.Run("a custom service goes by either name", func(t *testing.T) {
		r, err := load("[a]\nservices=custom-bill,ssh\n[b]\nservices=bill\n[custom-bill]\nbinary=x\nports=1\n")
		if err != nil || r.Deckies[0].Services[0] != "bill" || r.Deckies[1].Services[0] != "bill" {
			t.Errorf("have %+v, %v", r.Deckies, err)
		}
	})
}

func TestWhatIsWrongIsSaidWithItsLine(t *testing.T) {
	const ok = "[a]\nservices = ssh\n"
	tests := []struct{ name, text, want string }{
		{"nothing", "", "f.ini: there is no decky in it"},
		{"only general", "[general]\nnet=10.0.0.0/24\n", "f.ini: there is no decky in it"},
		{"too long", strings.Repeat("#", ini.MaxBytes+1), "f.ini: 524289 bytes are too many"},
		{"no text", "[a]\nservices = \xff\n", "f.ini:2: is no text"},
		{"a zero byte", "[a]\nservices = ssh\x00\n", "f.ini:2: is no text"},
		{"before a section", "x = y\n" + ok, `f.ini:1: "x = y" is before the first [section]`},
		{"no section", "[a\nservices=ssh\n", `f.ini:1: "[a" is no section`},
		{"no value", "[a]\nservices\n", `f.ini:2: "services" is no setting: want key = value`},
		{"an empty value", "[a]\nservices =\n", "f.ini:2: [a] services is empty"},
		{"an open quote", "[a]\nservices = \"ssh\n", "f.ini:2: [a] services: \"ssh: want the closing quote"},
		{"an indented key", "[a]\nservices = ssh\n  amount = 2\n", "f.ini:3: [a] an indented line continues the value of line 2"},
		{"a section twice", ok + "[A]\nservices=ssh\n", "f.ini:3: [A] is there already, in line 1"},
		{"a key twice", ok + "services = http\n", "f.ini:3: [a] services is set already, in line 2"},
		{"an unknown key", "[a]\nservces = ssh\n", `f.ini:2: [a] unknown key "servces"; did you mean "services"?`},
		{"an unknown key in general", "[general]\nsubnet = 10.0.0.0/24\n" + ok, `f.ini:2: [general] unknown key "subnet"`},
		{"a misspelt service of a section", ok + "[a.shh]\npassword = x\n", `f.ini:4: [a.shh] unknown key "password"; did you mean the section [a.ssh]?`},
		{"an unknown service", "[a]\nservices = ssh, htttp\n", `f.ini:2: [a] services: unknown service "htttp"; did you mean "http"?`},
		{"an unknown archetype", "[a]\narchetype = linux-servr\n", `f.ini:2: [a] archetype: unknown archetype "linux-servr"; did you mean "linux-server"?`},
		{"an unknown distro", "[a]\ndistro = debain\nservices=ssh\n", `did you mean "debian"?`},
		{"an unknown stack", "[a]\nnmap_os = beos\nservices=ssh\n", `f.ini:2: [a] nmap_os: unknown nmap_os "beos": want one of linux,`},
		{"a bad address", "[a]\nip = 10.0.0.300\nservices=ssh\n", `f.ini:2: [a] ip: "10.0.0.300": want an address`},
		{"a bad subnet", "[general]\nnet = 10.0.0.0\n" + ok, `f.ini:2: [general] net: "10.0.0.0": want a subnet`},
		{"a bad log target", "[general]\nlog_target = siem\n" + ok, `f.ini:2: [general] log_target: log target "siem"`},
		{"amount 0", "[a]\namount = 0\nservices=ssh\n", `f.ini:2: [a] amount: "0": want a whole number from 1 to 100`},
		{"amount 101", "[a]\namount = 101\nservices=ssh\n", `amount: "101"`},
		{"interval 0", "[a]\nmutate_interval = 0\nservices=ssh\n", `f.ini:2: [a] mutate_interval: "0": want a whole number from 1 to 527040 minutes, or never`},
		{"one address for many", "[a]\nip = 10.0.0.3\namount = 2\nservices=ssh\n", "f.ini:1: [a] ip and amount=2 do not go together"},
		{"a bad name", "[a b]\nservices = ssh\n", "f.ini:1: [a b] is no name for a decky"},
		{"a long name", "[" + strings.Repeat("a", 129) + "]\nservices = ssh\n", "is no name for a decky"},
		{"settings for nobody", ok + "[b.ssh]\npassword = x\n", "f.ini:3: [b.ssh] is for no decky: there is no [b]"},
		{"settings for a neighbour", "[web]\nservices=ssh\n[wbe.ssh]\npassword = x\n", "did you mean [web]?"},
		{"an unknown setting", ok + "[a.ssh]\npasswrd = x\n", `f.ini:4: [a.ssh] unknown setting "passwrd"; did you mean "password"?`},
		{"a bad setting", ok + "[a.ssh]\ndelay = 1000\n", `f.ini:4: [a.ssh] setting delay: "1000": want a whole number from 0 to 100`},
		{"a custom service without an image", ok + "[custom-x]\nports = 1\n", "f.ini:3: [custom-x] wants a container image"},
		{"a custom service with a bad port", ok + "[custom-x]\nbinary = i\nports = 70000\n", `f.ini:5: [custom-x] ports: "70000": want a port`},
		{"a custom service called like one there is", ok + "[custom-ssh]\nbinary = i\nports = 1\n", "f.ini:3: [custom-ssh] there is a service ssh already"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(test.text)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("have %v, want %q", err, test.want)
			}
		})
	}
}

func TestAllProblemsAreToldAtOnceButNotForEver(t *testing.T) {
	_, err := load("[a]\nx=1\ny=2\nservices=nope\n")
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 3 {
		t.Errorf("have %q", lines)
	}
	_, err = load("[a]\n" + strings.Repeat("junk\n", 10_000))
	if lines := strings.Split(err.Error(), "\n"); len(lines) != fleet.MaxProblems {
		t.Errorf("have %d problems", len(lines))
	}
}

func TestAmountsAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&b, "[d%d]\namount=100\n", i)
	}
	if r, err := load(b.String()); err == nil || len(r.Deckies) > fleet.MaxDeckies {
		t.Errorf("%d deckies, %v", len(r.Deckies), err)
	}
}

// big is a file of just under 512 KiB.
func big() []byte {
	var b strings.Builder
	b.WriteString("[general]\nnet = 10.0.0.0/8\n")
	for i := 0; b.Len() < ini.MaxBytes-200; i++ {
		fmt.Fprintf(&b, "[web%d]\nservices = ssh, http ; note\nmutate_interval = 30\n[web%d.ssh]\npassword = secret%d\n", i, i, i)
	}
	return []byte(b.String())
}

func BenchmarkLoad512KiB(b *testing.B) {
	data, specs := big(), services()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if err := ini.Load("f.ini", data, specs, fleet.NewRequest("h1")); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzLoad(f *testing.F) {
	for _, seed := range []string{example, "[a]\nservices=ssh", "[a.ssh]\n[custom-x]\nbinary=\"", "[a]\n b\n c = d", "[general]\nnet=::/0\n[x]\namount=100\nip=::1"} {
		f.Add([]byte(seed))
	}
	specs := services()
	f.Fuzz(func(t *testing.T, data []byte) {
		r := fleet.NewRequest("h1")
		if err := ini.Load("f.ini", data, specs, r); err != nil {
			return
		}
		if len(r.Deckies) == 0 {
			t.Error("no problem and no decky")
		}
		plan, err := fleet.Make(r, &fleet.World{Services: specs, Installation: "i"})
		if err != nil {
			return
		}
		for _, s := range plan.Steps {
			if err := s.Decky.Validate(); err != nil {
				t.Errorf("a plan has a decky that no deployer takes: %v", err)
			}
		}
	})
}
