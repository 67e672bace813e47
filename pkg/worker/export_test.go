package worker

// ParseDotEnv is for the fuzz target, which needs no files.
var ParseDotEnv = parseDotEnv
