package shell

import (
	"context"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

func (s *Shell) assignElement(ctx context.Context, name string, a *syntax.Assign, streams Streams) {
	arr, ok := s.arrays[name]
	if !ok {
		if len(s.arrays) >= maxVars {
			return
		}
		arr = newArray(false)
		if old, had := s.vars[name]; had {
			delete(s.vars, name)
			arr.put("0", old)
		}
	}
	key, value := s.key(ctx, &arr, a.Index, streams), s.word(ctx, a.Value, streams)
	if a.Append {
		value = arr.values[key] + value
	}
	arr.put(key, value)
	s.arrays[name] = arr
}

// key is an index as the array has it.
func (s *Shell) key(ctx context.Context, a *array, index syntax.ArithmExpr, streams Streams) string {
	if w, ok := index.(*syntax.Word); ok && a.assoc {
		return s.word(ctx, w, streams)
	}
	n := s.arithm(ctx, index, streams)
	if n < 0 {
		n += a.end()
	}
	return strconv.Itoa(min(max(n, 0), 1<<30))
}

// saved is what a variable was before a function made it local.
type saved struct {
	value string
	was   bool
	array array
	isArr bool
}

// localize makes a variable local to the function that runs.
func (s *Shell) localize(name string) {
	if len(s.locals) == 0 {
		return
	}
	frame := s.locals[len(s.locals)-1]
	if _, ok := frame[name]; ok {
		return
	}
	var old saved
	old.value, old.was = s.vars[name]
	old.array, old.isArr = s.arrays[name]
	frame[name] = old
	delete(s.vars, name)
	delete(s.arrays, name)
}

// restore ends a function's variables.
func (s *Shell) restore(frame map[string]saved) {
	for name, old := range frame {
		delete(s.vars, name)
		delete(s.arrays, name)
		if old.was {
			s.vars[name] = old.value
		}
		if old.isArr {
			s.arrays[name] = old.array
		}
	}
}

// declare is export, declare, local, readonly and typeset.
func (s *Shell) declare(ctx context.Context, c *syntax.DeclClause, streams Streams) int {
	p := &proc{Shell: s, Streams: streams, ctx: ctx, args: []string{c.Variant.Value}}
	if c.Variant.Value == "local" && len(s.locals) == 0 {
		return s.complain(streams, 1, "local", "can only be used in a function")
	}
	letters, status, named := "", 0, false
	for _, a := range c.Args {
		if a.Name == nil { // an option, or a name that comes of an expansion
			for _, word := range s.words(ctx, []*syntax.Word{a.Value}, streams) {
				if strings.HasPrefix(word, "-") || strings.HasPrefix(word, "+") {
					letters += word[1:]
					continue
				}
				named = true
				name, value, assigned := strings.Cut(word, "=")
				if !isName(name) {
					status = s.complain(streams, 1, c.Variant.Value, "`"+word+"': not a valid identifier")
					continue
				}
				if c.Variant.Value == "local" {
					s.localize(name)
				}
				if assigned {
					s.set(name, value)
				}
				s.mark(name, c.Variant.Value, letters)
			}
			continue
		}
		named = true
		name := a.Name.Value
		if c.Variant.Value == "local" || len(s.locals) > 0 && (c.Variant.Value == "declare" || c.Variant.Value == "typeset") && !strings.Contains(letters, "g") {
			s.localize(name)
		}
		if strings.Contains(letters, "A") {
			if _, ok := s.arrays[name]; !ok && len(s.arrays) < maxVars {
				s.arrays[name] = newArray(true)
			}
		}
		if !a.Naked {
			if got := s.assign(ctx, a, streams); got != 0 {
				status = got
			}
			if strings.Contains(letters, "i") {
				s.set(name, strconv.Itoa(s.number(s.vars[name], 0)))
			}
		}
		s.mark(name, c.Variant.Value, letters)
	}
	if !named {
		return p.declared(c.Variant.Value, letters)
	}
	return status
}

// mark gives a variable its attributes.
func (s *Shell) mark(name, variant, letters string) {
	if variant == "export" || strings.Contains(letters, "x") {
		s.exported[name] = !strings.Contains(letters, "n")
	}
	if variant == "readonly" || strings.Contains(letters, "r") {
		s.readonly[name] = true
	}
}
