// Package weights holds the weights that ship with Merlon: the folder of each model, as part of the binary.
package weights

import (
	"embed"
	"io/fs"
)

//go:embed guard
var files embed.FS

// Guard gives the folder of the guard model, which scores content and prompt attacks. It may hold no model: a build from a tree in which
// none was trained yet.
func Guard() (fs.FS, error) { return fs.Sub(files, "guard") }
