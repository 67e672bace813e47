package shell

import (
	"fmt"
)

func cmdCrontab(p *proc) int {
	set, names, _ := p.options("lrei", "u")
	at := "/var/spool/cron/crontabs/" + p.user.name
	switch {
	case has(set, "l"):
		data, err := p.FS.read(root, at)
		if err != nil {
			_, _ = fmt.Fprintf(p.Err, "no crontab for %s\n", p.user.name)
			return 1
		}
		p.print(data)
	case has(set, "r"):
		if p.FS.remove(root, at, false) != nil {
			_, _ = fmt.Fprintf(p.Err, "no crontab for %s\n", p.user.name)
			return 1
		}
	case len(names) > 0:
		return p.files(names, "%s: %v", func(_, data string) { _ = p.write(at, data, false) })
	}
	return 0
}

// cmdApt is apt and apt-get, which find no mirror.
func cmdApt(p *proc) int {
	_, rest, _ := p.options("yqfdsu", "ot")
	if p.user.uid != 0 {
		_, _ = fmt.Fprint(p.Err, "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\n"+
			"E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n")
		return 100
	}
	mirror := map[string]string{"debian": "deb.debian.org", "ubuntu": "archive.ubuntu.com"}[p.System.persona.OS.ID]
	if len(rest) == 0 {
		p.print("apt 2.6.1 (amd64)\n")
		return 0
	}
	switch rest[0] {
	case "update":
		p.sleep(p.NetworkDelay)
		p.printf("Err:1 http://%s/%s %s InRelease\n  Temporary failure resolving '%s'\nReading package lists... Done\n",
			mirror, p.System.persona.OS.ID, p.System.codename(), mirror)
		_, _ = fmt.Fprintf(p.Err, "W: Failed to fetch http://%s/%s/dists/%s/InRelease  Temporary failure resolving '%s'\n"+
			"W: Some index files failed to download. They have been ignored, or old ones used instead.\n",
			mirror, p.System.persona.OS.ID, p.System.codename(), mirror)
		return 0
	case "install":
		p.print("Reading package lists... Done\nBuilding dependency tree... Done\nReading state information... Done\n")
		for _, name := range rest[1:] {
			_, _ = fmt.Fprintf(p.Err, "E: Unable to locate package %s\n", name)
		}
		return 100
	}
	p.print("Reading package lists... Done\nBuilding dependency tree... Done\nReading state information... Done\n" +
		"0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n")
	return 0
}

func cmdLsbRelease(p *proc) int {
	d := p.System.persona.OS
	title := map[string]string{"debian": "Debian", "ubuntu": "Ubuntu"}[d.ID]
	p.printf("No LSB modules are available.\nDistributor ID:\t%s\nDescription:\t%s\nRelease:\t%s\nCodename:\t%s\n", title, d.Name, d.VersionID, p.System.codename())
	return 0
}
