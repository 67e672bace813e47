package world

import (
	"net/netip"
	"slices"
	"time"
)

// Bounds of what a source has set on a device, in entries and bytes.
const (
	maxSettings = 128
	maxSetting  = 512
)

// Remember keeps a setting that source has made on a device without files, such as a
// line of a router's configuration. What is too much is forgotten.
func (w *World) Remember(source netip.Addr, setting string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.of(source, time.Now())
	if len(r.settings) < maxSettings && len(setting) <= maxSetting {
		r.settings = append(r.settings, setting)
	}
}

// DeviceSettings are those that source has made, in order.
func (w *World) DeviceSettings(source netip.Addr) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.of(source, time.Now()).settings)
}
