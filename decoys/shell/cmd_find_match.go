package shell

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// one takes one test or action off expr, and applies it if live.
func (f *finder) one(expr *[]string, shown, full string, n node, live bool) (ok, prune bool) {
	word := (*expr)[0]
	*expr = (*expr)[1:]
	value := ""
	if slices.Contains(findValues, word) || strings.HasPrefix(word, "-newer") || word == "-regextype" {
		if len(*expr) > 0 {
			value, *expr = (*expr)[0], (*expr)[1:]
		}
	}
	base := path.Base(shown)
	switch word {
	case "!", "-not":
		if len(*expr) == 0 {
			return false, false
		}
		got, p := f.one(expr, shown, full, n, live)
		return !got, p
	case "(":
		ok, prune = f.or(expr, shown, full, n)
		if len(*expr) > 0 && (*expr)[0] == ")" {
			*expr = (*expr)[1:]
		}
		return ok, prune
	case "-name", "-lname":
		return match(value, base), false
	case "-iname":
		return match(strings.ToLower(value), strings.ToLower(base)), false
	case "-path", "-wholename", "-regex":
		return match(strings.ReplaceAll(value, ".*", "*"), shown), false
	case "-ipath":
		return match(strings.ToLower(value), strings.ToLower(shown)), false
	case "-type":
		return strings.Contains(strings.ReplaceAll(value, "f", "-"), string(rune(n.kind))), false
	case "-user":
		return f.owner(n.uid) == value, false
	case "-uid":
		return strconv.Itoa(n.uid) == value, false
	case "-group":
		return f.FS.groupName(n.gid) == value, false
	case "-nouser", "-nogroup", "-false":
		return false, false
	case "-perm":
		return permMatches(n.perm, value), false
	case "-size":
		unit := map[byte]int64{'c': 1, 'k': 1 << 10, 'M': 1 << 20, 'G': 1 << 30, 'w': 2}
		per, digits := int64(512), strings.TrimRight(value, "ckMGwb")
		if len(value) > len(digits) && unit[value[len(value)-1]] > 0 {
			per = unit[value[len(value)-1]]
		}
		return compareCount((n.size+per-1)/per, digits), false
	case "-mtime", "-ctime", "-atime":
		return compareCount(int64(f.now().Sub(n.modified)/(24*time.Hour)), value), false
	case "-mmin", "-cmin", "-amin":
		return compareCount(int64(f.now().Sub(n.modified)/time.Minute)+1, value), false
	case "-empty":
		if n.kind == directory {
			entries, _ := f.FS.list(&f.user, full)
			return len(entries) == 0, false
		}
		return n.kind == regular && n.size == 0, false
	case "-readable":
		return n.allows(&f.user, 4), false
	case "-writable":
		return n.allows(&f.user, 2), false
	case "-executable":
		return n.allows(&f.user, 1), false
	case "-prune":
		return true, true
	}
	if strings.HasPrefix(word, "-newer") {
		other, err := f.lookup(f.abs(value), true)
		return err == nil && n.modified.After(other.modified), false
	}
	return f.act(word, value, expr, shown, full, n, live), false
}

// act is an action; what is no test either is true.
func (f *finder) act(word, value string, expr *[]string, shown, full string, n node, live bool) bool {
	switch word {
	case "-exec", "-execdir", "-ok":
		end := slices.IndexFunc(*expr, func(a string) bool { return a == ";" || a == "+" })
		if end < 0 {
			end = len(*expr)
		}
		command := (*expr)[:end]
		*expr = (*expr)[min(end+1, len(*expr)):]
		if !live || len(command) == 0 {
			return live
		}
		args := make([]string, len(command))
		for i, a := range command {
			args[i] = strings.ReplaceAll(a, "{}", shown)
		}
		return f.runArgs(args, f.Streams) == 0
	case "-delete":
		if live {
			if err := f.remove(full, false); err != nil {
				f.errorf(1, "cannot delete ‘%s’: %v", shown, err)
				return false
			}
		}
	case "-print":
		if live {
			f.print(shown + "\n")
			f.found++
		}
	case "-print0":
		if live {
			f.print(shown + "\x00")
		}
	case "-printf":
		if live {
			f.print(unescape(strings.NewReplacer("%p", shown, "%f", path.Base(shown), "%s", strconv.FormatInt(n.size, 10), "%m", strconv.FormatUint(uint64(n.perm), 8),
				"%u", f.owner(n.uid), "%g", f.FS.groupName(n.gid), "%h", path.Dir(shown), "%y", string(rune(n.kind)), "%T@", strconv.FormatInt(n.modified.Unix(), 10)).Replace(value)))
		}
	case "-ls":
		if live {
			f.printf("%9d %6d %s %3d %-8s %-8s %8d %s %s\n", f.System.inode(full), blocks(n)/2, mode(n), n.links, f.owner(n.uid), f.FS.groupName(n.gid), n.size,
				lsTime(n.modified, f.now()), shown)
		}
	case "-quit":
		f.found = 1 << 20
	}
	return true
}

// permMatches is -perm: all bits (-), any bit (/) or just those.
func permMatches(perm uint16, value string) bool {
	how := byte(0)
	if value != "" && (value[0] == '-' || value[0] == '/' || value[0] == '+') {
		how, value = value[0], value[1:]
	}
	want := newMode(0, value, false)
	switch how {
	case '-':
		return perm&want == want
	case '/', '+':
		return perm&want != 0
	}
	return perm == want
}

// compareCount compares with +n (more), -n (less) or n.
func compareCount(have int64, value string) bool {
	n := int64(number(strings.TrimLeft(value, "+-")))
	switch {
	case strings.HasPrefix(value, "+"):
		return have > n
	case strings.HasPrefix(value, "-"):
		return have < n
	}
	return have == n
}
