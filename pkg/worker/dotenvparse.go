package worker

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
)

// parseDotEnv reads lines of the form KEY=VALUE. Lines about other names than
// DECNET_ and OTEL_ are for other programs, whatever they say.
func parseDotEnv(path string, data []byte) (map[string]string, error) {
	vars := make(map[string]string)
	number := 0
	for line := range bytes.SplitSeq(bytes.TrimPrefix(data, []byte("\ufeff")), []byte("\n")) {
		number++
		text := strings.TrimSpace(string(line))
		if rest, ok := strings.CutPrefix(text, "export"); ok && rest != strings.TrimLeft(rest, " \t") {
			text = strings.TrimLeft(rest, " \t")
		}
		if !ours(text) {
			continue
		}
		name, value, err := parseAssignment(text)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", path, number, err)
		}
		vars[name] = value // the last one wins, as in a shell
	}
	return vars, nil
}

// ours reports whether a variable is for this program or its libraries.
func ours(name string) bool {
	return strings.HasPrefix(name, "DECNET_") || strings.HasPrefix(name, "OTEL_")
}

// parseAssignment takes a line apart. Its errors never show the value.
func parseAssignment(text string) (name, value string, err error) {
	name, raw, found := strings.Cut(text, "=")
	name = strings.TrimRight(name, " \t")
	if end := strings.IndexFunc(name, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	}); end >= 0 {
		return "", "", fmt.Errorf("want NAME=VALUE after %s: a name has letters, digits and underscores", name[:end])
	}
	if !found {
		return "", "", fmt.Errorf("no = after %s: want NAME=VALUE", name)
	}
	if strings.ContainsRune(raw, 0) {
		return "", "", fmt.Errorf("%s: a value cannot contain NUL", name)
	}
	if value, err = parseValue(raw); err != nil {
		return "", "", fmt.Errorf("%s: %w", name, err)
	}
	return name, value, nil
}

// parseValue reads what follows the "=". Nothing is substituted in it.
func parseValue(raw string) (string, error) {
	trimmed := strings.TrimLeft(raw, " \t")
	if trimmed == "" || trimmed[0] != '"' && trimmed[0] != '\'' {
		return strings.TrimSpace(withoutComment(raw)), nil
	}
	quote := trimmed[0]
	var b strings.Builder
	for i := 1; i < len(trimmed); i++ {
		switch c := trimmed[i]; {
		case c == quote:
			if strings.TrimSpace(withoutComment(trimmed[i+1:])) != "" {
				return "", errors.New("there is text after the closing quote")
			}
			return b.String(), nil
		case c == '\\' && quote == '"':
			i++
			if i == len(trimmed) || !strings.ContainsRune(`n"\`, rune(trimmed[i])) {
				return "", errors.New(`in double quotes a backslash goes before n, " or \ only: write it twice or use single quotes`)
			}
			if trimmed[i] == 'n' {
				b.WriteByte('\n')
				continue
			}
			b.WriteByte(trimmed[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", errors.New("the closing quote is missing on this line")
}

// withoutComment cuts from a # that follows white space.
func withoutComment(s string) string {
	for i := 1; i < len(s); i++ {
		if s[i] == '#' && (s[i-1] == ' ' || s[i-1] == '\t') {
			return s[:i]
		}
	}
	return s
}
