package grounding

import (
	"fmt"

	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// linear is a layer, packed for its kernels.
type linear struct {
	set     kernel.Set
	weight  kernel.Panels
	bias    []float32
	outputs int
}

// layers are two, with a GELU between.
type layers struct{ first, second linear }

// layerReader reads layers by names that begin alike, until one cannot be read.
type layerReader struct {
	weights *safetensors.File
	set     kernel.Set
	prefix  string
	err     error
}

func (r *layerReader) size(name string) int {
	if r.err != nil {
		return 0
	}
	bias, err := r.weights.Float32s(r.prefix + name + ".bias")
	r.err = err
	return len(bias)
}

func (r *layerReader) vector(name string, width int) (v []float32) {
	if r.err != nil {
		return nil
	}
	if v, r.err = r.weights.Float32s(r.prefix + name); r.err == nil && len(v) != width {
		r.err = fmt.Errorf("%s%s has %d weights, not %d", r.prefix, name, len(v), width)
	}
	return v
}

func (r *layerReader) head(name string, outputs, width int) (h trunk.Head) {
	if r.err == nil {
		h, r.err = trunk.ReadHead(r.weights, r.prefix+name, outputs, width)
	}
	return h
}

func (r *layerReader) layer(name string, outputs, width int) linear {
	weight, bias := r.vector(name+".weight", outputs*width), r.vector(name+".bias", outputs)
	if r.err != nil {
		return linear{}
	}
	packed := r.set.PackTransposed(make([]float32, r.set.PackedLen(width, outputs)), kernel.Of(weight, outputs, width)).Whole()
	return linear{r.set, packed, append(bias, make([]float32, packed.N-outputs)...), outputs}
}

func (r *layerReader) layers(name string, width, outputs int) layers {
	units := r.size(name + ".0")
	return layers{r.layer(name+".0", units, width), r.layer(name+".2", outputs, units)}
}

func (l linear) apply(x nn.Matrix) nn.Matrix {
	out := kernel.NewMatrix(x.Rows, l.weight.N)
	l.set.MatMul(out, x, l.weight, l.bias)
	out.Cols = l.outputs
	return out
}

func (l layers) apply(x nn.Matrix) nn.Matrix {
	middle := l.first.apply(x)
	l.first.set.GELU(middle.Data, middle.Data)
	return l.second.apply(middle)
}
