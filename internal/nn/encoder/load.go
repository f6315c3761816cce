package encoder

import (
	"fmt"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// Options says how to load a model. The zero value keeps each weight in the precision of its file.
type Options struct {
	Set         kernel.Set      // kernels to run on; the zero Set stands for kernel.Best
	Int8        bool            // quantise f32 linear layers to int8
	Calibration *nn.Calibration // what Session.Calibrate collected, to quantise better; may be nil
}

// Load reads a model. Names are those of Hugging Face's BertModel or XLMRobertaModel, with or without the prefix "bert."
// or "roberta."; int8 weights are as Quantise writes them.
func Load(f *safetensors.File, c Config, o Options) (*Encoder, error) {
	if o.Set == (kernel.Set{}) {
		o.Set = kernel.Best()
	}
	e, err := source{file: f, options: o, prefix: prefix(f)}.encoder(c)
	if err != nil {
		return nil, fmt.Errorf("load encoder: %w", err)
	}
	return e, nil
}

// LoadTower reads layers alone, to go on where another encoder of the same Config ended (Session.Continue). They are
// numbered from first on, so that several towers over one trunk keep the numbers of the model that they come from.
func LoadTower(f *safetensors.File, c Config, first int, o Options) (*Encoder, error) {
	if o.Set == (kernel.Set{}) {
		o.Set = kernel.Best()
	}
	e, err := source{file: f, options: o}.tower(c, first)
	if err != nil {
		return nil, fmt.Errorf("load tower: %w", err)
	}
	return e, nil
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
	return e, s.layers(e, 0)
}

func (s source) tower(c Config, first int) (e *Encoder, err error) {
	name := fmt.Sprintf("encoder.layer.%d.attention.self.query.weight", first)
	t, ok := s.file.Tensor(name)
	if !ok || len(t.Shape) != 2 {
		return nil, fmt.Errorf("tensor %s is %v", name, t.Shape)
	}
	e = &Encoder{config: c, set: s.options.Set, hidden: t.Shape[1]}
	if e.activation, err = c.Activation.function(); err != nil {
		return nil, err
	}
	return e, s.layers(e, first)
}

// layers reads the blocks from number first on.
func (s source) layers(e *Encoder, first int) error {
	if c := e.config; c.Heads < 1 || e.hidden%c.Heads != 0 || e.hidden%kernel.Lanes != 0 || e.hidden == 0 {
		return fmt.Errorf("hidden size %d with %d heads: it is a multiple of the heads and of %d", e.hidden, c.Heads, kernel.Lanes)
	}
	for i := first; ; i++ {
		name := fmt.Sprintf("encoder.layer.%d.", i)
		if _, ok := s.file.Tensor(s.prefix + name + "attention.self.query.weight"); !ok {
			break
		}
		l, err := s.layer(name, e.hidden, e.config.Eps)
		if err != nil {
			return err
		}
		if e.inner = l.widen.Out; i > first && e.inner != e.layers[0].widen.Out || e.inner%kernel.Lanes != 0 {
			return fmt.Errorf("%swidth %d between the feed-forward layers", name, e.inner)
		}
		e.layers = append(e.layers, l)
	}
	if len(e.layers) == 0 {
		return fmt.Errorf("no tensor %sencoder.layer.%d.attention.self.query.weight", s.prefix, first)
	}
	return nil
}

func (s source) layer(name string, hidden int, eps float32) (layer, error) {
	l := layer{name: name}
	var err error
	if l.project, err = s.linear(name, linears[0], hidden, hidden); err != nil {
		return l, err
	}
	if l.attended, err = s.linear(name, linears[1], hidden, hidden); err != nil {
		return l, err
	}
	if l.attendedNorm, err = s.norm(name+"attention.output.LayerNorm", hidden, eps); err != nil {
		return l, err
	}
	if l.widen, err = s.linear(name, linears[2], -1, hidden); err != nil {
		return l, err
	}
	if l.narrow, err = s.linear(name, linears[3], hidden, l.widen.Out); err != nil {
		return l, err
	}
	l.feedForwardNorm, err = s.norm(name+"output.LayerNorm", hidden, eps)
	return l, err
}
