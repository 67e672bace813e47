package shell

import (
	"slices"
	"strings"
)

// A programSet is programs that come together, and the folder that they are in.
type programSet struct{ dir, names string }

// What the packages of a distribution bring along. A name that is in none of a
// machine's sets is "command not found" there, also where most machines know it:
// this one then was not given the package.
var (
	coreutils = programSet{"/usr/bin", "[ arch b2sum base32 base64 basename basenc cat chcon chgrp chmod chown cksum comm cp csplit cut date dd df dir " +
		"dircolors dirname du echo env expand expr factor false fmt fold groups head hostid id install join link ln logname ls md5sum mkdir mkfifo " +
		"mknod mktemp mv nice nl nohup nproc numfmt od paste pathchk pinky pr printenv printf ptx pwd readlink realpath rm rmdir runcon seq " +
		"sha1sum sha224sum sha256sum sha384sum sha512sum shred shuf sleep sort split stat stdbuf stty sum sync tac tail tee test timeout touch " +
		"tr true truncate tsort tty uname unexpand uniq unlink users vdir wc who whoami yes"}
	coreutilsSbin = programSet{"/usr/sbin", "chroot"}
	textTools     = programSet{"/usr/bin", "awk gawk sed grep egrep fgrep find xargs cmp diff diff3 sdiff less more tar gzip gunzip zcat bzip2 bunzip2 " +
		"bzcat xz unxz xzcat which clear reset tput file ldd getconf getent iconv locale perl bash sh openssl watch"}
	utilLinux = programSet{"/usr/bin", "dmesg mount umount lsblk lscpu findmnt flock hexdump logger login lsattr chattr lslogins lsmem mcookie mesg " +
		"mountpoint namei nsenter prlimit rev column renice script setsid setpriv su taskset unshare utmpdump wall whereis ipcs last lastb lslocks " +
		"ionice fallocate cal chrt getopt ipcmk uuidgen"}
	utilLinuxSbin = programSet{"/usr/sbin", "blkid fdisk fsck hwclock losetup mkfs mkswap nologin swapoff swapon sfdisk blockdev fstrim agetty sulogin pivot_root"}
	procps        = programSet{"/usr/bin", "free pgrep pkill pmap ps pwdx skill slabtop tload top uptime vmstat w kill pidof"}
	procpsSbin    = programSet{"/usr/sbin", "sysctl"}
	shadowUtils   = programSet{"/usr/bin", "chage chsh chfn passwd gpasswd newgrp expiry lastlog faillog sg"}
	shadowSbin    = programSet{"/usr/sbin", "chpasswd useradd userdel usermod groupadd groupdel groupmod newusers pwconv pwck grpck vipw vigr visudo"}
	network       = programSet{"/usr/bin", "curl wget ping ssh scp sftp ssh-keygen ssh-copy-id ssh-add ssh-agent ssh-keyscan ip ss sudo host dig nslookup telnet nc hostname"}
	networkSbin   = programSet{"/usr/sbin", "iptables iptables-save iptables-restore ip6tables nft sshd rtmon bridge tc arping"}
	netTools      = programSet{"/usr/sbin", "ifconfig route arp"}
	netstat       = programSet{"/usr/bin", "netstat"}
	systemd       = programSet{"/usr/bin", "systemctl journalctl loginctl hostnamectl timedatectl localectl systemd-analyze systemd-cat systemd-run " +
		"systemd-detect-virt systemd-tmpfiles systemd-cgls busctl"}
	systemdSbin = programSet{"/usr/sbin", "halt poweroff reboot shutdown runlevel telinit init modprobe insmod rmmod lsmod modinfo depmod ldconfig"}
	hardwareBin = programSet{"/usr/bin", "lspci lsusb lsof strings xxd dmidecode"}
	cron        = programSet{"/usr/bin", "crontab"}
	debianBin   = programSet{"/usr/bin", "apt apt-get apt-cache apt-key apt-mark dpkg dpkg-query lsb_release nano vi vim.tiny dash rbash run-parts tempfile savelog " +
		"killall pstree fuser at batch atq python3 bc dc debconf"}
	debianSbin = programSet{"/usr/sbin", "adduser addgroup deluser delgroup update-rc.d service invoke-rc.d cron update-grub tune2fs mkfs.ext4 e2fsck resize2fs " +
		"dumpe2fs rsyslogd ufw logrotate policy-rc.d start-stop-daemon locale-gen lspci dmidecode hdparm"}
	rhelBin = programSet{"/usr/bin", "yum rpm rpmquery vi vim nano killall pstree fuser at batch atq bc firewall-cmd systemd-machine-id-setup rsync python3 " +
		"lsof nmcli"}
	rhelSbin = programSet{"/usr/sbin", "adduser chkconfig service crond getenforce setenforce sestatus tune2fs mkfs.ext4 mkfs.xfs xfs_info auditctl " +
		"rsyslogd logrotate dmidecode hdparm restorecon alternatives authconfig firewalld"}
	archBin = programSet{"/usr/bin", "pacman pacman-key makepkg vi vim nano killall pstree fuser iwctl python3 python lsof bc traceroute adduser"}
	kaliBin = programSet{"/usr/bin", "nmap ncat masscan hydra john hashcat sqlmap nikto msfconsole tcpdump socat git gcc make screen tmux zip unzip whois " +
		"traceroute ruby php python vim htop tree jq proxychains4 searchsploit gobuster ftp tftp rsync locate updatedb crackmapexec"}
	alpineApplets = "[ [[ acpid addgroup adduser adjtimex arch arp arping ash awk base64 basename bbconfig bc beep blkdiscard blkid blockdev brctl bunzip2 " +
		"bzcat bzip2 cal cat chattr chgrp chmod chown chpasswd chroot chvt cksum clear cmp comm cp cpio crond crontab cryptpw cut date dc dd deallocvt " +
		"delgroup deluser depmod df diff dirname dmesg dnsdomainname dos2unix du dumpkmap echo ed egrep eject env ether-wake expand expr factor " +
		"fallocate false fatattr fbset fbsplash fdflush fdisk fgrep find findfs flock fold free fsck fstrim fsync fuser getopt getty grep groups " +
		"gunzip gzip halt hd head hexdump hostid hostname hwclock id ifconfig ifdown ifenslave ifup init inotifyd insmod install ionice iostat ip " +
		"ipaddr ipcalc ipcrm ipcs iplink ipneigh iproute iprule iptunnel kbd_mode kill killall killall5 klogd last less link linux32 linux64 ln " +
		"loadfont loadkmap logger login logread losetup ls lsattr lsmod lsof lsusb lzcat lzma lzop lzopcat makemime md5sum mdev mesg microcom mkdir " +
		"mkdosfs mkfifo mkfs.vfat mknod mkpasswd mkswap mktemp modinfo modprobe more mount mountpoint mpstat mv nameif nanddump nandwrite nbd-client " +
		"nc netstat nice nl nmeter nohup nologin nproc nsenter nslookup ntpd od openvt partprobe passwd paste pgrep pidof ping ping6 pipe_progress " +
		"pivot_root pkill pmap poweroff printenv printf ps pscan pstree pwd pwdx raidautorun rdate rdev readahead readlink realpath reboot reformime " +
		"remove-shell renice reset resize rev rfkill rm rmdir rmmod route run-parts sed sendmail seq setconsole setfont setkeycodes setlogcons " +
		"setpriv setserial setsid sh sha1sum sha256sum sha3sum sha512sum showkey shred shuf slattach sleep sort split stat strings stty su sum " +
		"swapoff swapon switch_root sync sysctl syslogd tac tail tar tee test time timeout top touch tr traceroute traceroute6 tree true truncate " +
		"tty ttysize tunctl udhcpc udhcpc6 umount uname unexpand uniq unix2dos unlink unlzma unlzop unshare unxz unzip uptime usleep uudecode " +
		"uuencode vconfig vi vlock volname watch watchdog wc wget which who whoami whois xargs xxd xzcat yes zcat zcip"
	alpineBin = programSet{"/usr/bin", "ssh scp sftp ssh-keygen ssh-keyscan getent getconf ldd iconv openssl curl"}
	alpineSys = programSet{"/sbin", "apk openrc rc-service rc-update rc-status ldconfig"}
	alpineSbn = programSet{"/usr/sbin", "sshd chronyd setup-alpine nginx"}
	// debianApplets are those of the busybox package.
	debianApplets = "[ [[ acpid adjtimex ar arch arp arping ascii ash awk base64 basename bc blkdiscard blkid blockdev brctl bunzip2 bzcat bzip2 cal cat " +
		"chgrp chmod chown chroot chvt clear cmp cp cpio crc32 cttyhack cut date dc dd deallocvt depmod devmem df diff dirname dmesg dnsdomainname " +
		"dos2unix du dumpkmap dumpleases echo egrep env expand expr factor fallocate false fatattr fdisk fgrep find findfs fold free freeramdisk " +
		"fsfreeze fstrim ftpget ftpput getopt getty grep groups gunzip gzip halt head hexdump hostid hostname httpd hwclock i2cdetect i2cdump " +
		"i2cget i2cset i2ctransfer id ifconfig ifdown ifup init insmod ionice ip ipcalc ipneigh kill killall klogd last less link linux32 linux64 " +
		"linuxrc ln loadfont loadkmap logger login logname logread losetup ls lsmod lsscsi lzcat lzma lzop md5sum mdev microcom mim mkdir mkdosfs " +
		"mke2fs mkfifo mknod mkpasswd mkswap mktemp modinfo modprobe more mount mt mv nameif nc netstat nl nologin nproc nsenter nslookup nuke od " +
		"openvt partprobe paste patch pidof ping ping6 pivot_root poweroff printf ps pwd rdate readlink realpath reboot renice reset resume rev rm " +
		"rmdir rmmod route rpm rpm2cpio run-init run-parts sed seq setkeycodes setpriv setsid sh sha1sum sha256sum sha3sum sha512sum shred shuf " +
		"sleep sort ssl_client start-stop-daemon stat strings stty svc svok swapoff swapon switch_root sync sysctl syslogd tac tail tar taskset tee " +
		"telnet test tftp time timeout top touch tr traceroute traceroute6 true truncate ts tty ubirename udhcpc udhcpd uevent umount uname " +
		"uncompress unexpand uniq unix2dos unlink unlzma unshare unxz unzip uptime usleep uudecode uuencode vconfig vi w watch watchdog wc wget " +
		"which who whoami xargs xxd xz xzcat yes zcat"
)

// sets are what the distribution has installed, beside BusyBox's links.
func (s *System) sets() []programSet {
	common := []programSet{
		coreutils, coreutilsSbin, textTools, utilLinux, utilLinuxSbin, procps, procpsSbin, shadowUtils, shadowSbin, network, networkSbin,
		systemd, systemdSbin, hardwareBin, cron,
	}
	switch s.persona.OS.Slug {
	case "alpine":
		return []programSet{alpineBin, alpineSys, alpineSbn}
	case "openwrt":
		return openwrtSets
	case "debian":
		return append(common, debianBin, debianSbin, netTools, netstat, programSet{"/usr/bin", "busybox"})
	case "ubuntu20", "ubuntu22":
		return append(common, debianBin, debianSbin, programSet{"/usr/bin", "busybox git screen tmux rsync snap lxc vim htop tree mtr ftp tcpdump unattended-upgrade"})
	case "kali":
		return append(common, debianBin, debianSbin, netTools, netstat, kaliBin, programSet{"/usr/bin", "busybox"})
	case "rocky9":
		return append(common, rhelBin, rhelSbin, programSet{"/usr/bin", "dnf git tmux"})
	case "fedora":
		return append(common, rhelBin, rhelSbin, programSet{"/usr/bin", "dnf git tmux traceroute zip unzip tree"})
	case "centos7":
		return append(common, rhelBin, rhelSbin, netTools, netstat, programSet{"/usr/bin", "python python2 git screen unzip traceroute"})
	case "arch":
		return append(common, archBin, programSet{"/usr/bin", "git"})
	}
	return common
}

// applets are BusyBox's on this machine.
func (s *System) applets() []string {
	if s.openwrt() {
		return strings.Fields(openwrtApplets)
	}
	if s.busybox() {
		return strings.Fields(alpineApplets)
	}
	return strings.Fields(debianApplets)
}

// appletDir says where Alpine's links to BusyBox are: those that are needed to
// start a machine are not below /usr.
func appletDir(name string) string {
	for dir, names := range map[string]string{
		"/bin": "ash arch base64 bbconfig cat chattr chgrp chmod chown cp date dd df dmesg dnsdomainname dumpkmap echo egrep false fatattr fdflush fgrep fsync " +
			"getopt grep gunzip gzip hostname ionice iostat ipcalc kbd_mode kill link linux32 linux64 ln login ls lsattr lzop makemime mkdir mknod " +
			"mktemp more mount mountpoint mpstat mv netstat nice pidof ping ping6 pipe_progress printenv ps pwd reformime rev rm rmdir run-parts " +
			"sed setpriv setserial sh sleep stat stty su sync tar touch true tty ttysize umount uname usleep watch zcat",
		"/sbin": "acpid adjtimex arp blkid blockdev depmod fbsplash fdisk findfs fsck fstrim getty halt hwclock ifconfig ifdown ifenslave ifup init insmod ip " +
			"ipaddr iplink ipneigh iproute iprule iptunnel klogd loadkmap logread losetup lsmod mdev mkdosfs mkfs.vfat mkswap modinfo modprobe nameif " +
			"nologin pivot_root poweroff raidautorun reboot rmmod route setconsole slattach swapoff swapon switch_root sysctl syslogd tunctl udhcpc " +
			"vconfig watchdog zcip",
		"/usr/sbin": "addgroup adduser arping brctl chpasswd chroot crond delgroup deluser ether-wake fbset killall5 loadfont nanddump nandwrite nbd-client ntpd partprobe " +
			"rdate rdev readahead remove-shell rfkill sendmail setfont setlogcons",
	} {
		for word := range strings.FieldsSeq(names) {
			if word == name {
				return dir
			}
		}
	}
	return "/usr/bin"
}

// Commands lists what there is on the machine: the builtins of its login shell and
// the programs in its folders, each in order.
func (s *System) Commands() (builtins, programs []string) {
	for name := range s.builtins {
		if s.login() == bash || !bashOnly[name] {
			builtins = append(builtins, name)
		}
	}
	for _, set := range s.sets() {
		programs = append(programs, strings.Fields(set.names)...)
	}
	if !s.openwrt() {
		programs = append(programs, s.webUnit())
	}
	if s.busybox() {
		programs = append(programs, append(s.applets(), "busybox")...)
	} else {
		programs = append(programs, "sh")
	}
	slices.Sort(builtins)
	slices.Sort(programs)
	return builtins, slices.Compact(programs)
}
