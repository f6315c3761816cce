package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// guard is an encoder with linear heads over the mean of its token rows.
type guard struct {
	encoder *encoder.Encoder
	session *encoder.Session
	heads   []head
	mean    []float32
}

type head struct{ weight, bias []float32 }

// openGuard reads config.json and model.safetensors of a folder.
func openGuard(folder string) (*guard, error) {
	weights, err := os.Open(filepath.Join(folder, "model.safetensors"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = weights.Close() }() // only read
	info, err := weights.Stat()
	if err != nil {
		return nil, err
	}
	file, err := safetensors.Read(weights, info.Size())
	if err != nil {
		return nil, fmt.Errorf("read weights: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(folder, "config.json"))
	if err != nil {
		return nil, err
	}
	config, err := encoder.ParseConfig(text)
	if err != nil {
		return nil, err
	}
	e, err := encoder.Load(file, config, encoder.Options{})
	if err != nil {
		return nil, err
	}
	g := &guard{encoder: e, session: e.NewSession(), mean: make([]float32, e.Hidden())}
	for _, name := range []string{"head.content", "head.attack"} {
		h, err := readHead(file, name, e.Hidden())
		if err != nil {
			return nil, err
		}
		g.heads = append(g.heads, h)
	}
	return g, nil
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
	rows, err := g.session.Forward(ctx, pool, &batch)
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
