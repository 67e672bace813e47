package smbfp

// programs1 are the lists of dialects that programs are known to offer in SMB1.
var programs1 = []struct {
	dialects string
	fits     func(*Negotiate1) bool
	name     string
}{}
