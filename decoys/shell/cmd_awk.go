package shell

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	awkPrint = regexp.MustCompile(`^\s*(?:(?:NR|FNR)\s*==\s*(\d+)|/([^/]*)/)?\s*\{\s*print\s*([^}]*?);?\s*\}\s*$`)
	awkItem  = regexp.MustCompile(`\$NF|\$\d+|"[^"]*"|NR|NF`)
)

// cmdAwk knows what scripts use it for most: {print $1, $2} for all lines, for
// one line or for those that match.
func cmdAwk(p *proc) int {
	set, rest, _ := p.options("", "Fv")
	if len(rest) == 0 {
		_, _ = fmt.Fprint(p.Err, "usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]\n")
		return 2
	}
	m := awkPrint.FindStringSubmatch(rest[0])
	if m == nil {
		return p.errorf(2, "line 1: syntax error at or near %.20s", rest[0])
	}
	only, _ := strconv.Atoi(m[1])
	var re *regexp.Regexp
	if m[2] != "" {
		var err error
		if re, err = regexp.Compile(m[2]); err != nil {
			return p.errorf(2, "line 1: regular expression compile failed")
		}
	}
	return p.files(rest[1:], "cannot open %s (%v)", func(_, data string) {
		for n, line := range lines(data) {
			if only > 0 && n+1 != only || re != nil && !re.MatchString(line) {
				continue
			}
			fields := strings.Fields(line)
			if v := set["F"]; v != "" {
				fields = strings.Split(line, v)
			}
			p.print(awkLine(m[3], line, n+1, fields) + "\n")
		}
	})
}

func awkLine(expression, line string, number int, fields []string) string {
	if expression == "" {
		return line
	}
	var groups []string
	for group := range strings.SplitSeq(expression, ",") {
		var b strings.Builder
		for _, item := range awkItem.FindAllString(group, -1) {
			switch i, err := strconv.Atoi(strings.TrimPrefix(item, "$")); {
			case item[0] == '"':
				b.WriteString(unescape(item[1 : len(item)-1]))
			case item == "NR":
				b.WriteString(strconv.Itoa(number))
			case item == "NF":
				b.WriteString(strconv.Itoa(len(fields)))
			case item == "$NF" && len(fields) > 0:
				b.WriteString(fields[len(fields)-1])
			case err == nil && i == 0:
				b.WriteString(line)
			case err == nil && i <= len(fields):
				b.WriteString(fields[i-1])
			}
		}
		groups = append(groups, b.String())
	}
	return strings.Join(groups, " ")
}
