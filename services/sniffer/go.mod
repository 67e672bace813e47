module github.com/decnet/decnet/services/sniffer

go 1.26.0

require (
	github.com/decnet/decnet/pkg/capture v0.0.0
	github.com/decnet/decnet/pkg/decnet v0.0.0
	go.uber.org/goleak v1.3.0
	golang.org/x/net v0.61.0
)

replace (
	github.com/decnet/decnet/pkg/capture => ../../pkg/capture
	github.com/decnet/decnet/pkg/decnet => ../../pkg/decnet
)
