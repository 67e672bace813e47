module github.com/decnet/decnet/cmd/decnet

go 1.26.0
