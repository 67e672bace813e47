package embed

import (
	"fmt"
	"log/slog"
	"strings"
)

// logger passes the server's notes on. Its notices are our details.
type logger struct {
	log    *slog.Logger
	failed chan<- struct{}
}

// writeError is in what the server says when it gives up a stream; there is no other
// way to learn of it. TestADiskThatWasFullIsWrittenToAgain would fail without it.
const writeError = "ritical write error"

// Errorf tells of a stream that was given up, too.
func (l logger) Errorf(format string, v ...any) {
	text := fmt.Sprintf(format, v...)
	l.log.Error("nats: " + text)
	if strings.Contains(text, writeError) {
		select {
		case l.failed <- struct{}{}:
		default:
		}
	}
}

func (l logger) Noticef(format string, v ...any) { l.log.Debug("nats: " + fmt.Sprintf(format, v...)) }

func (l logger) Warnf(format string, v ...any) { l.log.Warn("nats: " + fmt.Sprintf(format, v...)) }

func (l logger) Fatalf(format string, v ...any) { l.log.Error("nats: " + fmt.Sprintf(format, v...)) }

func (l logger) Debugf(format string, v ...any) { l.log.Debug("nats: " + fmt.Sprintf(format, v...)) }

func (l logger) Tracef(format string, v ...any) { l.log.Debug("nats: " + fmt.Sprintf(format, v...)) }
