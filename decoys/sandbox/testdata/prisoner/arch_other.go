//go:build !amd64

package main

var ofArch = map[string]attempt{}
