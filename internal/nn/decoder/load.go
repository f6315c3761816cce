package decoder

import (
	"fmt"
	"io/fs"
	"os"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

// Options says how to load a model. The zero value computes in f32, over all positions that the model was made for.
type Options struct {
	Set       kernel.Set // kernels to run on; the zero Set stands for kernel.Best
	Int8      bool       // quantise the weights to int8: a quarter of the memory, and of the time of a token
	MaxTokens int        // longest sequence; 0, or more than the model was made for, means that
}

// Load reads a model from a folder in Hugging Face's layout: config.json, and model.safetensors in f32, f16 or bf16, or its shards with
// their index. A matrix may also be int8 with a scale for each row, as compressed-tensors writes it: NAME and NAME_scale. Everything is checked
// before anything is computed; errors name the file or the tensor.
func Load(dir string, o Options) (*Decoder, error) { return LoadFS(os.DirFS(dir), o) }

// LoadFS is Load from a folder whose files can be read at any place.
func LoadFS(files fs.FS, o Options) (*Decoder, error) {
	d, err := load(files, o)
	if err != nil {
		return nil, fmt.Errorf("load decoder: %w", err)
	}
	return d, nil
}

func load(files fs.FS, o Options) (*Decoder, error) {
	text, err := readSmall(files, configFile)
	if err != nil {
		return nil, err
	}
	c, err := ParseConfig(text)
	if err != nil {
		return nil, err
	}
	f, err := openFolder(files)
	if err != nil {
		return nil, err
	}
	defer f.close()
	if o.Set == (kernel.Set{}) {
		o.Set = kernel.Best()
	}
	if o.MaxTokens > 0 {
		c.MaxTokens = min(c.MaxTokens, o.MaxTokens)
	}
	d := &Decoder{config: c, set: o.Set}
	l := loader{f, d, precision{o.Set, o.Int8}}
	if c.Family == "gpt2" {
		err = l.gpt2()
	} else {
		err = l.llama()
	}
	if err != nil {
		return nil, err
	}
	d.measure()
	return d, nil
}

// loader fills a decoder from the tensors of a folder.
type loader struct {
	*folder
	d *Decoder
	precision
}

// choosePrefix finds out whether names begin with a prefix, as they do where a file holds the model with its head.
func (l loader) choosePrefix(prefix, table string) {
	if l.tensors[prefix+table] != nil {
		l.prefix = prefix
	}
}

func (l loader) llama() (err error) {
	d, c := l.d, l.d.config
	const words = "embed_tokens.weight"
	l.choosePrefix("model.", words)
	table, err := l.matrix(words, c.Vocabulary, c.Hidden)
	if err != nil {
		return err
	}
	d.words = l.table(table)
	if d.final, err = l.rms("norm.weight", c.Hidden); err != nil {
		return err
	}
	if err := l.readHead(table); err != nil {
		return err
	}
	d.turns = c.Rope.Turns(c.HeadWidth, c.MaxTokens)
	d.layers = make([]layer, c.Layers)
	for i := range d.layers {
		if err := l.llamaLayer(&d.layers[i], fmt.Sprintf("layers.%d.", i)); err != nil {
			return err
		}
	}
	return nil
}

// readHead packs the table or a matrix of its own as the last layer.
func (l loader) readHead(table nn.Matrix) error {
	const name = "lm_head.weight"
	c := l.d.config
	tied := l.tensors[name] == nil
	if c.Tied != nil && *c.Tied {
		tied = true
	} else if tied && c.Tied != nil {
		return fmt.Errorf("no tensor %s, though %s says that the head is not tied", name, configFile)
	}
	if !tied {
		whole := *l.folder
		whole.prefix = ""
		var err error
		if table, err = whole.matrix(name, c.Vocabulary, c.Hidden); err != nil {
			return err
		}
	}
	l.d.head = l.linear(table, nn.Matrix{}, nil, nil)
	return nil
}

func (l loader) llamaLayer(to *layer, at string) (err error) {
	c := l.d.config
	queries, keys := c.Heads*c.HeadWidth, c.KeyHeads*c.HeadWidth
	if to.before, err = l.rms(at+"input_layernorm.weight", c.Hidden); err != nil {
		return err
	}
	if to.between, err = l.rms(at+"post_attention_layernorm.weight", c.Hidden); err != nil {
		return err
	}
	if c.Family == "qwen3" {
		if to.query, err = l.rms(at+"self_attn.q_norm.weight", c.HeadWidth); err != nil {
			return err
		}
		if to.key, err = l.rms(at+"self_attn.k_norm.weight", c.HeadWidth); err != nil {
			return err
		}
	}
	project, bias, err := l.pairs(c.Hidden, part{at + "self_attn.q_proj", queries}, part{at + "self_attn.k_proj", keys}, part{at + "self_attn.v_proj", keys})
	if err != nil {
		return err
	}
	to.project = l.linear(project, nn.Matrix{}, bias, nil)
	gather, bias, err := l.pairs(queries, part{at + "self_attn.o_proj", c.Hidden})
	if err != nil {
		return err
	}
	to.gather = l.linear(gather, nn.Matrix{}, bias, nil)
	gate, gateBias, err := l.pairs(c.Hidden, part{at + "mlp.gate_proj", c.Inner})
	if err != nil {
		return err
	}
	up, upBias, err := l.pairs(c.Hidden, part{at + "mlp.up_proj", c.Inner})
	if err != nil {
		return err
	}
	to.widen = l.linear(gate, up, gateBias, upBias)
	narrow, bias, err := l.pairs(c.Inner, part{at + "mlp.down_proj", c.Hidden})
	if err != nil {
		return err
	}
	to.narrow = l.linear(narrow, nn.Matrix{}, bias, nil)
	return nil
}

// part is a linear layer that shares its input with others.
type part struct {
	name string
	out  int
}

// pairs reads layers side by side, with what biases they have.
func (l loader) pairs(in int, parts ...part) (w nn.Matrix, bias []float32, err error) {
	for _, p := range parts {
		m, err := l.matrix(p.name+".weight", p.out, in)
		if err != nil {
			return w, nil, err
		}
		b, err := l.optional(p.name+".bias", p.out)
		if err != nil {
			return w, nil, err
		}
		bias = append(bias, column(b, p.out).Data...)
		if w.Rows == 0 {
			w = m
		} else {
			w = stack(w, m)
		}
	}
	return w, bias, nil
}

func stack(a, b nn.Matrix) nn.Matrix {
	out := kernel.NewMatrix(a.Rows+b.Rows, a.Cols)
	for i := range a.Rows {
		copy(out.Row(i), a.Row(i))
	}
	for i := range b.Rows {
		copy(out.Row(a.Rows+i), b.Row(i))
	}
	return out
}

func (l loader) rms(name string, n int) (norm, error) {
	gamma, err := l.vector(name, n)
	return norm{Norm: kernel.Norm{Gamma: gamma, Eps: l.d.config.Eps}}, err
}
