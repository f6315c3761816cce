// Package weights holds the weights that ship with Merlon: the folder of each model, as part of the binary.
package weights

import (
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"strings"
)

// The folders. Trunk is the lower layers of the encoder, on which the others build.
const (
	Trunk = "trunk"
	Guard = "guard" // harmful content and prompt attacks
	Topic = "topic" // denied topics
	Name  = "name"  // names, addresses and other personal data without a format

	Grounding = "grounding" // support of a response by a source
	Relevance = "relevance" // and how far it answers a query

	SmallLM = "small-lm" // the language model that every server has
)

//go:embed trunk guard topic name grounding relevance small-lm
var files embed.FS

// Folder gives a model's folder. It may hold no model: a build from a tree in which none was trained yet.
func Folder(name string) (fs.FS, error) { return fs.Sub(files, name) }

// Sealed gives a model's folder after holding its files against SHA256SUMS in it, which lists all that the model needs.
func Sealed(name string) (fs.FS, error) {
	folder, err := Folder(name)
	if err != nil {
		return nil, err
	}
	if err := check(folder); err != nil {
		return nil, fmt.Errorf("models/%s: %w", name, err)
	}
	return folder, nil
}

// check holds files against their sums, lines as the tool sha256sum prints them.
func check(folder fs.FS) error {
	sums, err := fs.ReadFile(folder, "SHA256SUMS")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(sums)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		data, err := fs.ReadFile(folder, name)
		if err != nil {
			return err
		}
		if sum != fmt.Sprintf("%x", sha256.Sum256(data)) {
			return fmt.Errorf("%s is not the file that SHA256SUMS is about", name)
		}
	}
	return nil
}
