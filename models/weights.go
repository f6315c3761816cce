// Package weights holds the weights that ship with Merlon: the folder of each model, as part of the binary.
package weights

import (
	"embed"
	"io/fs"
)

// The folders. Trunk is the lower layers of the encoder, on which the others build.
const (
	Trunk = "trunk"
	Guard = "guard" // harmful content and prompt attacks
	Topic = "topic" // denied topics
	Name  = "name"  // names, addresses and other personal data without a format

	Grounding = "grounding" // support of a response by a source
	Relevance = "relevance" // and how far it answers a query
)

//go:embed trunk guard topic name grounding relevance
var files embed.FS

// Folder gives a model's folder. It may hold no model: a build from a tree in which none was trained yet.
func Folder(name string) (fs.FS, error) { return fs.Sub(files, name) }
