module github.com/decnet/decnet/pkg/bus

go 1.26.0
