package trunk

import (
	"context"
	"errors"
	"runtime"
	"sync"

	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/token"
)

// Options says how a trunk and its towers run. The zero value is what a server wants.
type Options struct {
	Workers int        // cores that compute at a time, for all calls together; 0 means runtime.GOMAXPROCS
	Set     kernel.Set // kernels to run on; the zero Set stands for kernel.Best
}

// Trunk is the loaded lower layers with their tokenizer. It is immutable and safe for concurrent use; Close ends it and its towers.
type Trunk struct {
	tokens  *token.Tokenizer
	frame   int // tokens that frame a window
	config  encoder.Config
	set     kernel.Set
	encoder *encoder.Encoder

	workers *nn.Pool
	lanes   chan *lane // idle ones; there are as many as workers
	scratch sync.Pool  // of *token.Encoding
}

// lane is what one pass at a time needs.
type lane struct {
	trunk  *encoder.Session
	towers map[*Tower]*encoder.Session
	batch  encoder.Batch
}

// run makes a trunk that was loaded ready for calls.
func (t *Trunk) run(workers int) (err error) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	if t.workers, err = nn.NewPool(workers); err != nil {
		return err
	}
	t.lanes = make(chan *lane, workers)
	for range workers {
		t.lanes <- &lane{trunk: t.encoder.NewSession(), towers: map[*Tower]*encoder.Session{}}
	}
	t.scratch.New = func() any { return new(token.Encoding) }
	return nil
}

// ErrClosed is what reading with a closed trunk gives.
var ErrClosed = errors.New("the model is closed")

// Close waits for the passes under way and ends the workers. It may be called once; reading afterwards gives ErrClosed.
func (t *Trunk) Close() {
	for range cap(t.lanes) {
		<-t.lanes
	}
	close(t.lanes)
	t.workers.Close()
}

// enter waits for an idle lane; the caller gives it back to t.lanes.
func (t *Trunk) enter(ctx context.Context) (*lane, error) {
	select {
	case l, open := <-t.lanes:
		if !open {
			return nil, ErrClosed
		}
		return l, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Set is the kernels that it runs on, for what families compute themselves.
func (t *Trunk) Set() kernel.Set { return t.set }

// Hidden is the width of a token's row.
func (t *Trunk) Hidden() int { return t.encoder.Hidden() }

// Tokens is the tokenizer, for families that frame sequences of their own.
func (t *Trunk) Tokens() *token.Tokenizer { return t.tokens }
