package shell

import (
	"slices"
	"time"
)

// cmdFg is fg and bg.
func cmdFg(p *proc) int {
	spec := "%+"
	if len(p.args) > 1 {
		spec = p.args[1]
	}
	j := p.findJob(spec)
	if p.tty == "" {
		return p.complain(p.Streams, 1, p.args[0], "no job control")
	}
	if j == nil {
		if len(p.args) == 1 {
			spec = "current"
		}
		return p.complain(p.Streams, 1, p.args[0], spec+": no such job")
	}
	if p.args[0] == "bg" {
		j.stopped, j.began = false, time.Now()
		p.printf("[%d]+ %s &\n", j.number, j.text)
		return 0
	}
	p.print(j.text + "\n")
	if j.stopped {
		j.stopped, j.began = false, time.Now()
	}
	left := time.Until(j.ends())
	p.jobs = slices.DeleteFunc(p.jobs, func(x *job) bool { return x == j })
	if left > 0 && !p.sleep(min(left, maxSleep)) {
		return 130
	}
	p.print(j.held.String())
	return j.status
}

func cmdDisown(p *proc) int {
	if len(p.args) == 1 && len(p.jobs) > 0 {
		p.detach(p.jobs[len(p.jobs)-1])
	}
	for _, a := range p.args[1:] {
		if a == "-a" {
			for _, j := range slices.Clone(p.jobs) {
				p.detach(j)
			}
		} else if j := p.findJob(a); j != nil {
			p.detach(j)
		}
	}
	return 0
}

// detach makes a job a process of the machine's.
func (s *Shell) detach(j *job) {
	s.jobs = slices.DeleteFunc(s.jobs, func(x *job) bool { return x == j })
	if j.running(time.Now()) {
		s.FS.spawn(process{pid: j.pid, ppid: 1, user: s.user.name, command: j.text, memoryKB: 3300, at: j.began, until: j.until()})
	}
}

// until is when a job that outlives its session ends; zero is never.
func (j *job) until() time.Time {
	if j.took >= longest {
		return time.Time{}
	}
	return j.ends()
}
