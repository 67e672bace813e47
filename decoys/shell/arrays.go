package shell

import (
	"maps"
	"slices"
	"strconv"
)

// maxElements bounds one array.
const maxElements = 4096

// An array is one of bash's, indexed or associative. Keys are in their order.
type array struct {
	assoc  bool
	keys   []string
	values map[string]string
}

func newArray(assoc bool) array { return array{assoc: assoc, values: map[string]string{}} }

func cloneArrays(m map[string]array) map[string]array {
	out := make(map[string]array, len(m))
	for name, a := range m {
		out[name] = array{a.assoc, slices.Clone(a.keys), maps.Clone(a.values)}
	}
	return out
}

// put sets an element, within the bounds.
func (a *array) put(key, value string) {
	if _, ok := a.values[key]; !ok {
		if len(a.keys) >= maxElements {
			return
		}
		a.keys = append(a.keys, key)
		if !a.assoc {
			slices.SortFunc(a.keys, func(x, y string) int { return number(x) - number(y) })
		}
	}
	if len(value) > maxValue {
		value = value[:maxValue]
	}
	a.values[key] = value
}

// remove unsets an element.
func (a *array) remove(key string) {
	delete(a.values, key)
	a.keys = slices.DeleteFunc(a.keys, func(k string) bool { return k == key })
}

// end is the index after the last.
func (a *array) end() int {
	if len(a.keys) == 0 {
		return 0
	}
	return number(a.keys[len(a.keys)-1]) + 1
}

func (a *array) list() []string {
	out := make([]string, len(a.keys))
	for i, k := range a.keys {
		out[i] = a.values[k]
	}
	return out
}

// number is a decimal number, 0 if it is none.
func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
