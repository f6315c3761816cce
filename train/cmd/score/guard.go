package main

import (
	"context"
	"fmt"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/safetensors"
	"merlon.dev/merlon/train/cmd/folder"
)

// guard is an encoder, in two parts or one, with linear heads over the mean of its token rows.
type guard struct {
	trunk  *encoder.Session
	tower  *encoder.Session // nil where trunk is the whole model
	layers int              // of trunk
	heads  []head
	mean   []float32
}

type head struct{ weight, bias []float32 }

// openGuard reads the folder of a trunk and that of a tower, or the folder of a whole model.
func openGuard(folders ...string) (*guard, error) {
	config, err := folder.Config(folders[0])
	if err != nil {
		return nil, err
	}
	g := &guard{}
	for i, path := range folders {
		if err := g.read(path, config, i == len(folders)-1); err != nil {
			return nil, fmt.Errorf("read %s: %w", path, err)
		}
	}
	return g, nil
}

// read takes the next part of the model; the last one has the heads.
func (g *guard) read(path string, config encoder.Config, last bool) error {
	file, err := folder.Weights(path)
	if err != nil {
		return err
	}
	if g.trunk == nil {
		e, err := encoder.Load(file, config, encoder.Options{})
		if err != nil {
			return err
		}
		g.trunk, g.mean, g.layers = e.NewSession(), make([]float32, e.Hidden()), e.Layers()
	} else {
		e, err := encoder.LoadTower(file, config, g.layers, encoder.Options{})
		if err != nil {
			return err
		}
		g.tower = e.NewSession()
	}
	if !last {
		return nil
	}
	for _, name := range []string{"head.content", "head.attack"} {
		h, err := readHead(file, name, len(g.mean))
		if err != nil {
			return err
		}
		g.heads = append(g.heads, h)
	}
	return nil
}

func readHead(file *safetensors.File, name string, hidden int) (h head, err error) {
	if h.weight, err = file.Float32s(name + ".weight"); err != nil {
		return h, err
	}
	if h.bias, err = file.Float32s(name + ".bias"); err != nil {
		return h, err
	}
	if len(h.weight) != len(h.bias)*hidden {
		return h, fmt.Errorf("%s: %d weights for %d biases", name, len(h.weight), len(h.bias))
	}
	return h, nil
}

// logits is the heads' outputs for one sequence, one head after the other.
func (g *guard) logits(ctx context.Context, pool *nn.Pool, ids []int32) ([]float32, error) {
	var batch encoder.Batch
	batch.Add(ids, nil)
	rows, err := g.trunk.Forward(ctx, pool, &batch)
	if err == nil && g.tower != nil {
		rows, err = g.tower.Continue(ctx, pool, rows)
	}
	if err != nil {
		return nil, err
	}
	rows.Mean(g.mean, 0)
	var out []float32
	for _, h := range g.heads {
		for i, b := range h.bias {
			for k, v := range g.mean {
				b += v * h.weight[i*len(g.mean)+k]
			}
			out = append(out, b)
		}
	}
	return out, nil
}
