// Command quantise writes a trained encoder with int8 weights: quantise [-to N | -from N] MODEL SAMPLES OUT.
//
// With -to it writes the trunk alone: embeddings and the layers before N; with -from the tower: layer N and those above it, and the heads.
// MODEL is a folder with config.json and model.safetensors in f32, heads included; SAMPLES is a file of token ids, one JSON
// array a line, whose activations set the ranges; OUT is the file to write. Same input, same bytes.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/safetensors"
	"merlon.dev/merlon/train/cmd/folder"
	"merlon.dev/merlon/train/cmd/lines"
)

func main() {
	from := flag.Int("from", 0, "first layer to write; above 0 without embeddings")
	to := flag.Int("to", 0, "layer to end before, without heads; 0 for all")
	flag.Parse()
	if flag.NArg() != 3 || (*from > 0 && *to > 0) {
		fmt.Fprintln(os.Stderr, "usage: quantise [-to N | -from N] MODEL SAMPLES OUT")
		os.Exit(2)
	}
	if err := run(flag.Arg(0), flag.Arg(1), flag.Arg(2), part{*from, *to}); err != nil {
		fmt.Fprintln(os.Stderr, "quantise:", err)
		os.Exit(1)
	}
}

// part is the layers to write: from, and up to but without to where that is not 0.
type part struct{ from, to int }

// holds reports whether a tensor belongs to the part.
func (p part) holds(name string) bool {
	var layer int
	switch {
	case strings.HasPrefix(name, "embeddings."):
		return p.from == 0
	case strings.HasPrefix(name, "encoder.layer."):
		if _, err := fmt.Sscanf(name, "encoder.layer.%d.", &layer); err != nil {
			return false
		}
		return layer >= p.from && (p.to == 0 || layer < p.to)
	default: // heads
		return p.to == 0
	}
}

func run(model, samples, out string, p part) (err error) {
	file, err := folder.Weights(model)
	if err != nil {
		return err
	}
	config, err := folder.Config(model)
	if err != nil {
		return err
	}
	calibration, err := observe(file, config, samples)
	if err != nil {
		return err
	}
	entries, err := encoder.Quantise(file, calibration)
	if err != nil {
		return err
	}
	entries = slices.DeleteFunc(entries, func(e safetensors.Entry) bool { return !p.holds(e.Name) })
	w, err := os.Create(out)
	if err != nil {
		return err
	}
	defer func() {
		if e := w.Close(); err == nil {
			err = e
		}
	}()
	return safetensors.Write(w, map[string]string{"format": "pt"}, entries)
}

// observe runs the f32 model over the samples and collects the ranges of its activations.
func observe(file *safetensors.File, config encoder.Config, samples string) (*nn.Calibration, error) {
	e, err := encoder.Load(file, config, encoder.Options{})
	if err != nil {
		return nil, err
	}
	pool, err := nn.NewPool(1)
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	in, err := os.Open(samples)
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }() // only read
	calibration, session := nn.NewCalibration(), e.NewSession()
	err = lines.Each(in, func(ids []int32) error {
		var batch encoder.Batch
		batch.Add(ids, nil)
		return session.Calibrate(context.Background(), pool, &batch, calibration)
	})
	if err != nil {
		return nil, fmt.Errorf("read samples: %w", err)
	}
	return calibration, nil
}
