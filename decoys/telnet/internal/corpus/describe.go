package corpus

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/decnet/decnet/decoys/decoytest/twin"
)

// Describe writes down what a server said: a line for each command, and for each
// line of text as twin.Quote has it.
func Describe(data []byte) []string {
	var lines []string
	var text []byte
	end := func() {
		lines = append(lines, twin.Quote(text)...)
		text = nil
	}
	for i := 0; i < len(data); i++ {
		if data[i] != 255 {
			text = append(text, data[i])
			continue
		}
		end()
		n, line := command(data[i:])
		lines = append(lines, line)
		i += n - 1
	}
	end()
	return lines
}

// command describes the one that data begins with, and says how long it is.
func command(data []byte) (int, string) {
	if len(data) < 2 {
		return 1, "IAC and nothing"
	}
	c := data[1]
	switch {
	case c == 255:
		return 2, `\xff\xff`
	case verbs[c] != "" && len(data) > 2:
		return 3, fmt.Sprintf("%s %d", strings.ToUpper(verbs[c]), data[2])
	case c == 250:
		for i := 2; i+1 < len(data); i++ {
			if data[i] != 255 {
				continue
			}
			if data[i+1] == 240 {
				return i + 2, fmt.Sprintf("SB % x SE", data[2:i])
			}
			i++
		}
		return len(data), fmt.Sprintf("SB % x", data[2:])
	}
	return 2, fmt.Sprintf("IAC %d", c)
}

func mask(why, pattern, by string) twin.Mask {
	re := regexp.MustCompile(pattern)
	return twin.Mask{Why: why, Apply: func(line string) string { return re.ReplaceAllString(line, by) }}
}

func masks() []twin.Mask {
	return []twin.Mask{
		mask("the kernel is the machine's", `Linux \S+ \(\S+\) \(pts/\d+\)`, "Linux RELEASE (HOST) (pts/N)"),
		mask("the kernel is the machine's", `^Linux \S+ \d\S+ #.*x86_64`, "Linux HOST RELEASE #VERSION x86_64"),
		mask("the host name is the machine's", `(\\x[0-9a-f]{2}|)[A-Za-z0-9.-]+ login: `, "${1}HOST login: "),
		mask("the host name is the machine's", `\[[A-Za-z0-9.-]+ : yes\]`, "[HOST : yes]"),
		mask("the host name is the machine's", `root@[A-Za-z0-9.-]+:`, "root@HOST:"),
		mask("the host name is the machine's", `[A-Za-z0-9.-]+:~# `, "HOST:~# "),
	}
}

// dataMarks are sent for each signal, and by a mistake of the daemon now and then by the thousand.
var dataMarks = regexp.MustCompile(`^(IAC 242|(\\xf2)+)$`)

// lastLogin is only there if there was an earlier login, and which dialogue is first is chance.
var lastLogin = regexp.MustCompile(`^(Last|HOST) login: \w{3} \w{3} `)

func settle(lines []string) []string {
	var out []string
	for _, l := range lines {
		if !lastLogin.MatchString(l) && !dataMarks.MatchString(l) {
			out = append(out, l)
		}
	}
	return out
}
