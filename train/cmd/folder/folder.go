// Package folder opens the folders of models for the commands of the training recipes.
package folder

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// Config reads the config.json of a model's folder.
func Config(path string) (encoder.Config, error) {
	text, err := os.ReadFile(filepath.Join(path, "config.json"))
	if err != nil {
		return encoder.Config{}, err
	}
	return encoder.ParseConfig(text)
}

// Weights reads the model.safetensors of a model's folder into memory.
func Weights(path string) (*safetensors.File, error) {
	data, err := os.ReadFile(filepath.Join(path, "model.safetensors"))
	if err != nil {
		return nil, err
	}
	file, err := safetensors.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("read weights of %s: %w", path, err)
	}
	return file, nil
}
