package sftp

import (
	"strconv"
	"strings"
)

// maxAccounts bounds the lines of /etc/passwd and /etc/group that count: somebody may
// have written to them.
const maxAccounts = 500

// column reads a file like /etc/passwd, whose lines have so many fields: field value by
// field key. The first of two that are alike counts.
func (s *server) column(file string, fields, key, value int) map[string]string {
	data, err := s.Files.Read(file)
	if err != nil {
		return nil
	}
	out, n := make(map[string]string), 0
	for line := range strings.Lines(string(data)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), ":")
		if len(f) == fields {
			if _, ok := out[f[key]]; !ok {
				out[f[key]] = f[value]
			}
		}
		if n++; n > maxAccounts {
			break
		}
	}
	return out
}

// homeOf is the home of a user.
func (s *server) homeOf(user string) (string, bool) {
	home, ok := s.column("/etc/passwd", 7, 0, 5)[user]
	return home, ok
}

// names are those of numbers: as many strings as there are numbers, empty ones for
// those that nobody has.
func names(numbers []uint32, known map[string]string) string {
	w := &writer{}
	for _, n := range numbers {
		w.string(known[strconv.FormatUint(uint64(n), 10)])
	}
	return string(w.data)
}
