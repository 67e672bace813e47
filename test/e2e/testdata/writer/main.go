// Command writer writes as many lines as its argument says, half of them DECNET's and
// half its own words, each with the run and a number, and then waits.
package main

import (
	"bufio"
	"crypto/rand"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

func main() {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM)
	n, err := strconv.Atoi(os.Args[1])
	if err != nil {
		fmt.Println(err)
		os.Exit(2)
	}
	run := rand.Text()[:8]
	out := bufio.NewWriterSize(os.Stdout, 8<<10)
	for i := range n {
		if i%2 == 0 {
			_, _ = fmt.Fprintf(out, "<134>1 %s %s writer - line [decnet@32473 id=\"%s-%d\"] a line\n", time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"), os.Getenv("NODE_NAME"), run, i)
		} else {
			_, _ = fmt.Fprintf(out, "in its own words %s-%d\n", run, i)
		}
		if i%50 == 0 { // many at the same moment, and then none for a while
			_ = out.Flush()
			time.Sleep(200 * time.Millisecond)
		}
	}
	_ = out.Flush()
	<-ended
}
