module github.com/decnet/decnet/pkg/decnet

go 1.26.0
