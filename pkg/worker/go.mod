module github.com/decnet/decnet/pkg/worker

go 1.26.0
