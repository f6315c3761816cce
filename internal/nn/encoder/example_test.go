package encoder_test

import (
	"context"
	"fmt"
	"os"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// A server loads the model once, shares one pool, and keeps a session for each call that may run at a time.
func Example() {
	text, err := os.ReadFile("testdata/bert.json")
	if err != nil {
		panic(err)
	}
	config, err := encoder.ParseConfig(text)
	if err != nil {
		panic(err)
	}
	file, err := os.Open("testdata/bert.safetensors")
	if err != nil {
		panic(err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		panic(err)
	}
	weights, err := safetensors.Read(file, info.Size())
	if err != nil {
		panic(err)
	}
	model, err := encoder.Load(weights, config, encoder.Options{Int8: true})
	if err != nil {
		panic(err)
	}
	pool, err := nn.NewPool(2)
	if err != nil {
		panic(err)
	}
	defer pool.Close()

	session := model.NewSession()
	var batch encoder.Batch
	batch.Add([]int32{1, 17, 42, 2}, nil)
	batch.Add([]int32{1, 5, 2}, nil)
	out, err := session.Forward(context.Background(), pool, &batch)
	if err != nil {
		panic(err)
	}
	embedding := make([]float32, model.Hidden())
	for i := range out.Len() {
		out.Mean(embedding, i)
		encoder.Normalise(embedding)
		fmt.Println(out.Sequence(i).Rows, "tokens,", len(embedding), "values")
	}
	// Output:
	// 4 tokens, 48 values
	// 3 tokens, 48 values
}
