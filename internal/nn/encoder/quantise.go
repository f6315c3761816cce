package encoder

import (
	"fmt"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// Quantise is the tensors of a model with its linear layers and its word table in int8, a quarter of the size, for
// safetensors.Write: each int8 tensor X has its scales, one a row, in X_scale, and each input of linear layers its
// factors in a tensor of its own. c is what Session.Calibrate collected with the same model, or nil. Buffers that are no
// floats are left out.
func Quantise(f *safetensors.File, c *nn.Calibration) ([]safetensors.Entry, error) {
	s := source{file: f, prefix: prefix(f)}
	done := map[string]bool{}
	var out []safetensors.Entry
	for i := 0; ; i++ {
		block := fmt.Sprintf("encoder.layer.%d.", i)
		if _, ok := f.Tensor(s.prefix + block + linears[0].parts[0] + ".weight"); !ok {
			break
		}
		for _, l := range linears {
			entries, err := s.quantised(block, l, c, done)
			if err != nil {
				return nil, fmt.Errorf("quantise encoder: %w", err)
			}
			out = append(out, entries...)
		}
	}
	for _, name := range f.Names() {
		t, _ := f.Tensor(name)
		if done[name] || (t.DType != safetensors.F32 && t.DType != safetensors.F16 && t.DType != safetensors.BF16) {
			continue
		}
		v, err := f.Float32s(name)
		if err != nil {
			return nil, fmt.Errorf("quantise encoder: %w", err)
		}
		if name == s.prefix+wordTable {
			out = append(out, int8Entries(name, nn.Quantise(kernel.Of(v, t.Shape[0], t.Shape[1]), nil))...)
			continue
		}
		out = append(out, safetensors.Entry{Name: name, Shape: t.Shape, Float32: v})
	}
	return out, nil
}

// quantised is the entries of the layers of one fusion, quantised as one.
func (s source) quantised(block string, l fusion, c *nn.Calibration, done map[string]bool) ([]safetensors.Entry, error) {
	var all []float32
	var rows []int
	in := 0
	for _, part := range l.parts {
		name := s.prefix + block + part + ".weight"
		t, ok := s.file.Tensor(name)
		if !ok || len(t.Shape) != 2 || (in > 0 && t.Shape[1] != in) {
			return nil, fmt.Errorf("tensor %s is %v", name, t.Shape)
		}
		v, err := s.file.Float32s(name)
		if err != nil {
			return nil, err
		}
		done[name], in = true, t.Shape[1]
		all, rows = append(all, v...), append(rows, t.Shape[0])
	}
	q := nn.Quantise(kernel.Of(all, len(all)/max(in, 1), in), c.Peak(block+l.input))
	out := []safetensors.Entry{{Name: s.prefix + block + l.input + factorSuffix, Shape: []int{in}, Float32: q.Factor}}
	from := 0
	for i, part := range l.parts {
		to := from + rows[i]
		piece := nn.Quantised{Out: rows[i], In: in, Data: q.Data[from*in : to*in], Scale: q.Scale[from:to]}
		out = append(out, int8Entries(s.prefix+block+part+".weight", piece)...)
		from = to
	}
	return out, nil
}

func int8Entries(name string, q nn.Quantised) []safetensors.Entry {
	return []safetensors.Entry{
		{Name: name, Shape: []int{q.Out, q.In}, Int8: q.Data},
		{Name: name + scaleSuffix, Shape: []int{q.Out}, Float32: q.Scale},
	}
}
