// Command wiregen generates the packages under internal/wire and docs/coverage.md from service models and lists of operations.
//
// It reads models/<service>.json, <service>.ops.txt and, where Merlon differs from the model, <service>.amend.json in its own folder; run it
// from anywhere inside the module.
package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:generate go run .

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "wiregen:", err)
		os.Exit(1)
	}
}

func run() error {
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	files, err := generate(os.DirFS(root))
	if err != nil {
		return err
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		full := filepath.Join(root, path)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return fmt.Errorf("make folder: %w", err)
		}
		if err := os.WriteFile(full, files[path], 0o644); err != nil {
			return fmt.Errorf("write %s: %w", path, err)
		}
	}
	return nil
}

// generate gives every generated file: path from the module's root to content.
func generate(module fs.FS) (map[string][]byte, error) {
	input, err := fs.Sub(module, "tools/wiregen")
	if err != nil {
		return nil, err
	}
	answered, err := assembled(module)
	if err != nil {
		return nil, err
	}
	lists, err := fs.Glob(input, "*.ops.txt")
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	var generators []*generator
	for _, list := range lists {
		service := strings.TrimSuffix(list, ".ops.txt")
		data, err := fs.ReadFile(input, "models/"+service+".json")
		if err != nil {
			return nil, fmt.Errorf("read model: %w", err)
		}
		m, err := parse(data)
		if err != nil {
			return nil, err
		}
		amendment, err := fs.ReadFile(input, service+".amend.json")
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("read amendment: %w", err)
		}
		if err == nil {
			if err := amend(m, amendment); err != nil {
				return nil, fmt.Errorf("%s: %w", list, err)
			}
		}
		ops, err := fs.ReadFile(input, list)
		if err != nil {
			return nil, fmt.Errorf("read operations: %w", err)
		}
		served, err := operations(string(ops))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", list, err)
		}
		g, err := newGenerator(m, service, served)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", list, err)
		}
		pkg, err := g.files()
		if err != nil {
			return nil, err
		}
		for name, source := range pkg {
			files["internal/wire/"+g.pkg+"/"+name] = source
		}
		generators = append(generators, g)
	}
	files["docs/coverage.md"] = coverage(generators, answered)
	return files, nil
}

// operations reads an ops file: one operation a line, # starts a comment.
func operations(text string) ([]string, error) {
	var out []string
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if slices.Contains(out, line) {
			return nil, fmt.Errorf("operation %s is listed twice", line)
		}
		out = append(out, line)
	}
	return out, nil
}

// moduleRoot finds the folder of go.mod, here or above.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("no go.mod here or above")
		}
		dir = parent
	}
}
