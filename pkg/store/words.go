package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/decnet/decnet/pkg/decnet"
)

// The search index is bounded per event, since attackers choose what is in it.
const (
	// maxWord is how many bytes of a word count; longer ones are found by, and
	// confused with, others that begin alike.
	maxWord = 48
	// maxWords is how many different words of one event can be found.
	maxWords = 200
	// maxSearchWords bounds a query.
	maxSearchWords = 16
)

// words returns the different words of the texts, in order, at most most of
// them. A word is a run of letters, marks and digits of any script, in lower
// case. Both databases index exactly these, so that a search finds the same in
// both, and no word has a character that means something in a query.
func words(most int, texts ...string) []string {
	var found []string
	seen := make(map[string]bool)
	for _, text := range texts {
		for len(text) > 0 && len(found) < most {
			word, rest := cutWord(text)
			text = rest
			if word != "" && !seen[word] {
				seen[word] = true
				found = append(found, word)
			}
		}
	}
	return found
}

// cutWord returns the first word of text, "" if it has none, and what follows.
func cutWord(text string) (word, rest string) {
	start := strings.IndexFunc(text, inWord)
	if start < 0 {
		return "", ""
	}
	text = text[start:]
	end := strings.IndexFunc(text, func(r rune) bool { return !inWord(r) })
	if end < 0 {
		end = len(text)
	}
	word, rest = text[:end], text[end:]
	// Twice, since a character may be longer in lower case.
	return decnet.Cut(strings.ToLower(decnet.Cut(word, maxWord)), maxWord), rest
}

func inWord(r rune) bool {
	if r < utf8.RuneSelf {
		return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

// wordsOf are the words an event is found by: of its message and of the values
// of its fields, of which the exact form of a secret only repeats another.
func wordsOf(e *decnet.Event) []string {
	texts := make([]string, 0, len(e.Fields)+1)
	texts = append(texts, e.Message)
	for _, name := range sortedKeys(e.Fields) {
		if name != decnet.FieldSecretB64 {
			texts = append(texts, e.Fields[name])
		}
	}
	return words(maxWords, texts...)
}

// checkSearch returns the words of a search, none for the empty one.
func checkSearch(search string) ([]string, error) {
	if search == "" {
		return nil, nil
	}
	if len(search) > maxSearchText {
		return nil, invalid("search has %d bytes: want at most %d", len(search), maxSearchText)
	}
	found := words(maxSearchWords+1, search)
	switch {
	case len(found) == 0:
		return nil, invalid("search %.64q has no word: want letters or digits", search)
	case len(found) > maxSearchWords:
		return nil, invalid("search has too many words: want at most %d", maxSearchWords)
	}
	return found, nil
}

// maxSearchText bounds the text of a search, in bytes.
const maxSearchText = 1024
