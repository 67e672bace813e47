package shell

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"mvdan.cc/sh/v3/syntax"
)

const (
	// maxJobs bounds the jobs of one shell that are remembered.
	maxJobs = 32
	// maxHeld bounds what a job may print later, in bytes.
	maxHeld = 64 << 10
	// longest is after how long a job in the background counts as one without end.
	longest = 24 * time.Hour
)

// A job is a command in the background. Nothing runs beside anything here: it has
// run to its end before the next command begins, but in a time of its own, in
// which waiting costs nothing. For everybody who looks it runs until that time has
// come, and what it prints after waiting is shown then.
type job struct {
	number  int
	pid     int
	text    string
	began   time.Time
	took    time.Duration // by its own clock, so far
	status  int
	held    strings.Builder
	stopped bool
	killed  string // what ended it, such as Terminated
	told    bool   // that it has ended
}

// ends is when the job is over.
func (j *job) ends() time.Time { return j.began.Add(j.took) }

func (j *job) running(now time.Time) bool {
	return j.killed == "" && !j.stopped && (j.took >= longest || now.Before(j.ends()))
}

// later is where a job writes: at once until it has waited, then when its time
// has come.
type later struct {
	job *job
	w   io.Writer
}

func (l *later) Write(p []byte) (int, error) {
	if l.job.took == 0 {
		return l.w.Write(p)
	}
	if l.job.held.Len()+len(p) > maxHeld {
		return 0, errTooMuch
	}
	return l.job.held.Write(p)
}

// newJob numbers a job.
func (s *Shell) newJob(text string) *job {
	number := 1
	for _, j := range s.jobs {
		number = max(number, j.number+1)
	}
	s.forks++
	j := &job{number: number, pid: s.pid + s.forks, text: text, began: time.Now()}
	if len(s.jobs) < maxJobs {
		s.jobs = append(s.jobs, j)
	}
	s.lastJob = j.pid
	return j
}

// inBackground runs a statement that ends in &.
func (s *Shell) inBackground(ctx context.Context, st *syntax.Stmt, streams Streams) int {
	front := *st
	front.Background = false
	var text strings.Builder
	if err := syntax.NewPrinter(syntax.SingleLine(true)).Print(&text, &front); err != nil {
		text.WriteString("?") // the tree came from the parser
	}
	j := s.newJob(strings.TrimSpace(text.String()))
	if s.tty != "" && s.nest == 0 && s.interactive() {
		_, _ = fmt.Fprintf(streams.Err, "[%d] %d\n", j.number, j.pid)
	}
	outer := s.background
	if outer != nil { // its clock is the one that counts
		j.took = outer.took
	}
	inner := Streams{nothing{}, &later{j, streams.Out}, &later{j, streams.Err}}
	s.apart(func() int {
		s.background, s.jobs = j, nil
		j.status = s.stmt(ctx, &front, inner)
		return j.status
	})
	s.background = outer
	return 0
}

// notices says of each job that has ended that it has, and shows what it printed.
func (s *Shell) notices(streams Streams) {
	now := time.Now()
	s.jobs = slices.DeleteFunc(s.jobs, func(j *job) bool {
		if j.running(now) || j.stopped {
			return false
		}
		_, _ = io.WriteString(streams.Out, j.held.String())
		if s.tty != "" && !j.told && s.interactive() {
			_, _ = io.WriteString(streams.Err, s.jobLine(j, now, false)+"\n")
		}
		return true
	})
}

// jobLine describes a job as jobs does.
func (s *Shell) jobLine(j *job, now time.Time, long bool) string {
	mark := " "
	if n := len(s.jobs); n > 0 && s.jobs[n-1] == j {
		mark = "+"
	} else if n > 1 && s.jobs[n-2] == j {
		mark = "-"
	}
	state, tail := "Done", ""
	switch {
	case j.killed != "":
		state = j.killed
	case j.stopped:
		state = "Stopped"
	case j.running(now):
		state, tail = "Running", " &"
	case j.status != 0:
		state = "Exit " + strconv.Itoa(j.status)
	}
	pid := ""
	if long {
		pid = strconv.Itoa(j.pid) + " "
	}
	if s.dialect == ash {
		return fmt.Sprintf("[%d]%s %s%-26s %s", j.number, mark, pid, state, j.text)
	}
	return fmt.Sprintf("[%d]%s  %s%-23s %s%s", j.number, mark, pid, state, j.text, tail)
}

// findJob is the job that %1, %+, a name or a pid means.
func (s *Shell) findJob(spec string) *job {
	name, isJob := strings.CutPrefix(spec, "%")
	for _, j := range slices.Backward(s.jobs) {
		switch {
		case !isJob && spec == strconv.Itoa(j.pid), isJob && name == strconv.Itoa(j.number),
			isJob && (name == "" || name == "+" || name == "%"), isJob && name != "" && name[0] > '9' && strings.HasPrefix(j.text, name):
			return j
		}
	}
	return nil
}

func cmdJobs(p *proc) int {
	now := time.Now()
	long := len(p.args) > 1 && p.args[1] == "-l"
	for _, j := range p.jobs {
		if len(p.args) > 1 && p.args[1] == "-p" {
			p.printf("%d\n", j.pid)
			continue
		}
		p.print(p.jobLine(j, now, long) + "\n")
		j.told = !j.running(now)
	}
	return 0
}

// cmdWait waits for jobs to end.
func cmdWait(p *proc) int {
	status := 0
	wait := p.jobs
	if len(p.args) > 1 && p.args[1] != "-n" {
		wait = nil
		for _, a := range p.args[1:] {
			j := p.findJob(a)
			if j == nil {
				status = p.complain(p.Streams, 127, "wait", "pid "+a+" is not a child of this shell")
				continue
			}
			wait = append(wait, j)
		}
	}
	for _, j := range wait {
		if left := time.Until(j.ends()); left > 0 && j.killed == "" && !p.sleep(left) {
			return 130
		}
		p.print(j.held.String())
		j.held.Reset()
		if len(p.args) > 1 {
			status = j.status
		}
	}
	return status
}
