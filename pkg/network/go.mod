module github.com/decnet/decnet/pkg/network

go 1.26.0

require (
	github.com/cilium/ebpf v0.22.0
	github.com/decnet/decnet/pkg/decnet v0.0.0
	github.com/gopacket/gopacket v1.7.7
	github.com/vishvananda/netlink v1.3.1
	github.com/vishvananda/netns v0.0.5
	go.uber.org/goleak v1.3.0
	golang.org/x/sys v0.49.0
)

require github.com/mdlayher/netlink v1.7.3-0.20250113171957-fbb4dce95f42 // indirect

replace github.com/decnet/decnet/pkg/decnet => ../decnet
