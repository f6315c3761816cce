package encoder

import (
	"fmt"
	"slices"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// source reads one model's tensors.
type source struct {
	file    *safetensors.File
	options Options
	prefix  string
}

// fusion is linear layers that share their input and run side by side as one.
type fusion struct {
	input string // the name of the input, for Calibration and for the tensor of factors
	parts []string
}

// linears is what a transformer block is made of: projection, output of attention, and the two feed-forward layers.
var linears = [4]fusion{
	{"attention.self", []string{"attention.self.query", "attention.self.key", "attention.self.value"}},
	{"attention.output.dense", []string{"attention.output.dense"}},
	{"intermediate.dense", []string{"intermediate.dense"}},
	{"output.dense", []string{"output.dense"}},
}

const (
	scaleSuffix  = "_scale"  // behind the name of an int8 tensor: its scales
	factorSuffix = ".factor" // behind the name of an input: what multiplies it before it is quantised
)

// linear reads the layers of a fusion in one block; out is the outputs of each, -1 for any.
func (s source) linear(block string, f fusion, out, in int) (*nn.Linear, error) {
	var floats, bias []float32
	q := nn.Quantised{In: in}
	for _, part := range f.parts {
		name := block + part
		t, ok := s.file.Tensor(s.prefix + name + ".weight")
		if !ok || len(t.Shape) != 2 || t.Shape[1] != in || (out >= 0 && t.Shape[0] != out) || t.Shape[0] == 0 {
			return nil, fmt.Errorf("tensor %s.weight is %v, not %d x %d", name, t.Shape, out, in)
		}
		b, err := s.floats(name+".bias", t.Shape[0])
		if err != nil {
			return nil, err
		}
		bias = append(bias, b...)
		if t.DType == safetensors.I8 {
			err = s.int8(name+".weight", t.Shape[0], &q)
		} else {
			var w []float32
			w, err = s.file.Float32s(s.prefix + name + ".weight")
			floats = append(floats, w...)
		}
		if err != nil {
			return nil, err
		}
	}
	switch {
	case q.Out > 0 && floats != nil:
		return nil, fmt.Errorf("tensors of %s%s are int8 in part", block, f.input)
	case q.Out > 0:
		var err error
		if q.Factor, err = s.floats(block+f.input+factorSuffix, in); err != nil {
			return nil, err
		}
		return nn.NewInt8Linear(s.options.Set, q, bias)
	}
	w := kernel.Of(floats, len(bias), in)
	if s.options.Int8 {
		return nn.NewInt8Linear(s.options.Set, nn.Quantise(w, s.options.Calibration.Peak(block+f.input)), bias)
	}
	return nn.NewLinear(s.options.Set, w, bias)
}

// int8 appends a quantised tensor and its scales.
func (s source) int8(name string, rows int, q *nn.Quantised) error {
	data, err := s.file.Int8s(s.prefix + name)
	if err != nil {
		return err
	}
	if slices.Contains(data, -128) {
		return fmt.Errorf("tensor %s holds -128", name)
	}
	scale, err := s.floats(name+scaleSuffix, rows)
	q.Data, q.Scale, q.Out = append(q.Data, data...), append(q.Scale, scale...), q.Out+rows
	return err
}

func (s source) table(name string) (table, error) {
	t, ok := s.file.Tensor(s.prefix + name)
	if !ok || len(t.Shape) != 2 || t.Shape[0] == 0 {
		return table{}, fmt.Errorf("tensor %s is %v, not a table", name, t.Shape)
	}
	out := table{rows: t.Shape[0], cols: t.Shape[1]}
	if t.DType == safetensors.I8 {
		var q nn.Quantised
		err := s.int8(name, out.rows, &q)
		out.bytes, out.scale = q.Data, q.Scale
		return out, err
	}
	var err error
	out.floats, err = s.file.Float32s(s.prefix + name)
	return out, err
}

// matrix reads a table of any number of rows, if rows is -1.
func (s source) matrix(name string, rows, cols int) (nn.Matrix, error) {
	t, ok := s.file.Tensor(s.prefix + name)
	if !ok || len(t.Shape) != 2 || t.Shape[1] != cols || (rows >= 0 && t.Shape[0] != rows) || t.Shape[0] == 0 {
		return nn.Matrix{}, fmt.Errorf("tensor %s is %v, not a table of %d columns", name, t.Shape, cols)
	}
	v, err := s.file.Float32s(s.prefix + name)
	if err != nil {
		return nn.Matrix{}, err
	}
	return kernel.Of(v, t.Shape[0], cols), nil
}

func (s source) norm(name string, n int, eps float32) (kernel.Norm, error) {
	gamma, err := s.floats(name+".weight", n)
	if err != nil {
		return kernel.Norm{}, err
	}
	beta, err := s.floats(name+".bias", n)
	return kernel.Norm{Gamma: gamma, Beta: beta, Eps: eps}, err
}

func (s source) floats(name string, n int) ([]float32, error) {
	if t, ok := s.file.Tensor(s.prefix + name); !ok || len(t.Shape) != 1 || t.Shape[0] != n {
		return nil, fmt.Errorf("tensor %s is %v, not %d values", name, t.Shape, n)
	}
	return s.file.Float32s(s.prefix + name)
}
