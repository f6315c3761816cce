package decoder

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// Names in a folder of Hugging Face's layout.
const (
	configFile  = "config.json"
	weightsFile = "model.safetensors"
	indexFile   = "model.safetensors.index.json"
)

// maxIndex bounds config.json and the index, in bytes.
const maxIndex = 16 << 20

// folder is the open weight files of a model.
type folder struct {
	open    []*os.File
	tensors map[string]*safetensors.File // by name
	prefix  string                       // before every name that is asked for, but "lm_head.weight"
}

// openFolder opens the weights of a folder: one file, or those that an index names. Close them with close.
func openFolder(dir string) (_ *folder, err error) {
	f := &folder{tensors: map[string]*safetensors.File{}}
	defer func() {
		if err != nil {
			f.close()
		}
	}()
	placed := map[string]string{} // tensors to files, where there is an index
	text, err := readSmall(filepath.Join(dir, indexFile))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f, f.add(dir, weightsFile)
	case err != nil:
		return nil, err
	}
	var index struct {
		Map map[string]string `json:"weight_map"`
	}
	if err := json.Unmarshal(text, &index); err != nil || len(index.Map) == 0 {
		return nil, fmt.Errorf("%s: no weight_map: %w", indexFile, err)
	}
	files := map[string]bool{}
	for tensor, file := range index.Map {
		if file != filepath.Base(file) || !filepath.IsLocal(file) {
			return nil, fmt.Errorf("%s: tensor %.80q is in %.80q, which is no name in the folder", indexFile, tensor, file)
		}
		placed[tensor], files[file] = file, true
	}
	for file := range files {
		if err := f.add(dir, file); err != nil {
			return nil, err
		}
	}
	for tensor, file := range placed {
		if f.tensors[tensor] == nil {
			return nil, fmt.Errorf("%s: tensor %.80q is not in %s", indexFile, tensor, file)
		}
	}
	return f, nil
}

func (f *folder) add(dir, name string) error {
	file, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	f.open = append(f.open, file)
	info, err := file.Stat()
	if err != nil {
		return err
	}
	weights, err := safetensors.Read(file, info.Size())
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, tensor := range weights.Names() {
		if f.tensors[tensor] != nil {
			return fmt.Errorf("%s: tensor %.80q is in another file too", name, tensor)
		}
		f.tensors[tensor] = weights
	}
	return nil
}

func (f *folder) close() {
	for _, file := range f.open {
		_ = file.Close() // only read
	}
}

func readSmall(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxIndex {
		return nil, fmt.Errorf("%s has %d bytes, %d are taken", filepath.Base(path), info.Size(), maxIndex)
	}
	return os.ReadFile(path)
}

func (f *folder) has(name string) bool { return f.tensors[f.prefix+name] != nil }

// matrix reads a tensor of rows x cols.
func (f *folder) matrix(name string, rows, cols int) (nn.Matrix, error) {
	v, err := f.values(name, rows, cols)
	if err != nil {
		return nn.Matrix{}, err
	}
	return kernel.Of(v, rows, cols), nil
}

// vector reads a tensor of n values.
func (f *folder) vector(name string, n int) ([]float32, error) { return f.values(name, n) }

// optional reads a tensor of n values, or gives nil if there is none.
func (f *folder) optional(name string, n int) ([]float32, error) {
	if !f.has(name) {
		return nil, nil
	}
	return f.values(name, n)
}

func (f *folder) values(name string, shape ...int) ([]float32, error) {
	file := f.tensors[f.prefix+name]
	if file == nil {
		return nil, fmt.Errorf("no tensor %s", f.prefix+name)
	}
	t, _ := file.Tensor(f.prefix + name)
	if fmt.Sprint(t.Shape) != fmt.Sprint(shape) {
		return nil, fmt.Errorf("tensor %s is %v, not %v", f.prefix+name, t.Shape, shape)
	}
	return file.Float32s(f.prefix + name)
}
