package decoder

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

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
	files   fs.FS
	open    []fs.File
	tensors map[string]*safetensors.File // by name
	prefix  string                       // before every name that is asked for, but "lm_head.weight"
}

// openFolder opens the weights of a folder: one file, or those that an index names. Close them with close.
func openFolder(files fs.FS) (_ *folder, err error) {
	f := &folder{files: files, tensors: map[string]*safetensors.File{}}
	defer func() {
		if err != nil {
			f.close()
		}
	}()
	placed := map[string]string{} // tensors to files, where there is an index
	text, err := readSmall(files, indexFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f, f.add(weightsFile)
	case err != nil:
		return nil, err
	}
	var index struct {
		Map map[string]string `json:"weight_map"`
	}
	if err := json.Unmarshal(text, &index); err != nil || len(index.Map) == 0 {
		return nil, fmt.Errorf("%s: no weight_map: %w", indexFile, err)
	}
	shards := map[string]bool{}
	for tensor, file := range index.Map {
		if !fs.ValidPath(file) || strings.Contains(file, "/") {
			return nil, fmt.Errorf("%s: tensor %.80q is in %.80q, which is no name in the folder", indexFile, tensor, file)
		}
		placed[tensor], shards[file] = file, true
	}
	for file := range shards {
		if err := f.add(file); err != nil {
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

func (f *folder) add(name string) error {
	file, err := f.files.Open(name)
	if err != nil {
		return err
	}
	f.open = append(f.open, file)
	info, err := file.Stat()
	if err != nil {
		return err
	}
	at, ok := file.(io.ReaderAt)
	if !ok {
		return fmt.Errorf("%s cannot be read from the middle", name)
	}
	weights, err := safetensors.Read(at, info.Size())
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

func readSmall(files fs.FS, name string) ([]byte, error) {
	info, err := fs.Stat(files, name)
	if err != nil {
		return nil, err
	}
	if info.Size() > maxIndex {
		return nil, fmt.Errorf("%s has %d bytes, %d are taken", name, info.Size(), maxIndex)
	}
	return fs.ReadFile(files, name)
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

// scaleSuffix is behind the name of an int8 matrix in that of its scales: one f32 for each row, by which its values are multiplied.
const scaleSuffix = "_scale"

func (f *folder) values(name string, shape ...int) ([]float32, error) {
	whole := f.prefix + name
	file := f.tensors[whole]
	if file == nil {
		return nil, fmt.Errorf("no tensor %s", whole)
	}
	t, _ := file.Tensor(whole)
	if fmt.Sprint(t.Shape) != fmt.Sprint(shape) {
		return nil, fmt.Errorf("tensor %s is %v, not %v", whole, t.Shape, shape)
	}
	if t.DType != safetensors.I8 || len(shape) != 2 {
		return file.Float32s(whole)
	}
	if f.has(name + "_zero_point") {
		return nil, fmt.Errorf("tensor %s has a zero point, which is not served", whole)
	}
	scale, err := f.values(name+scaleSuffix, shape[0], 1)
	if err != nil {
		return nil, err
	}
	rounded, err := file.Int8s(whole)
	if err != nil {
		return nil, err
	}
	out := make([]float32, len(rounded))
	for i, by := range scale {
		row := out[i*shape[1] : (i+1)*shape[1]]
		for k, v := range rounded[i*shape[1] : (i+1)*shape[1]] {
			row[k] = float32(v) * by
		}
	}
	return out, nil
}
