package signature

import "strings"

// maxPrograms bounds the programs that are seen in one line.
const maxPrograms = 64

// before are words before which a program is named all the same.
var before = map[string]bool{
	"sudo": true, "doas": true, "nohup": true, "setsid": true, "env": true, "exec": true, "time": true, "command": true,
	"busybox": true, "then": true, "do": true, "else": true, "if": true, "while": true, "!": true, "{": true, "xargs": true, "nice": true,
}

// programs lists the programs that a command line runs, without their folders, such as ps and grep of
// "/bin/ps aux | grep x". What is between quotes counts as well, for it is often given to another shell,
// but not every sign in it: 'a|b' is an expression.
func programs(line string) []string {
	var found []string
	begins := true // the next word names a program
	quote := byte(0)
	start := 0
	end := func(i int, again bool) {
		word := strings.Trim(line[start:i], `"'`)
		start = i + 1
		if begins && word != "" && len(found) < maxPrograms {
			name := word[strings.LastIndexByte(word, '/')+1:]
			begins = before[name] || strings.ContainsAny(word[:1], "-<>$") || strings.Contains(word, "=")
			if !begins {
				found = append(found, name)
			}
		}
		begins = begins || again
	}
	for i := range len(line) {
		switch c := line[i]; c {
		case '\'', '"':
			switch quote {
			case 0:
				quote = c
			case c:
				quote = 0
			}
		case ' ', '\t':
			end(i, false)
		case '|', '&', '(', ')':
			if quote == 0 || i+1 < len(line) && line[i+1] == ' ' {
				end(i, true)
			}
		case ';', '\n', '\r', '`':
			end(i, true)
		}
	}
	end(len(line), false)
	return found
}
