module github.com/decnet/decnet/test/e2e

go 1.26.0

replace github.com/decnet/decnet/cmd/decnet => ../../cmd/decnet

require (
	github.com/chromedp/chromedp v0.23.0
	github.com/decnet/decnet/cmd/decnet v0.0.0
	github.com/decnet/decnet/pkg/decnet v0.0.0
	github.com/decnet/decnet/pkg/docker v0.0.0
	go.opentelemetry.io/proto/otlp v1.11.0
	go.uber.org/goleak v1.3.0
	go.yaml.in/yaml/v3 v3.0.5
	golang.org/x/sys v0.49.0
	google.golang.org/protobuf v1.36.12
)

require (
	github.com/Microsoft/go-winio v0.6.4 // indirect
	github.com/cespare/xxhash/v2 v2.3.0 // indirect
	github.com/cilium/ebpf v0.22.0 // indirect
	github.com/containerd/errdefs v1.0.0 // indirect
	github.com/containerd/errdefs/pkg v0.3.0 // indirect
	github.com/distribution/reference v0.6.0 // indirect
	github.com/docker/docker v28.5.2+incompatible // indirect
	github.com/docker/go-connections v0.8.2 // indirect
	github.com/docker/go-units v0.5.0 // indirect
	github.com/dustin/go-humanize v1.1.0 // indirect
	github.com/felixge/httpsnoop v1.1.0 // indirect
	github.com/go-logr/logr v1.4.4 // indirect
	github.com/go-logr/stdr v1.2.2 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/gopacket/gopacket v1.7.7 // indirect
	github.com/jackc/pgpassfile v1.0.0 // indirect
	github.com/jackc/pgservicefile v0.0.0-20240606120523-5a60cdf6a761 // indirect
	github.com/jackc/pgx/v5 v5.12.0 // indirect
	github.com/jackc/puddle/v2 v2.2.3 // indirect
	github.com/mattn/go-isatty v0.0.24 // indirect
	github.com/mfridman/interpolate v0.0.2 // indirect
	github.com/moby/docker-image-spec v1.3.1 // indirect
	github.com/ncruces/go-strftime v1.1.0 // indirect
	github.com/opencontainers/go-digest v1.0.0 // indirect
	github.com/opencontainers/image-spec v1.1.1 // indirect
	github.com/pkg/errors v0.9.1 // indirect
	github.com/pressly/goose/v3 v3.29.0 // indirect
	github.com/remyoudompheng/bigfft v0.0.0-20230129092748-24d4a6f8daec // indirect
	github.com/sethvargo/go-retry v0.5.0 // indirect
	github.com/vishvananda/netlink v1.3.1 // indirect
	github.com/vishvananda/netns v0.0.5 // indirect
	go.opentelemetry.io/auto/sdk v1.2.1 // indirect
	go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp v0.72.0 // indirect
	go.opentelemetry.io/otel v1.47.0 // indirect
	go.opentelemetry.io/otel/log v1.47.0 // indirect
	go.opentelemetry.io/otel/metric v1.47.0 // indirect
	go.opentelemetry.io/otel/trace v1.47.0 // indirect
	go.uber.org/multierr v1.11.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
	modernc.org/libc v1.79.0 // indirect
	modernc.org/mathutil v1.7.1 // indirect
	modernc.org/memory v1.12.1 // indirect
	modernc.org/sqlite v1.61.1 // indirect
)

require (
	github.com/chromedp/cdproto v0.159.0 // indirect
	github.com/decnet/decnet/pkg/network v0.0.0
	github.com/decnet/decnet/pkg/store v0.0.0
	github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
	github.com/grpc-ecosystem/grpc-gateway/v2 v2.30.0 // indirect
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

replace github.com/decnet/decnet/services/forwarder => ../../services/forwarder

replace github.com/decnet/decnet/services/sniffer => ../../services/sniffer

replace github.com/decnet/decnet/pkg/capture => ../../pkg/capture

replace github.com/decnet/decnet/services/prober => ../../services/prober
