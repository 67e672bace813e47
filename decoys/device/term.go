package device

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
)

// ErrInterrupted is Ctrl-C while a line is typed.
var ErrInterrupted = errors.New("interrupted")

// A Term is the terminal of a session. It is used by one goroutine.
type Term struct {
	// Rows is how many lines a page has, and the one that says More; 0 is no pages.
	Rows int
	// Help is what a question mark shows, at once, if it is not nil: before is what is
	// typed so far. Complete is what Tab puts in.
	Help     func(before string) string
	Complete func(before string) string

	ctx     context.Context //nolint:containedctx // of the session
	in      *bufio.Reader
	pieces  *pieces
	typed   decoy.Typed // of the last line
	out     io.Writer
	history []string
	sawCR   bool
	shown   int // bytes so far
}

// NewTerm returns a terminal.
func NewTerm(ctx context.Context, in io.Reader, out io.Writer, rows int) *Term {
	p := &pieces{in: in}
	return &Term{ctx: ctx, in: bufio.NewReaderSize(p, 512), pieces: p, out: out, Rows: rows}
}

// pieces counts the reads, each of which is a piece of what is typed.
type pieces struct {
	in io.Reader
	n  int
	at time.Time // of the last
}

func (p *pieces) Read(b []byte) (int, error) {
	n, err := p.in.Read(b)
	if n > 0 {
		p.n++
		p.at = time.Now()
	}
	return n, err
}

// Typed is how the last line was entered.
func (t *Term) Typed() decoy.Typed { return t.typed }

// Print shows text; LF becomes CR LF.
func (t *Term) Print(text string) {
	text = strings.ReplaceAll(text, "\n", "\r\n")
	t.shown += len(text)
	_, _ = io.WriteString(t.out, text) // who has left shows at the next key
}

// Key waits for a key.
func (t *Term) Key() (byte, error) {
	if err := t.ctx.Err(); err != nil {
		return 0, err
	}
	if t.shown > MaxOutput {
		return 0, io.EOF
	}
	for {
		c, err := t.in.ReadByte()
		if err != nil {
			return 0, err
		}
		wasCR := t.sawCR
		t.sawCR = c == '\r'
		if wasCR && (c == '\n' || c == 0) {
			continue
		}
		if c == '\r' {
			c = '\n'
		}
		return c, nil
	}
}

// History are the lines so far, the oldest first.
func (t *Term) History() []string { return t.history }

// Page shows text page by page, with more at the end of each: the space key shows the next
// page, Enter the next line, others end it.
func (t *Term) Page(text, more string) error {
	lines := strings.SplitAfter(text, "\n")
	left := t.Rows - 1
	for _, line := range lines {
		if t.Rows > 0 && left <= 0 && line != "" {
			t.Print(more)
			c, err := t.Key()
			wipe := strings.Repeat("\b", len(more))
			t.Print(wipe + strings.Repeat(" ", len(more)) + wipe)
			switch {
			case err != nil:
				return err
			case c == ' ':
				left = t.Rows - 1
			case c == '\n':
				left = 1
			default:
				return nil
			}
		}
		t.Print(line)
		left--
	}
	return nil
}
