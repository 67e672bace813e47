module github.com/decnet/decnet/services/collector

go 1.26.0
