package shell

import (
	"path"
	"slices"
	"strings"
)

// finder is one find that runs.
type finder struct {
	*proc
	expr     []string
	maxDepth int
	minDepth int
	deep     bool // children before their folder
	acted    bool
	found    int
}

// cmdFind knows the tests and actions that scripts use, joined by -a, -o and !.
func cmdFind(p *proc) int {
	f := &finder{proc: p, maxDepth: 100}
	var roots []string
	args := p.args[1:]
	for len(args) > 0 && !strings.HasPrefix(args[0], "-") && args[0] != "!" && args[0] != "(" {
		roots, args = append(roots, args[0]), args[1:]
	}
	for i := 0; i < len(args); i++ {
		switch args[i] {
		case "-maxdepth", "-mindepth":
			if i+1 >= len(args) {
				return p.errorf(1, "missing argument to `%s'", args[i])
			}
			if args[i] == "-maxdepth" {
				f.maxDepth = number(args[i+1])
			} else {
				f.minDepth = number(args[i+1])
			}
			args = slices.Delete(slices.Clone(args), i, i+2)
			i--
		case "-depth", "-delete":
			f.deep = true
		}
		if i >= 0 && i < len(args) {
			if slices.Contains([]string{"-print", "-print0", "-exec", "-delete", "-ls", "-printf", "-execdir", "-ok", "-quit"}, args[i]) {
				f.acted = true
			}
			if strings.HasPrefix(args[i], "-") && !slices.Contains(findWords, args[i]) && (i == 0 || !slices.Contains(findValues, args[i-1])) && !strings.HasPrefix(args[i], "-newer") &&
				!inExec(args, i) {
				return p.errorf(1, p.either("unknown predicate `%s'", "unrecognized: %s"), args[i])
			}
		}
	}
	f.expr = args
	if len(roots) == 0 {
		roots = []string{"."}
	}
	status := 0
	for _, r := range roots {
		n, err := p.lookup(p.abs(r), false)
		if err != nil {
			status = p.errorf(1, p.either("‘%s’: %v", "%s: %v"), r, err)
			continue
		}
		if f.visit(r, p.abs(r), n, 0) != 0 {
			status = 1
		}
	}
	return status
}

// inExec reports an argument between -exec and its end.
func inExec(args []string, i int) bool {
	for j := i - 1; j >= 0; j-- {
		if args[j] == ";" || args[j] == "+" {
			return false
		}
		if strings.HasPrefix(args[j], "-exec") || args[j] == "-ok" {
			return true
		}
	}
	return false
}

var (
	findValues = strings.Fields("-name -iname -path -ipath -wholename -type -user -group -perm -size -mtime -ctime -atime -mmin -cmin -amin -newer -uid -gid -printf -links -regex -inum -samefile -lname -fstype")
	findWords  = append(strings.Fields("-print -print0 -exec -execdir -ok -delete -ls -o -or -a -and -not -empty -prune -quit -depth -xdev -mount -readable -writable -executable "+
		"-nouser -nogroup -true -false -follow -daystart -noleaf -regextype -warn -nowarn -maxdepth -mindepth"), findValues...)
)

func (f *finder) visit(shown, full string, n node, depth int) int {
	if f.steps++; f.found > 20000 || f.over(f.ctx) {
		return 1
	}
	status, prune := 0, false
	check := func() {
		if depth < f.minDepth {
			return
		}
		expr := f.expr
		ok, stop := f.or(&expr, shown, full, n)
		prune = stop
		if ok && !f.acted {
			f.print(shown + "\n")
			f.found++
		}
	}
	if !f.deep {
		check()
	}
	if n.kind == directory && depth < f.maxDepth && !prune {
		entries, err := f.FS.list(&f.user, full)
		if err != nil {
			status = f.errorf(1, f.either("‘%s’: %v", "%s: %v"), shown, err)
		}
		for _, e := range entries {
			status = max(status, f.visit(strings.TrimSuffix(shown, "/")+"/"+e.name, path.Join(full, e.name), e.node, depth+1))
			f.steps -= map[bool]int{true: 1, false: 0}[e.kind != directory] // files cost next to nothing
		}
	}
	if f.deep {
		check()
	}
	return status
}

func (f *finder) or(expr *[]string, shown, full string, n node) (ok, prune bool) {
	ok, prune = f.and(expr, shown, full, n, true)
	for len(*expr) > 0 && ((*expr)[0] == "-o" || (*expr)[0] == "-or") {
		*expr = (*expr)[1:]
		var p bool
		if ok {
			f.and(expr, shown, full, n, false)
		} else {
			ok, p = f.and(expr, shown, full, n, true)
			prune = prune || p
		}
	}
	return ok, prune
}

func (f *finder) and(expr *[]string, shown, full string, n node, live bool) (ok, prune bool) {
	ok = true
	for len(*expr) > 0 && (*expr)[0] != "-o" && (*expr)[0] != "-or" && (*expr)[0] != ")" {
		if w := (*expr)[0]; w == "-a" || w == "-and" {
			*expr = (*expr)[1:]
			continue
		}
		got, p := f.one(expr, shown, full, n, live && ok)
		ok = ok && got
		prune = prune || p
	}
	return ok, prune
}
