package shell

import "strings"

// binaries are the programs there are, by name, with their folder. What is not
// listed here and no builtin is "command not found", also where it is a name
// that most machines know: this one then was not given the package.
var binaries = func() map[string]string {
	m := make(map[string]string)
	for dir, names := range map[string]string{
		"/usr/bin": "apt apt-get arch awk base64 basename bash cat chmod chown clear cp crontab curl cut date dd df dirname dmesg dpkg du echo env " +
			"expr false find free gawk getent grep groups gunzip gzip head hostname hostnamectl id ip kill last ln ls lscpu lsb_release " +
			"md5sum mkdir mount mv nice nohup nproc passwd perl ping pgrep pkill printenv printf ps pwd readlink rm rmdir sed seq sh " +
			"sha256sum sleep sort ss stat su sudo sync systemctl tail tar tee test timeout top touch tr true tty uname uniq uptime vi w wc " +
			"wget which who whoami xargs yes",
		"/usr/sbin": "chroot cron ifconfig iptables nologin reboot route shutdown sshd useradd userdel usermod",
	} {
		for name := range strings.FieldsSeq(names) {
			m[name] = dir
		}
	}
	m["scp"], m["sftp-server"] = "/usr/bin", "/usr/lib/openssh"
	return m
}()
