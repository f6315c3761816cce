// Package nn holds what every model of the engine is built from: matrices, scratch memory, workers and linear layers.
//
// The kernels are in nn/kernel, weight files in nn/safetensors, tokenizers in nn/token, and models in packages of
// their own such as nn/encoder. A model is immutable and shared; a call brings its scratch memory (Arena) and its
// share of the machine (Crew), so that a call allocates nothing once its arena has grown.
package nn

import "merlon.dev/merlon/internal/nn/kernel"

// Matrix is the kernels' matrix.
type Matrix = kernel.Matrix
