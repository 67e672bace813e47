// Package recency keeps things in the order in which they were last heard of, so that the one which was silent for
// longest can make room. The links are in the things themselves: nothing is allocated.
package recency

// Links are the neighbours of a thing, which has them as a field.
type Links[T any] struct{ older, newer *T }

// List is the order. A thing is in one list at most.
type List[T any] struct {
	links          func(*T) *Links[T]
	newest, oldest *T
}

// New returns an empty list of things whose links are where links says.
func New[T any](links func(*T) *Links[T]) List[T] { return List[T]{links: links} }

// Oldest is the thing that was silent for longest, nil if there is none.
func (l *List[T]) Oldest() *T { return l.oldest }

// Newest is the thing that was heard of last, nil if there is none.
func (l *List[T]) Newest() *T { return l.newest }

// Newer is the thing that was heard of next after x, nil if x is the newest.
func (l *List[T]) Newer(x *T) *T { return l.links(x).newer }

// Push adds x, which is in no list, as the newest.
func (l *List[T]) Push(x *T) {
	at := l.links(x)
	at.older, at.newer = l.newest, nil
	if l.newest != nil {
		l.links(l.newest).newer = x
	}
	l.newest = x
	if l.oldest == nil {
		l.oldest = x
	}
}

// Remove takes x out.
func (l *List[T]) Remove(x *T) {
	at := l.links(x)
	if at.newer != nil {
		l.links(at.newer).older = at.older
	} else {
		l.newest = at.older
	}
	if at.older != nil {
		l.links(at.older).newer = at.newer
	} else {
		l.oldest = at.newer
	}
	*at = Links[T]{}
}

// Touch makes x, which is in the list, the newest.
func (l *List[T]) Touch(x *T) {
	if l.newest != x {
		l.Remove(x)
		l.Push(x)
	}
}
