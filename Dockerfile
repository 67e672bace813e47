# Every worker's image, from source: docker build --build-arg SERVICE=ingester .
# The names of workers are the folders of services/.
ARG GO=1.26
FROM golang:${GO}-bookworm AS build
WORKDIR /src
COPY . .
ARG SERVICE
ARG VERSION=0.0.0-dev
ENV CGO_ENABLED=0 GOFLAGS=-trimpath
RUN --mount=type=cache,target=/root/.cache/go-build --mount=type=cache,target=/go/pkg/mod \
    go build -ldflags "-s -w -X github.com/decnet/decnet/pkg/worker.Version=$VERSION" -o /out/bin/worker "./services/$SERVICE/cmd/$SERVICE"
# The deployer's image has the decoy process's program beside it.
RUN --mount=type=cache,target=/root/.cache/go-build --mount=type=cache,target=/go/pkg/mod \
    if [ "$SERVICE" = deployer ]; then go build -ldflags "-s -w" -o /out/bin/decnet-decoy ./decoys/cmd/decnet-decoy; fi
RUN mkdir -p /out/data

# Nothing but the programs, for a user without rights. Certificates are for TLS to
# the bus and the database.
FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build /out/bin/ /usr/local/bin/
USER 65532:65532
WORKDIR /data
ENV DECNET_METRICS_LISTEN=127.0.0.1:9464
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s CMD ["/usr/local/bin/worker", "--probe"]
ENTRYPOINT ["/usr/local/bin/worker"]
