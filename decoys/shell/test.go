package shell

import (
	"context"
	"regexp"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// testExpr is [[ ... ]].
func (s *Shell) testExpr(ctx context.Context, x syntax.TestExpr, streams Streams) bool {
	switch e := x.(type) {
	case *syntax.Word:
		return s.word(ctx, e, streams) != ""
	case *syntax.ParenTest:
		return s.testExpr(ctx, e.X, streams)
	case *syntax.UnaryTest:
		if e.Op == syntax.TsNot {
			return !s.testExpr(ctx, e.X, streams)
		}
		w, ok := e.X.(*syntax.Word)
		return ok && s.testUnary(e.Op.String(), s.word(ctx, w, streams))
	case *syntax.BinaryTest:
		switch e.Op {
		case syntax.AndTest:
			return s.testExpr(ctx, e.X, streams) && s.testExpr(ctx, e.Y, streams)
		case syntax.OrTest:
			return s.testExpr(ctx, e.X, streams) || s.testExpr(ctx, e.Y, streams)
		}
		left, ok := e.X.(*syntax.Word)
		right, ok2 := e.Y.(*syntax.Word)
		if !ok || !ok2 {
			return false
		}
		value := s.word(ctx, left, streams)
		switch e.Op {
		case syntax.TsMatch, syntax.TsMatchShort:
			return match(s.pattern(ctx, right, streams), value)
		case syntax.TsNoMatch:
			return !match(s.pattern(ctx, right, streams), value)
		case syntax.TsReMatch:
			re, err := regexp.Compile(s.word(ctx, right, streams))
			return err == nil && re.MatchString(value)
		}
		return s.testBinary(value, e.Op.String(), s.word(ctx, right, streams))
	}
	return false
}

// testUnary is an operator of test(1) with one operand.
func (s *Shell) testUnary(op, v string) bool {
	switch op {
	case "-z":
		return v == ""
	case "-n":
		return v != ""
	case "-t":
		return s.tty != ""
	case "-v":
		_, ok := s.get(v)
		return ok
	}
	n, err := s.lookup(s.abs(v), op != "-L" && op != "-h")
	if err != nil {
		return false
	}
	switch op {
	case "-f":
		return n.kind == regular
	case "-d":
		return n.kind == directory
	case "-L", "-h":
		return n.kind == symlink
	case "-s":
		return n.size > 0
	case "-r":
		return n.allows(&s.user, 4)
	case "-w":
		return n.allows(&s.user, 2)
	case "-x":
		return n.allows(&s.user, 1)
	}
	return op == "-e" || op == "-a"
}

func (s *Shell) testBinary(a, op, b string) bool {
	x, _ := strconv.Atoi(strings.TrimSpace(a))
	y, _ := strconv.Atoi(strings.TrimSpace(b))
	switch op {
	case "=", "==":
		return a == b
	case "!=":
		return a != b
	case "<":
		return a < b
	case ">":
		return a > b
	case "-eq":
		return x == y
	case "-ne":
		return x != y
	case "-lt":
		return x < y
	case "-le":
		return x <= y
	case "-gt":
		return x > y
	case "-ge":
		return x >= y
	}
	return false
}

// testArgs is test and [ with the arguments between the brackets: -o binds
// weakest, then -a, then !.
func (s *Shell) testArgs(args []string) bool {
	for _, op := range []string{"-o", "-a"} {
		for i := 1; i < len(args)-1; i++ {
			if args[i] == op {
				left, right := s.testArgs(args[:i]), s.testArgs(args[i+1:])
				return left && right || op == "-o" && (left || right)
			}
		}
	}
	switch {
	case len(args) == 0:
		return false
	case args[0] == "!" && len(args) > 1:
		return !s.testArgs(args[1:])
	case len(args) == 1:
		return args[0] != ""
	case len(args) == 2:
		return s.testUnary(args[0], args[1])
	}
	return s.testBinary(args[0], args[1], args[2])
}
