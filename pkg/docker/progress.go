package docker

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// message is one of the JSON values that the engine sends while it works.
type message struct {
	ID       string `json:"id"`
	Status   string `json:"status"`
	Stream   string `json:"stream"`
	Error    string `json:"error"`
	Progress struct {
		Current int64 `json:"current"`
		Total   int64 `json:"total"`
	} `json:"progressDetail"`
}

// messages reads what the engine sends until it is through. What it reports as an
// error is one.
func messages(r io.Reader, each func(*message)) error {
	d := json.NewDecoder(r)
	for {
		var m message
		err := d.Decode(&m)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the engine broke off: %w", err)
		}
		if m.Error != "" {
			return errors.New(m.Error)
		}
		each(&m)
	}
}

// progressEvery is how often progress is told.
const progressEvery = 500 * time.Millisecond

// layers adds up the progress of an image's layers for people.
type layers struct {
	what          string
	tell          func(string)
	told          time.Time
	current, size map[string]int64
}

func newLayers(what string, tell func(string)) *layers {
	if tell == nil {
		tell = func(string) {}
	}
	return &layers{what: what, tell: tell, current: make(map[string]int64), size: make(map[string]int64)}
}

func (l *layers) add(m *message) {
	switch {
	case m.Status == "Downloading" || m.Status == "Loading layer":
		l.current[m.ID], l.size[m.ID] = m.Progress.Current, max(m.Progress.Total, m.Progress.Current)
	case m.Status == "Download complete" || m.Status == "Pull complete":
		l.current[m.ID] = l.size[m.ID]
	case strings.HasPrefix(m.Status, "Status: "):
		l.tell(l.what + ": " + printable(m.Status[len("Status: "):], maxText))
		return
	}
	if time.Since(l.told) < progressEvery || len(l.size) == 0 {
		return
	}
	l.told = time.Now()
	var current, size int64
	for id, n := range l.size {
		current, size = current+l.current[id], size+n
	}
	l.tell(fmt.Sprintf("%s: %d of %d MB", l.what, current/1e6, size/1e6))
}
