module github.com/decnet/decnet/test/e2e

go 1.26.0

replace github.com/decnet/decnet/cmd/decnet => ../../cmd/decnet

require (
	github.com/chromedp/chromedp v0.23.0
	github.com/decnet/decnet/cmd/decnet v0.0.0
	github.com/decnet/decnet/pkg/decnet v0.0.0
	go.opentelemetry.io/proto/otlp v1.11.0
	go.uber.org/goleak v1.3.0
	google.golang.org/protobuf v1.36.12
)

require (
	github.com/cilium/ebpf v0.22.0 // indirect
	github.com/gopacket/gopacket v1.7.7 // indirect
	github.com/vishvananda/netlink v1.3.1 // indirect
	github.com/vishvananda/netns v0.0.5 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

require (
	github.com/chromedp/cdproto v0.159.0 // indirect
	github.com/decnet/decnet/pkg/network v0.0.0
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	github.com/grpc-ecosystem/grpc-gateway/v2 v2.30.0 // indirect
	github.com/stretchr/testify v1.12.1 // indirect
	golang.org/x/net v0.61.0 // indirect
	golang.org/x/text v0.43.0 // indirect
	google.golang.org/genproto/googleapis/api v0.0.0-20261005182115-fad411399dd8 // indirect
	google.golang.org/genproto/googleapis/rpc v0.0.0-20261005182115-fad411399dd8 // indirect
	google.golang.org/grpc v1.84.0 // indirect
)

replace github.com/decnet/decnet/pkg/decnet => ../../pkg/decnet

replace github.com/decnet/decnet/pkg/worker => ../../pkg/worker

replace github.com/decnet/decnet/decoys => ../../decoys

replace github.com/decnet/decnet/services/deployer => ../../services/deployer

replace github.com/decnet/decnet/services/collector => ../../services/collector

replace github.com/decnet/decnet/pkg/bus => ../../pkg/bus

replace github.com/decnet/decnet/services/api => ../../services/api

replace github.com/decnet/decnet/pkg/store => ../../pkg/store

replace github.com/decnet/decnet/services/ingester => ../../services/ingester

replace github.com/decnet/decnet/services/profiler => ../../services/profiler

replace github.com/decnet/decnet/pkg/network => ../../pkg/network

replace github.com/decnet/decnet/pkg/docker => ../../pkg/docker
