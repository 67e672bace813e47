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
// "/bin/ps aux | grep x". It knows no quotes: what is between them counts as well, for it is mostly given
// to another shell.
func programs(line string) []string {
	var found []string
	begins := true // the next word names a program
	for line != "" && len(found) < maxPrograms {
		end := strings.IndexAny(line, " \t\n\r;&|()`")
		word, sep := line, byte(' ')
		if end >= 0 {
			word, sep = line[:end], line[end]
			line = line[end+1:]
		} else {
			line = ""
		}
		word = strings.Trim(word, `"'`)
		if begins && word != "" {
			name := word[strings.LastIndexByte(word, '/')+1:]
			if begins = before[name] || strings.ContainsAny(word[:1], "-<>$") || strings.Contains(word, "="); !begins {
				found = append(found, name)
			}
		}
		if sep != ' ' && sep != '\t' {
			begins = true
		}
	}
	return found
}
