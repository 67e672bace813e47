package shell

import (
	"encoding/json"
	"regexp"
	"strings"
)

// ansibleModule is how the programs that Ansible brings to a machine name what they do.
var ansibleModule = regexp.MustCompile(`mod_name='ansible(?:\.[a-z_]+)*\.([a-z_]+)'`)

// ansible answers the two programs that begin whatever somebody does with Ansible: the one that looks
// where Python is, and the module ping. It is false for any other code.
func (p *proc) ansible(code string) bool {
	if strings.Contains(code, "platform_dist_result") && strings.Contains(code, "osrelease_content") {
		release, err := p.FS.read(&p.user, "/etc/os-release")
		if err != nil {
			return false
		}
		text, _ := json.Marshal(release) // a string always can be
		p.print(`{"platform_dist_result": [], "osrelease_content": ` + string(text) + "}\n")
		return true
	}
	if m := ansibleModule.FindStringSubmatch(code); m != nil && m[1] == "ping" {
		p.print("\n" + `{"ping": "pong", "invocation": {"module_args": {"data": "pong"}}}` + "\n")
		return true
	}
	return false
}
