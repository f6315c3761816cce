// Command score prints the logits of a guard model: score TRUNK TOWER IDS, or score MODEL IDS for one that is not divided.
//
// TRUNK is a folder with config.json and model.safetensors, f32 or int8, TOWER one with the layers above it and the heads; IDS is a file
// of token ids, one JSON array a line.
// Each line printed is a JSON array, the logits of head.content and then of head.attack, over the mean of the token rows.
// It is how the recipe compares int8 with f32, and Merlon's engine with torch.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/train/cmd/lines"
)

func main() {
	if len(os.Args) != 3 && len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: score TRUNK TOWER IDS, or score MODEL IDS")
		os.Exit(2)
	}
	last := len(os.Args) - 1
	if err := run(os.Args[1:last], os.Args[last], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "score:", err)
		os.Exit(1)
	}
}

func run(folders []string, path string, out io.Writer) error {
	g, err := openGuard(folders...)
	if err != nil {
		return err
	}
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
	print := json.NewEncoder(out)
	return lines.Each(in, func(ids []int32) error {
		logits, err := g.logits(context.Background(), pool, ids)
		if err != nil {
			return err
		}
		return print.Encode(logits)
	})
}
