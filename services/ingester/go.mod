module github.com/decnet/decnet/services/ingester

go 1.26.0
