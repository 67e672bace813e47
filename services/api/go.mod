module github.com/decnet/decnet/services/api

go 1.26.0
