package decnet

// Family is a kind of TCP/IP stack, as nmap tells them apart. A decky's stack
// normally is its operating system's.
type Family string

// The families.
const (
	FamilyLinux         Family = "linux"
	FamilyWindows       Family = "windows"
	FamilyWindowsServer Family = "windows_server"
	FamilyBSD           Family = "bsd"
	FamilyMacOS         Family = "macos"
	FamilyEmbedded      Family = "embedded"
	FamilyCisco         Family = "cisco"
)

// Families lists them all.
func Families() []Family {
	return []Family{FamilyLinux, FamilyWindows, FamilyWindowsServer, FamilyBSD, FamilyMacOS, FamilyEmbedded, FamilyCisco}
}
