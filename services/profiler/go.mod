module github.com/decnet/decnet/services/profiler

go 1.26.0
