//go:build !amd64

package peak

// Float has no loop on this architecture.
func Float(string) (l Loop, ok bool) { return Loop{}, false }

// Int8 has no loop on this architecture.
func Int8(string) (l Loop, ok bool) { return Loop{}, false }
