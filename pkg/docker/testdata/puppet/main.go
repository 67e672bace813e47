// Command puppet is what runs in the containers of the tests. It does what its
// words say, one after the other:
//
//	print=N,SIZE,PAUSE   N numbered lines of SIZE bytes, with a pause after each
//	both=N               N lines to each output, in turn
//	raw=TEXT             TEXT without a newline; \n is one
//	long=N               one line of N bytes
//	exit=CODE            end
//	listen=PORT          answer every TCP connection with "hello" and the uid
//	write=PATH           write a file, say what became of it
//	eat=MB               take memory
//	wait                 until SIGUSR1
//	sleep                for ever
package main

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	usr := make(chan os.Signal, 16)
	signal.Notify(usr, syscall.SIGUSR1)
	for _, word := range os.Args[1:] {
		verb, arg, _ := strings.Cut(word, "=")
		switch verb {
		case "print":
			lines(arg)
		case "both":
			for i := range number(arg) {
				fmt.Println("out", i)
				fmt.Fprintln(os.Stderr, "err", i)
			}
		case "raw":
			fmt.Print(strings.ReplaceAll(arg, `\n`, "\n"))
		case "long":
			fmt.Println(strings.Repeat("x", number(arg)))
		case "exit":
			os.Exit(number(arg))
		case "listen":
			listen(arg)
		case "write":
			fmt.Println("write", arg, os.WriteFile(arg, []byte("x"), 0o600))
		case "eat":
			eat(number(arg))
		case "wait":
			<-usr
		case "sleep":
			select {}
		default:
			fmt.Println("unknown word", word)
			os.Exit(99)
		}
	}
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		fmt.Println(err)
		os.Exit(98)
	}
	return n
}

func lines(arg string) {
	part := strings.Split(arg, ",")
	pause, _ := time.ParseDuration(part[2])
	for i := range number(part[0]) {
		s := fmt.Sprintf("%d ", i)
		fmt.Println(s + strings.Repeat(".", max(0, number(part[1])-len(s))))
		time.Sleep(pause)
	}
}

func listen(port string) {
	l, err := net.Listen("tcp", ":"+port)
	if err != nil {
		fmt.Println(err)
		os.Exit(97)
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			fmt.Fprintf(c, "hello %d\n", os.Getuid())
			c.Close()
		}
	}()
}

func eat(mb int) {
	var all [][]byte
	for range mb {
		b := make([]byte, 1<<20)
		for i := range b {
			b[i] = 1
		}
		all = append(all, b)
	}
	fmt.Println("ate", len(all))
}
