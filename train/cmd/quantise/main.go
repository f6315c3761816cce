// Command quantise writes a trained encoder with int8 weights: quantise MODEL SAMPLES OUT.
//
// MODEL is a folder with config.json and model.safetensors in f32, heads included; SAMPLES is a file of token ids, one JSON
// array a line, whose activations set the ranges; OUT is the file to write. Same input, same bytes.
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
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: quantise MODEL SAMPLES OUT")
		os.Exit(2)
	}
	if err := run(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "quantise:", err)
		os.Exit(1)
	}
}

func run(model, samples, out string) (err error) {
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
	calibration, err := observe(file, config, samples)
	if err != nil {
		return err
	}
	entries, err := encoder.Quantise(file, calibration)
	if err != nil {
		return err
	}
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
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var ids []int32
		if err := json.Unmarshal(lines.Bytes(), &ids); err != nil {
			return nil, fmt.Errorf("read samples: %w", err)
		}
		var batch encoder.Batch
		batch.Add(ids, nil)
		if err := session.Calibrate(context.Background(), pool, &batch, calibration); err != nil {
			return nil, err
		}
	}
	return calibration, lines.Err()
}
