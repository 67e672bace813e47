package sshfp

import "strings"

// programs are the beginnings of software versions and whose they are. A longer beginning comes
// before one that it starts with; case is of no account, as it changed between releases of some.
var programs = []struct{ prefix, family string }{
	{"OpenSSH_for_Windows", "OpenSSH for Windows"},
	{"OpenSSH", "OpenSSH"},
	{"PuTTY_Release", "PuTTY"},
	{"PuTTY_Snapshot", "PuTTY"},
	{"PuTTY_Local", "PuTTY"},
	{"PuTTY_KiTTY", "KiTTY"},
	{"PuTTY", "PuTTY"},
	{"WinSCP_release", "WinSCP"},
	{"FileZilla", "FileZilla"},
	{"TTSSH", "Tera Term"},
	{"libssh2", "libssh2"},
	{"libssh", "libssh"},
	{"paramiko", "paramiko"},
	{"AsyncSSH", "AsyncSSH"},
	{"Twisted", "Twisted"},
	{"Go", "Go"},
	{"russh", "russh"},
	{"thrussh", "thrussh"},
	{"JSCH", "JSch"},
	{"SSHJ", "sshj"},
	{"APACHE-SSHD", "Apache MINA SSHD"},
	{"SSHD-CORE", "Apache MINA SSHD"},
	{"Ganymed", "Ganymed"},
	{"trilead", "Trilead"},
	{"Cyberduck", "Cyberduck"},
	{"Ruby/Net::SSH", "Net::SSH"},
	{"HrrRbSsh", "HrrRbSsh"},
	{"Renci.SshNet.SshClient", "SSH.NET"},
	{"phpseclib", "phpseclib"},
	{"ssh2js", "ssh2 of Node.js"},
	{"Erlang", "Erlang"},
	{"dropbear", "Dropbear"},
	{"wolfSSH", "wolfSSH"},
	{"ROSSSH", "RouterOS"},
	{"Cisco", "Cisco"},
	{"SecureCRT", "SecureCRT"},
	{"nsssh2", "Xshell"},
	{"Granados", "Granados"},
	{"Nmap", "Nmap"},
	{"ZGrab", "ZGrab"},
	{"check_ssh", "check_ssh"},
	{"MEDUSA", "Medusa"},
	{"ssh-audit", "ssh-audit"},
	{"Metasploit", "Metasploit"},
}

// Client says which program an identification line claims to be from, and in which version; both
// are "" for one that is not known. Anybody can claim anything: HASSH says what the program does.
// Hydra shows itself as libssh, Metasploit as Net::SSH.
func Client(line string) (family, version string) {
	id, err := ParseIdentification(line)
	if err != nil {
		return "", ""
	}
	// Bitvise puts the version of its library first: "1.36 FlowSsh: Bitvise SSH Client".
	if strings.Contains(id.Comment, "Bitvise") {
		return "Bitvise", id.Software
	}
	for _, p := range programs {
		if len(id.Software) < len(p.prefix) || !strings.EqualFold(id.Software[:len(p.prefix)], p.prefix) {
			continue
		}
		rest := id.Software[len(p.prefix):]
		// "Go" is not the beginning of "GoAnywhere".
		if rest != "" && isLetter(rest[0]) && (rest[0] != 'v' || len(rest) < 2 || isLetter(rest[1])) {
			continue
		}
		return p.family, strings.TrimLeft(rest, "_-/:.v")
	}
	return "", ""
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
