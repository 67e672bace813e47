// Command billing is a service that a user brings: it tells of connections in
// DECNET's lines, and of other things in its own words.
package main

import (
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM)
	go func() {
		<-ended
		fmt.Println("going down")
		os.Exit(0)
	}()
	port := "9443"
	if len(os.Args) > 1 {
		port = os.Args[1]
	}
	if port == "exit" {
		fmt.Println("the licence has expired")
		os.Exit(3)
	}
	l, err := net.Listen("tcp", ":"+port)
	if err != nil {
		fmt.Println("cannot serve:", err)
		os.Exit(1)
	}
	fmt.Println("serving as", os.Getenv("NODE_NAME"), "with target", os.Getenv("LOG_TARGET"))
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		peer, _ := c.RemoteAddr().(*net.TCPAddr)
		fmt.Printf("<134>1 %s %s billing - connect [decnet@32473 src_ip=\"%s\" src_port=\"%d\"] somebody came\n",
			time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"), os.Getenv("NODE_NAME"), peer.IP, peer.Port)
		// What a compromised one would try.
		fmt.Printf("<134>1 %s victim ssh - connect [decnet@32473 src_ip=\"192.0.2.9\"] forged\n", time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"))
		out, err := net.DialTimeout("tcp", net.JoinHostPort(peer.IP.String(), "4444"), 300*time.Millisecond)
		if err == nil {
			_ = out.Close()
		}
		fmt.Println("reached out:", err == nil)
		_, werr := os.Create("/billing.db")
		fmt.Println("wrote to my root:", werr == nil)
		_, _ = fmt.Fprintln(c, "billing ready")
		_ = c.Close()
	}
}
