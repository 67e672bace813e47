package decnet

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
)

// InstallationOf tells apart installations that share a machine, or an engine of
// containers: 8 hex digits from the absolute path of the data folder.
func InstallationOf(dataDir string) string {
	if abs, err := filepath.Abs(dataDir); err == nil {
		dataDir = abs
	}
	sum := sha256.Sum256([]byte(dataDir))
	return hex.EncodeToString(sum[:4])
}
