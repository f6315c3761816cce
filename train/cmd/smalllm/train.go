package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/decoder"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
	"merlon.dev/merlon/internal/nn/train"
)

// The shape of the model and how it learns.
const (
	vocabularySize = 8192
	contextTokens  = 512
	layers         = 4

	lastFrom  = 0.45 // from here on the last stream is drawn from
	lastShare = 0.8  // and how often

	batchTokens = 2048 // at first; half of it from lastFrom on
	peakRate    = 1.5e-3
	warmUp      = 60              // steps
	saved       = 4 * time.Minute // between two checkpoints
	seed        = 1
)

// shape is the model's configuration.
func shape() decoder.Config {
	tied := true
	return decoder.Config{
		Family: "llama", Hidden: 256, Inner: 704, Layers: layers, Heads: 4, KeyHeads: 2, HeadWidth: 64, Vocabulary: vocabularySize, MaxTokens: contextTokens,
		Eps: 1e-5, Tied: &tied, Rope: decoder.Rope{Theta: 10000, Kind: "default"},
	}
}

// begin gives random weights for a name: of deviation 0.02, and less for layers that add to the stream.
func begin() func(name string, shape ...int) ([]float32, error) {
	r := rand.New(rand.NewPCG(seed, 1))
	return func(name string, shape ...int) ([]float32, error) {
		w := make([]float32, safetensors.Tensor{Shape: shape}.Len())
		deviation := 0.02
		if strings.Contains(name, "o_proj") || strings.Contains(name, "down_proj") {
			deviation /= math.Sqrt(2 * layers)
		}
		for i := range w {
			w[i] = float32(r.NormFloat64() * deviation)
			if len(shape) == 1 {
				w[i] = 1
			}
		}
		return w, nil
	}
}

// progress is how far a run is; with weights and moments it makes the run go on.
type progress struct {
	Steps   int           `json:"steps"`
	Tokens  int           `json:"tokens"`
	Elapsed time.Duration `json:"elapsed_ns"`
	Texts   int           `json:"texts"` // drawn of each stream
	Chats   int           `json:"chats"`
	Last    int           `json:"last"`
}

// run is training under way.
type run struct {
	progress
	dir       string
	model     *train.Decoder
	optimiser train.AdamW
	crew      *nn.Crew
	data      *data
}

func trainModel(dir string, length time.Duration, workers int) error {
	d, err := load(dir)
	if err != nil {
		return err
	}
	pool, err := nn.NewPool(workers)
	if err != nil {
		return err
	}
	defer pool.Close()
	crew, err := pool.Enter(context.Background())
	if err != nil {
		return err
	}
	defer crew.Leave()
	r := &run{dir: dir, data: d, crew: crew, optimiser: train.AdamW{Beta1: 0.9, Beta2: 0.98, Eps: 1e-8, Decay: 0.1, Clip: 1}}
	if err := r.open(); err != nil {
		return err
	}
	fmt.Printf("%d texts, %d conversations, %d and %d held out\n", len(d.texts.of), len(d.chats.of), len(d.heldTexts), len(d.heldChats))
	last, shown, loss, judged := time.Now(), 0, 0.0, 0
	saving := r.Elapsed
	for r.Elapsed < length {
		sum, n := r.step(float64(r.Elapsed) / float64(length))
		loss, judged = loss+sum, judged+n
		now := time.Now()
		r.Elapsed += now.Sub(last)
		last = now
		if shown++; shown == 25 {
			fmt.Printf("%s step %d, %d tokens, loss %.3f\n", r.Elapsed.Round(time.Second), r.Steps, r.Tokens, loss/float64(judged))
			shown, loss, judged = 0, 0, 0
		}
		if r.Elapsed-saving > saved {
			saving = r.Elapsed
			if err := r.save(); err != nil {
				return err
			}
		}
	}
	if err := r.save(); err != nil {
		return err
	}
	return r.report(math.MaxInt)
}

// step learns from the next batch; done is how far the run is, from 0 to 1. It gives the sum of the losses and of how many tokens.
func (r *run) step(done float64) (float64, int) {
	var b encoder.Batch
	var follows []int32
	choose := rand.New(rand.NewPCG(seed, uint64(r.Steps)))
	size := batchTokens
	if done > lastFrom {
		size /= 2
	}
	for len(b.IDs) < size {
		var s sequence
		switch u := choose.Float64(); {
		case u < textShare(done):
			s = r.data.texts.at(r.Texts)
			r.Texts++
		case done > lastFrom && u > 1-lastShare && len(r.data.last.of) > 0:
			s = r.data.last.at(r.Last)
			r.Last++
		default:
			s = r.data.chats.at(r.Chats)
			r.Chats++
		}
		b.Add(s.ids, nil)
		follows = append(follows, s.follows...)
	}
	n := 0
	for _, id := range follows {
		if id >= 0 {
			n++
		}
	}
	loss := r.model.Learn(r.crew, &b, follows, 1/float32(n))
	rate := peakRate * min(1, float64(r.Steps+1)/warmUp) * (1 - 0.97*done)
	r.optimiser.Step(r.crew, r.model.Params, float32(rate))
	r.Steps++
	r.Tokens += len(b.IDs)
	return loss, n
}

// textShare is how often a sequence is of a running text: texts come first, conversations last. A text is about four times as long.
func textShare(done float64) float64 { return max(0.05, 0.55*(1-1.7*done)) }

// open takes the checkpoint of the folder, or begins anew.
func (r *run) open() (err error) {
	text, err := os.ReadFile(filepath.Join(r.dir, progressFile))
	if errors.Is(err, fs.ErrNotExist) {
		r.model, err = train.NewDecoder(kernel.Set{}, shape(), begin())
		return err
	}
	if err == nil {
		err = json.Unmarshal(text, &r.progress)
	}
	if err != nil {
		return err
	}
	if r.model, err = trained(r.dir); err != nil {
		return err
	}
	moments, err := openWeights(filepath.Join(r.dir, momentsFile))
	if err != nil {
		return err
	}
	return r.optimiser.Resume(r.model.Params, moments, r.Steps)
}

// trained reads the weights of a checkpoint, or those of a packed model.
func trained(dir string) (*train.Decoder, error) {
	weights, err := openWeights(filepath.Join(dir, weightsFile))
	if err != nil {
		return nil, err
	}
	return train.NewDecoder(kernel.Set{}, shape(), func(name string, shape ...int) ([]float32, error) {
		if t, _ := weights.Tensor(name); t.DType != safetensors.I8 {
			return weights.Float32s(name)
		}
		rounded, err := weights.Int8s(name)
		if err != nil {
			return nil, err
		}
		scale, err := weights.Float32s(name + "_scale")
		out := make([]float32, len(rounded))
		for i, v := range rounded[:min(len(rounded), len(scale)*shape[1])] {
			out[i] = float32(v) * scale[i/shape[1]]
		}
		return out, err
	})
}

// save writes the checkpoint, its parts one after another under names of their own first.
func (r *run) save() error {
	text, err := json.Marshal(r.progress)
	if err != nil {
		return err
	}
	if err := writeWeights(filepath.Join(r.dir, weightsFile+".new"), r.model.Entries()); err != nil {
		return err
	}
	if err := writeWeights(filepath.Join(r.dir, momentsFile+".new"), r.optimiser.Moments(r.model.Params)); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(r.dir, progressFile+".new"), text, 0o644); err != nil {
		return err
	}
	for _, name := range []string{weightsFile, momentsFile, progressFile} {
		if err := os.Rename(filepath.Join(r.dir, name+".new"), filepath.Join(r.dir, name)); err != nil {
			return err
		}
	}
	return r.report(12)
}
