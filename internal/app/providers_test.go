package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/config"
)

// TestALocalModelThatCannotBeReadStopsTheStart wants the model and the file in the error.
func TestALocalModelThatCannotBeReadStopsTheStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var c config.Resolved
	c.Models, c.ModelKeys = []config.Model{{ID: "local.small-v1", Provider: "local", Path: dir}}, []config.ModelKey{{}}
	if _, err := openModels(c); err == nil || !strings.Contains(err.Error(), "local.small-v1") || !strings.Contains(err.Error(), "config.json") {
		t.Errorf("an empty folder: %v", err)
	}
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("..", "nn", "decoder", "testdata", "llama"))); err != nil {
		t.Fatal(err)
	}
	if _, err := openModels(c); err == nil || !strings.Contains(err.Error(), "tokenizer.json") {
		t.Errorf("a folder without a tokenizer: %v", err)
	}
}
