module github.com/decnet/decnet/tools

go 1.26.0
