module github.com/decnet/decnet/test/e2e

go 1.26.0
