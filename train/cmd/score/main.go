// Command score prints the logits of a guard model: score MODEL IDS.
//
// MODEL is a folder with config.json and model.safetensors, f32 or int8; IDS is a file of token ids, one JSON array a line.
// Each line printed is a JSON array, the logits of head.content and then of head.attack, over the mean of the token rows.
// It is how the recipe compares int8 with f32, and Merlon's engine with torch.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/safetensors"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: score MODEL IDS")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "score:", err)
		os.Exit(1)
	}
}

func run(model, ids string) error {
	weights, err := os.Open(filepath.Join(model, "model.safetensors"))
	if err != nil {
		return err
	}
	defer func() { _ = weights.Close() }() // only read
	info, err := weights.Stat()
	if err != nil {
		return err
	}
	file, err := safetensors.Read(weights, info.Size())
	if err != nil {
		return fmt.Errorf("read weights: %w", err)
	}
	text, err := os.ReadFile(filepath.Join(model, "config.json"))
	if err != nil {
		return err
	}
	config, err := encoder.ParseConfig(text)
	if err != nil {
		return err
	}
	e, err := encoder.Load(file, config, encoder.Options{})
	if err != nil {
		return err
	}
	heads := make([]head, 2)
	for i, name := range []string{"head.content", "head.attack"} {
		if heads[i], err = readHead(file, name, e.Hidden()); err != nil {
			return err
		}
	}
	return scoreAll(e, heads, ids)
}

// head is one linear layer over the mean row.
type head struct{ weight, bias []float32 }

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

func scoreAll(e *encoder.Encoder, heads []head, path string) error {
	pool, err := nn.NewPool(1)
	if err != nil {
		return err
	}
	defer pool.Close()
	in, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // only read
	session, mean := e.NewSession(), make([]float32, e.Hidden())
	out := json.NewEncoder(os.Stdout)
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var ids []int32
		if err := json.Unmarshal(lines.Bytes(), &ids); err != nil {
			return fmt.Errorf("read ids: %w", err)
		}
		var batch encoder.Batch
		batch.Add(ids, nil)
		rows, err := session.Forward(context.Background(), pool, &batch)
		if err != nil {
			return err
		}
		rows.Mean(mean, 0)
		var logits []float32
		for _, h := range heads {
			for i, b := range h.bias {
				for k, v := range mean {
					b += v * h.weight[i*len(mean)+k]
				}
				logits = append(logits, b)
			}
		}
		if err := out.Encode(logits); err != nil {
			return err
		}
	}
	return lines.Err()
}
