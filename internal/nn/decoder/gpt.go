package decoder

import (
	"fmt"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/kernel"
)

func (l loader) layerNorm(name string, n int) (norm, error) {
	gamma, err := l.vector(name+".weight", n)
	if err != nil {
		return norm{}, err
	}
	beta, err := l.vector(name+".bias", n)
	return norm{kernel.Norm{Gamma: gamma, Beta: beta, Eps: l.d.config.Eps}, make([]float32, n)}, err
}

func (l loader) gpt2() (err error) {
	d, c := l.d, l.d.config
	const words = "wte.weight"
	l.choosePrefix("transformer.", words)
	table, err := l.matrix(words, c.Vocabulary, c.Hidden)
	if err != nil {
		return err
	}
	d.words = l.table(table)
	position, err := l.tensorRows("wpe.weight")
	if err != nil {
		return err
	}
	if position < c.MaxTokens {
		return fmt.Errorf("tensor wpe.weight has %d rows, %d positions are wanted", position, c.MaxTokens)
	}
	if d.positions, err = l.matrix("wpe.weight", position, c.Hidden); err != nil {
		return err
	}
	if d.final, err = l.layerNorm("ln_f", c.Hidden); err != nil {
		return err
	}
	if err := l.readHead(table); err != nil {
		return err
	}
	d.layers = make([]layer, c.Layers)
	for i := range d.layers {
		if err := l.gptLayer(&d.layers[i], fmt.Sprintf("h.%d.", i)); err != nil {
			return err
		}
	}
	return nil
}

func (l loader) tensorRows(name string) (int, error) {
	file := l.tensors[l.prefix+name]
	if file == nil {
		return 0, fmt.Errorf("no tensor %s", l.prefix+name)
	}
	t, _ := file.Tensor(l.prefix + name)
	if len(t.Shape) != 2 {
		return 0, fmt.Errorf("tensor %s is %v", name, t.Shape)
	}
	return t.Shape[0], nil
}

func (l loader) gptLayer(to *layer, at string) (err error) {
	c := l.d.config
	if to.before, err = l.layerNorm(at+"ln_1", c.Hidden); err != nil {
		return err
	}
	if to.between, err = l.layerNorm(at+"ln_2", c.Hidden); err != nil {
		return err
	}
	for _, one := range []struct {
		to      **linear
		name    string
		in, out int
	}{
		{&to.project, "attn.c_attn", c.Hidden, 3 * c.Hidden},
		{&to.gather, "attn.c_proj", c.Hidden, c.Hidden},
		{&to.widen, "mlp.c_fc", c.Hidden, c.Inner},
		{&to.narrow, "mlp.c_proj", c.Inner, c.Hidden},
	} {
		w, err := l.matrix(at+one.name+".weight", one.in, one.out) // stored the other way round
		if err != nil {
			return err
		}
		bias, err := l.vector(at+one.name+".bias", one.out)
		if err != nil {
			return err
		}
		*one.to = l.linear(transpose(w), nn.Matrix{}, bias, nil)
	}
	return nil
}

func transpose(m nn.Matrix) nn.Matrix {
	out := kernel.NewMatrix(m.Cols, m.Rows)
	for i := range m.Rows {
		for k, v := range m.Row(i) {
			out.Data[k*out.Stride+i] = v
		}
	}
	return out
}
