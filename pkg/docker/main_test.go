package docker

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(tests{m}) }

// tests are run with an engine that ends before leaks are looked for.
type tests struct{ *testing.M }

func (t tests) Run() int {
	code := t.M.Run()
	if err := theLab.end(); err != nil && code == 0 {
		println("end the engine: " + err.Error())
		code = 1
	}
	return code
}
