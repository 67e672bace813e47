package shell

import (
	"context"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// arithm evaluates $((...)). What bash reports as an error is 0 here.
func (s *Shell) arithm(ctx context.Context, x syntax.ArithmExpr, streams Streams) int {
	switch e := x.(type) {
	case *syntax.Word:
		return s.number(s.word(ctx, e, streams), 0)
	case *syntax.ParenArithm:
		return s.arithm(ctx, e.X, streams)
	case *syntax.UnaryArithm:
		return s.unary(ctx, e, streams)
	case *syntax.BinaryArithm:
		return s.binaryArithm(ctx, e, streams)
	}
	return 0
}

// number is the value of a literal or of the variable that it names.
func (s *Shell) number(text string, depth int) int {
	text = strings.TrimSpace(text)
	if n, err := strconv.ParseInt(text, 0, 64); err == nil {
		return int(n)
	}
	if value, ok := s.get(text); ok && depth < 8 {
		return s.number(value, depth+1)
	}
	return 0
}

func (s *Shell) unary(ctx context.Context, e *syntax.UnaryArithm, streams Streams) int {
	v := s.arithm(ctx, e.X, streams)
	switch e.Op {
	case syntax.Not:
		return truth(v != 0)
	case syntax.BitNegation:
		return ^v
	case syntax.Minus:
		return -v
	case syntax.Inc, syntax.Dec:
		by := 1
		if e.Op == syntax.Dec {
			by = -1
		}
		if w, ok := e.X.(*syntax.Word); ok {
			s.set(w.Lit(), strconv.Itoa(v+by))
		}
		if e.Post {
			return v
		}
		return v + by
	}
	return v
}

func (s *Shell) binaryArithm(ctx context.Context, e *syntax.BinaryArithm, streams Streams) int {
	if op, ok := assignments[e.Op]; ok {
		w, isWord := e.X.(*syntax.Word)
		if !isWord {
			return 0
		}
		v := s.arithm(ctx, e.Y, streams)
		if op != 0 {
			v = calculate(op, s.number(w.Lit(), 0), v)
		}
		s.set(w.Lit(), strconv.Itoa(v))
		return v
	}
	x := s.arithm(ctx, e.X, streams)
	switch e.Op {
	case syntax.AndArit:
		return flag(x != 0 && s.arithm(ctx, e.Y, streams) != 0)
	case syntax.OrArit:
		return flag(x != 0 || s.arithm(ctx, e.Y, streams) != 0)
	case syntax.TernQuest:
		branches, ok := e.Y.(*syntax.BinaryArithm)
		if !ok {
			return 0
		}
		if x != 0 {
			return s.arithm(ctx, branches.X, streams)
		}
		return s.arithm(ctx, branches.Y, streams)
	}
	return calculate(e.Op, x, s.arithm(ctx, e.Y, streams))
}

var assignments = map[syntax.BinAritOperator]syntax.BinAritOperator{
	syntax.Assgn: 0, syntax.AddAssgn: syntax.Add, syntax.SubAssgn: syntax.Sub, syntax.MulAssgn: syntax.Mul,
	syntax.QuoAssgn: syntax.Quo, syntax.RemAssgn: syntax.Rem,
}

func calculate(op syntax.BinAritOperator, x, y int) int {
	switch op {
	case syntax.Add:
		return x + y
	case syntax.Sub:
		return x - y
	case syntax.Mul:
		return x * y
	case syntax.Quo, syntax.Rem:
		if y == 0 {
			return 0
		}
		if op == syntax.Quo {
			return x / y
		}
		return x % y
	case syntax.Pow:
		result := 1
		for range min(max(y, 0), 64) {
			result *= x
		}
		return result
	case syntax.Eql:
		return flag(x == y)
	case syntax.Neq:
		return flag(x != y)
	case syntax.Lss:
		return flag(x < y)
	case syntax.Gtr:
		return flag(x > y)
	case syntax.Leq:
		return flag(x <= y)
	case syntax.Geq:
		return flag(x >= y)
	case syntax.And:
		return x & y
	case syntax.Or:
		return x | y
	case syntax.Xor:
		return x ^ y
	case syntax.Shl:
		return x << (uint(y) & 63)
	case syntax.Shr:
		return x >> (uint(y) & 63)
	case syntax.Comma:
		return y
	}
	return 0
}

func flag(ok bool) int { return 1 - truth(ok) }
