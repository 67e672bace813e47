module github.com/decnet/decnet/services/deployer

go 1.26.0
