module github.com/decnet/decnet/decoys

go 1.26.0

require (
	github.com/decnet/decnet/pkg/decnet v0.0.0
	github.com/google/go-cmp v0.7.0
	go.uber.org/goleak v1.3.0
	golang.org/x/crypto v0.58.0
	golang.org/x/net v0.61.0
	golang.org/x/sys v0.49.0
	mvdan.cc/sh/v3 v3.14.1
)

require (
	github.com/cilium/ebpf v0.22.0 // indirect
	github.com/gopacket/gopacket v1.7.7 // indirect
	github.com/vishvananda/netlink v1.3.1 // indirect
	github.com/vishvananda/netns v0.0.5 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
)

require github.com/decnet/decnet/pkg/network v0.0.0

replace github.com/decnet/decnet/pkg/decnet => ../pkg/decnet

replace github.com/decnet/decnet/pkg/network => ../pkg/network
