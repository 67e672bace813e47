package corpus

import (
	"fmt"
	"slices"
	"strings"

	"github.com/decnet/decnet/decoys/decoytest/twin"
)

// kexInits are KEXINITs that are odd.
func kexInits() []twin.Dialogue {
	var all []twin.Dialogue
	add := func(name string, o *offer) { all = append(all, first("kexinit/"+name, packet(o.payload()))) }
	whole := usual().payload()
	add("usual", usual())
	at := 17
	for i, l := range usual().lists {
		// Inside the length, after it, and in the middle of the names.
		cuts := []int{at, at + 2, at + 4, at + 4 + len(l)/2}
		for _, cut := range slices.Compact(cuts) {
			all = append(all, first(fmt.Sprintf("kexinit/cut in list %d at %d", i, cut), packet(whole[:cut])))
		}
		at += 4 + len(l)
	}
	all = append(all,
		first("kexinit/cut before the flag", packet(whole[:at])),
		first("kexinit/cut after the flag", packet(whole[:at+1])),
		first("kexinit/cut in the reserved field", packet(whole[:at+3])),
		first("kexinit/only the cookie", packet(whole[:17])),
		first("kexinit/half the cookie", packet(whole[:9])),
	)
	for i, name := range nameLists {
		if i < listLanguageIn {
			add("empty "+name, usual().with(i, ""))
			add("no common "+name, usual().with(i, "none-such@example.com"))
			add("only commas in "+name, usual().with(i, ",,,"))
			add("trailing comma in "+name, usual().with(i, usual().lists[i]+","))
			add("leading comma in "+name, usual().with(i, ","+usual().lists[i]))
			add("unknown first in "+name, usual().with(i, "none-such@example.com,"+usual().lists[i]))
			add("nul in "+name, usual().with(i, usual().lists[i]+"\x00x"))
			add("upper case in "+name, usual().with(i, strings.ToUpper(usual().lists[i])))
		}
		add("long "+name, usual().with(i, usual().lists[i]+strings.Repeat(",x", 4000)))
		add("high bytes in "+name, usual().with(i, usual().lists[i]+",\xff\xfe"))
	}
	reserved := usual()
	reserved.more = []byte("trailing")
	add("trailing bytes", reserved)
	follows := usual()
	follows.follows = 1
	add("guess follows", follows)
	follows = usual()
	follows.follows = 2
	add("guess flag of two", follows)
	add("aead needs no mac", usual().with(listCipherIn, "aes128-gcm@openssh.com").with(listCipherOut, "aes128-gcm@openssh.com").with(listMACIn, "none").with(listMACOut, "none"))
	add("compression", usual().with(listCompressIn, "zlib@openssh.com").with(listCompressOut, "zlib@openssh.com"))
	add("old compression", usual().with(listCompressIn, "zlib").with(listCompressOut, "zlib"))
	add("languages", usual().with(listLanguageIn, "de").with(listLanguageOut, "de,en"))
	add("asks for ext-info", usual().with(listKex, "curve25519-sha256,ext-info-c"))
	add("asks for strict kex", usual().with(listKex, "curve25519-sha256,ext-info-c,kex-strict-c-v00@openssh.com"))
	add("only ext-info", usual().with(listKex, "ext-info-c,kex-strict-c-v00@openssh.com"))
	add("says strict kex as a server", usual().with(listKex, "curve25519-sha256,kex-strict-s-v00@openssh.com"))
	add("1024 algorithms", usual().with(listKex, "curve25519-sha256"+strings.Repeat(",a@b", 1024)))
	for _, kex := range []string{"diffie-hellman-group1-sha1", "diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1", "rsa2048-sha256", "mlkem768x25519-sha256", "sntrup761x25519-sha512"} {
		add("kex "+kex, usual().with(listKex, kex))
	}
	for _, key := range []string{"ssh-rsa", "ssh-dss", "ecdsa-sha2-nistp384", "ssh-ed25519-cert-v01@openssh.com", "sk-ssh-ed25519@openssh.com", "rsa-sha2-256,ssh-rsa"} {
		add("host key "+key, usual().with(listHostKey, key))
	}
	for _, cipher := range []string{"aes128-cbc", "3des-cbc", "arcfour", "none", "aes256-ctr,aes128-ctr", "chacha20-poly1305"} {
		add("cipher "+cipher, usual().with(listCipherIn, cipher).with(listCipherOut, cipher))
	}
	for _, mac := range []string{"hmac-md5", "hmac-sha1-96", "none", "umac-64@openssh.com", "hmac-sha2-512,hmac-sha2-256"} {
		add("mac "+mac, usual().with(listMACIn, mac).with(listMACOut, mac))
	}
	return all
}

// after sends the usual KEXINIT and then packets one after the other.
func after(name string, o *offer, packets ...[]byte) twin.Dialogue {
	d := first(name, packet(o.payload()))
	for _, p := range packets {
		d.Steps = append(d.Steps, twin.Do("packet", sendRaw(packet(p))), twin.Await())
	}
	return d
}

// kexOrders are messages at the wrong moment of a key exchange.
func kexOrders() []twin.Dialogue {
	strict := func() *offer {
		return usual().with(listKex, "curve25519-sha256,ext-info-c,kex-strict-c-v00@openssh.com")
	}
	ignore, debug := message(msgIgnore, "x"), message(msgDebug, false, "x", "")
	unimplemented, bye := message(msgUnimplemented, 3), message(msgDisconnect, 11, "bye", "")
	init := message(msgKexDHInit, repeat("\x09", 32))
	var all []twin.Dialogue
	for name, o := range map[string]func() *offer{"": usual, "strict": strict} {
		if name != "" {
			name += " "
		}
		for what, p := range map[string][]byte{
			"ignore": ignore, "debug": debug, "unimplemented": unimplemented, "disconnect": bye, "kexinit": o().payload(), "newkeys": {msgNewKeys},
			"service request": message(msgServiceRequest, "ssh-userauth"), "ext info": message(msgExtInfo, 0), "gex request": message(msgGexRequest, 2048, 3072, 8192), "dh reply": message(msgKexDHReply),
			"type 0": {0}, "type 255": {255}, "type 192": {192}, "type 19": {19}, "type 49": {49}, "type 80": message(msgGlobal, "keepalive@openssh.com", true),
		} {
			all = append(all,
				after("order/"+name+what+" after kexinit", o(), p),
				after("order/"+name+what+" and kex after kexinit", o(), p, init),
				after("order/"+name+what+" after kex", o(), init, p),
			)
		}
		all = append(all, first("order/"+name+"ignore before kexinit", packet(ignore), packet(o().payload()), packet(init)))
		all = append(all, first("order/"+name+"debug before kexinit", packet(debug), packet(o().payload()), packet(init)))
		all = append(all, first("order/"+name+"everything at once", append(append(packet(o().payload()), packet(init)...), packet([]byte{msgNewKeys})...)))
		all = append(all, after("order/"+name+"newkeys with content", o(), init, []byte{msgNewKeys, 0}))
		all = append(all, after("order/"+name+"newkeys twice", o(), init, []byte{msgNewKeys}, []byte{msgNewKeys}))
	}
	guess := func(kex string) *offer {
		o := usual().with(listKex, kex)
		o.follows = 1
		return o
	}
	all = append(all,
		after("order/right guess", guess("sntrup761x25519-sha512@openssh.com,curve25519-sha256"), init),
		after("order/wrong guess", guess("curve25519-sha256"), init, init),
		after("order/wrong guess once", guess("curve25519-sha256"), init),
		after("order/wrong guess of another kind", guess("ecdh-sha2-nistp256"), init),
	)
	sortByName(all)
	return all
}

// kexValues are public values that no honest client has, for each key exchange.
func kexValues() []twin.Dialogue {
	var all []twin.Dialogue
	kinds := map[string]struct {
		kex string
		len int
	}{
		"curve25519": {"curve25519-sha256", 32}, "curve25519 of libssh": {"curve25519-sha256@libssh.org", 32}, "nistp256": {"ecdh-sha2-nistp256", 65}, "nistp384": {"ecdh-sha2-nistp384", 97},
		"nistp521": {"ecdh-sha2-nistp521", 133}, "sntrup761": {"sntrup761x25519-sha512@openssh.com", 1190}, "group14": {"diffie-hellman-group14-sha256", 256},
		"group16": {"diffie-hellman-group16-sha512", 512}, "group18": {"diffie-hellman-group18-sha512", 1024},
	}
	for _, name := range sortedKeys(kinds) {
		k := kinds[name]
		o := func() *offer { return usual().with(listKex, k.kex) }
		for what, v := range map[string][]byte{
			"zero": make([]byte, k.len), "empty": {}, "one byte": {1}, "short": repeat("\x04", k.len-1), "long": repeat("\x04", k.len+1), "infinity": {0},
			"ones": repeat("\xff", k.len), "compressed": append([]byte{2}, repeat("\x05", (k.len-1)/2)...), "off the curve": append([]byte{4}, repeat("\x05", k.len-1)...), "very long": repeat("\x01", 9000),
		} {
			all = append(all, after("value/"+name+" "+what, o(), message(msgKexDHInit, v)))
		}
		all = append(all, after("value/"+name+" no value", o(), []byte{msgKexDHInit}), after("value/"+name+" length too big", o(), message(msgKexDHInit, 1<<30)),
			after("value/"+name+" trailing bytes", o(), append(message(msgKexDHInit, append([]byte{9}, make([]byte, k.len-1)...)), 'x')))
	}
	gex := func() *offer { return usual().with(listKex, "diffie-hellman-group-exchange-sha256") }
	for _, s := range [][3]int{
		{2048, 3072, 8192},
		{1024, 1024, 1024},
		{2048, 2048, 2048},
		{4096, 4096, 4096},
		{8192, 8192, 8192},
		{8192, 8192, 16384},
		{0, 0, 0},
		{3072, 2048, 8192},
		{2048, 8192, 3072},
		{16384, 16384, 16384},
		{1, 2048, 8192},
		{2048, 1 << 30, 1 << 31},
		{1024, 2047, 2047},
		{2047, 2047, 2047},
		{6144, 6144, 6144},
		{7000, 7500, 7680},
	} {
		all = append(all, after(fmt.Sprintf("value/gex %d %d %d", s[0], s[1], s[2]), gex(), message(msgGexRequest, s[0], s[1], s[2])))
	}
	all = append(all,
		after("value/gex old request", gex(), message(msgKexDHInit, 0)[:1], message(msgGexInit, repeat("\x01", 32))),
		after("value/gex old request of 2048", gex(), append([]byte{30}, 0, 0, 8, 0)),
		after("value/gex cut request", gex(), message(msgGexRequest, 2048, 3072)),
		after("value/gex init first", gex(), message(msgGexInit, repeat("\x01", 256))),
		after("value/gex zero", gex(), message(msgGexRequest, 2048, 2048, 2048), message(msgGexInit, []byte{})),
		after("value/gex one", gex(), message(msgGexRequest, 2048, 2048, 2048), message(msgGexInit, []byte{1})),
		after("value/gex ones", gex(), message(msgGexRequest, 2048, 2048, 2048), message(msgGexInit, append([]byte{0}, repeat("\xff", 256)...))),
		after("value/gex negative", gex(), message(msgGexRequest, 2048, 2048, 2048), message(msgGexInit, repeat("\xff", 256))),
		after("value/gex request twice", gex(), message(msgGexRequest, 2048, 2048, 2048), message(msgGexRequest, 2048, 2048, 2048)),
	)
	sortByName(all)
	return all
}
