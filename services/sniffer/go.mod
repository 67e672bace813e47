module github.com/decnet/decnet/services/sniffer

go 1.26.0

require (
	github.com/decnet/decnet/pkg/capture v0.0.0
	github.com/decnet/decnet/pkg/decnet v0.0.0
	go.uber.org/goleak v1.3.0
	golang.org/x/net v0.61.0
	golang.org/x/sys v0.49.0
)

require (
	github.com/gopacket/gopacket v1.7.7 // indirect
	github.com/vishvananda/netns v0.0.5 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
)

replace (
	github.com/decnet/decnet/pkg/capture => ../../pkg/capture
	github.com/decnet/decnet/pkg/decnet => ../../pkg/decnet
)
