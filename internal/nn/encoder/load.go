package encoder

import (
	"fmt"
	"slices"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// Options says how to load a model. The zero value keeps each weight in the precision of its file, on the best tier.
type Options struct {
	Set         kernel.Set      // kernels to run on; Load takes the zero Set as plain Go, so callers pass kernel.Best()
	Int8        bool            // quantise f32 linear layers to int8
	Calibration *nn.Calibration // what Session.Calibrate collected, to quantise better; may be nil
}

// Load reads a model. Names are those of Hugging Face's BertModel or XLMRobertaModel, with or without the prefix "bert."
// or "roberta."; an int8 weight comes with a tensor of its scales, named like it with "_scale" behind.
func Load(f *safetensors.File, c Config, o Options) (*Encoder, error) {
	e, err := source{file: f, options: o, prefix: prefix(f)}.encoder(c)
	if err != nil {
		return nil, fmt.Errorf("load encoder: %w", err)
	}
	return e, nil
}

// source reads one model's tensors.
type source struct {
	file    *safetensors.File
	options Options
	prefix  string
}

func prefix(f *safetensors.File) string {
	for _, p := range []string{"bert.", "roberta."} {
		if _, ok := f.Tensor(p + wordTable); ok {
			return p
		}
	}
	return ""
}

const wordTable = "embeddings.word_embeddings.weight"

func (s source) encoder(c Config) (*Encoder, error) {
	e := &Encoder{config: c, set: s.options.Set}
	var err error
	if e.activation, err = c.Activation.function(); err != nil {
		return nil, err
	}
	if e.words, err = s.table(wordTable); err != nil {
		return nil, err
	}
	e.hidden = e.words.cols
	if c.Heads < 1 || e.hidden%c.Heads != 0 || e.hidden%kernel.Lanes != 0 || e.hidden == 0 {
		return nil, fmt.Errorf("hidden size %d with %d heads: it is a multiple of the heads and of %d", e.hidden, c.Heads, kernel.Lanes)
	}
	if e.positions, err = s.matrix("embeddings.position_embeddings.weight", -1, e.hidden); err != nil {
		return nil, err
	}
	if e.types, err = s.matrix("embeddings.token_type_embeddings.weight", -1, e.hidden); err != nil {
		return nil, err
	}
	if c.FirstPosition < 0 || e.MaxTokens() < 1 {
		return nil, fmt.Errorf("%d positions from %d", e.positions.Rows, c.FirstPosition)
	}
	if e.embedded, err = s.norm("embeddings.LayerNorm", e.hidden, c.Eps); err != nil {
		return nil, err
	}
	for i := 0; ; i++ {
		name := fmt.Sprintf("encoder.layer.%d.", i)
		if _, ok := s.file.Tensor(s.prefix + name + "attention.self.query.weight"); !ok {
			break
		}
		l, err := s.layer(name, e.hidden, c.Eps)
		if err != nil {
			return nil, err
		}
		if e.inner = l.widen.Out; i > 0 && e.inner != e.layers[0].widen.Out || e.inner%kernel.Lanes != 0 {
			return nil, fmt.Errorf("%swidth %d between the feed-forward layers", name, e.inner)
		}
		e.layers = append(e.layers, l)
	}
	if len(e.layers) == 0 {
		return nil, fmt.Errorf("no tensor %sencoder.layer.0.attention.self.query.weight", s.prefix)
	}
	return e, nil
}

func (s source) layer(name string, hidden int, eps float32) (layer, error) {
	l := layer{name: name}
	var err error
	if l.project, err = s.linear(name+inputs[0], hidden, hidden, name+"attention.self.query", name+"attention.self.key", name+"attention.self.value"); err != nil {
		return l, err
	}
	if l.attended, err = s.linear(name+inputs[1], hidden, hidden, name+"attention.output.dense"); err != nil {
		return l, err
	}
	if l.attendedNorm, err = s.norm(name+"attention.output.LayerNorm", hidden, eps); err != nil {
		return l, err
	}
	if l.widen, err = s.linear(name+inputs[2], -1, hidden, name+"intermediate.dense"); err != nil {
		return l, err
	}
	if l.narrow, err = s.linear(name+inputs[3], hidden, l.widen.Out, name+"output.dense"); err != nil {
		return l, err
	}
	l.feedForwardNorm, err = s.norm(name+"output.LayerNorm", hidden, eps)
	return l, err
}

// inputs names the four places in a layer whose rows are quantised, for Calibration.
var inputs = [4]string{"attention.self", "attention.output.dense", "intermediate.dense", "output.dense"}

// linear reads one or more layers of the same input side by side; out is the outputs of each, -1 for any.
func (s source) linear(calibrated string, out, in int, names ...string) (*nn.Linear, error) {
	var floats, bias []float32
	q := nn.Quantised{In: in}
	for _, name := range names {
		t, ok := s.file.Tensor(s.prefix + name + ".weight")
		if !ok || len(t.Shape) != 2 || t.Shape[1] != in || (out >= 0 && t.Shape[0] != out) {
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
		return nil, fmt.Errorf("tensors of %v are int8 in part", names)
	case q.Out > 0:
		return nn.NewInt8Linear(s.options.Set, q, bias)
	}
	w := kernel.Of(floats, len(bias), in)
	if s.options.Int8 && in%kernel.Lanes == 0 {
		return nn.NewInt8Linear(s.options.Set, nn.Quantise(w, s.options.Calibration.Square(calibrated)), bias)
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
	scale, err := s.floats(name+"_scale", rows)
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
