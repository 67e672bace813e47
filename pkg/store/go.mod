module github.com/decnet/decnet/pkg/store

go 1.26.0
