// Package train computes the gradients of encoders and decoders and takes optimiser steps, in f32 on the engine's own kernels.
//
// A Model holds the weights of an encoder with their gradients. One step of training is Forward, a loss that the caller
// computes from the output rows (CrossEntropy and Linear are here for heads), Backward, and AdamW.Step. A Decoder is a causal
// model of the Llama family: one step is Learn, which has the loss of the next token, and AdamW.Step. Results are the
// same bits for any number of workers.
package train

import (
	"math"

	"merlon.dev/merlon/internal/nn"
)

// Param is one weight tensor with its gradient.
type Param struct {
	Name  string
	Shape []int
	W, G  []float32
	// Frozen weights take no gradient and no step.
	Frozen bool

	first, second []float32 // AdamW's moments
}

// NewParam is a parameter of the given weights, which it keeps.
func NewParam(name string, shape []int, w []float32) *Param {
	return &Param{Name: name, Shape: shape, W: w, G: make([]float32, len(w))}
}

// AdamW is the optimiser of Loshchilov and Hutter (arXiv 1711.05101): Adam with weight decay apart from the gradient.
type AdamW struct {
	Beta1, Beta2 float32 // decay of the moments; usually 0.9 and 0.999
	Eps          float32 // added to the root of the second moment; usually 1e-8
	Decay        float32 // weight decay, applied to matrices and not to biases and norms; often 0.01
	Clip         float64 // largest norm of all gradients together; 0 is none

	steps int
}

// Step moves the weights against their gradients at the given learning rate, clears the gradients and returns their
// norm before clipping.
func (a *AdamW) Step(crew *nn.Crew, params []*Param, rate float32) float64 {
	var square float64
	for _, p := range params {
		if !p.Frozen {
			for _, g := range p.G {
				square += float64(g) * float64(g)
			}
		}
	}
	norm := math.Sqrt(square)
	shrink := float32(1)
	if a.Clip > 0 && norm > a.Clip {
		shrink = float32(a.Clip / norm)
	}
	a.steps++
	unbias1 := float32(1 / (1 - math.Pow(float64(a.Beta1), float64(a.steps))))
	unbias2 := float32(1 / (1 - math.Pow(float64(a.Beta2), float64(a.steps))))
	for _, p := range params {
		if p.Frozen {
			continue
		}
		if p.first == nil {
			p.first, p.second = make([]float32, len(p.W)), make([]float32, len(p.W))
		}
		decay := float32(1)
		if len(p.Shape) > 1 {
			decay = 1 - rate*a.Decay
		}
		each(crew, len(p.W), func(from, to int) {
			w, g, m, v := p.W[from:to], p.G[from:to], p.first[from:to], p.second[from:to]
			for i := range w {
				d := g[i] * shrink
				m[i] = a.Beta1*m[i] + (1-a.Beta1)*d
				v[i] = a.Beta2*v[i] + (1-a.Beta2)*d*d
				w[i] = w[i]*decay - rate*m[i]*unbias1/(float32(math.Sqrt(float64(v[i]*unbias2)))+a.Eps)
			}
			clear(g)
		})
	}
	return norm
}

// parts is a task made of a function over a range, one part of it for each worker.
type parts struct {
	n   int
	run func(part, from, to int)
}

// Work runs one part.
func (p parts) Work(part, of int) {
	from, to := p.n*part/of, p.n*(part+1)/of
	if from < to {
		p.run(part, from, to)
	}
}

// each cuts [0, n) into one range a worker.
func each(crew *nn.Crew, n int, run func(from, to int)) {
	crew.Do(parts{n, func(_, from, to int) { run(from, to) }})
}
