package guardmodel

import (
	"errors"
	"runtime"
	"sync"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/token"
)

// Options says how a model runs. The zero value is what a server wants.
type Options struct {
	Workers int        // cores that compute at a time, for all calls together; 0 means runtime.GOMAXPROCS
	Set     kernel.Set // kernels to run on; the zero Set stands for kernel.Best
}

// Model is a loaded guard model. It is immutable and safe for concurrent use; Close ends it.
type Model struct {
	tokens      *token.Tokenizer
	frame       int // tokens that frame a window
	encoder     *encoder.Encoder
	head        nn.Matrix // labels x hidden
	bias        [labels]float32
	calibration calibration

	workers *nn.Pool
	lanes   chan *lane // idle ones; there are as many as workers
	scratch sync.Pool  // of *token.Encoding
}

// lane is what one pass at a time needs.
type lane struct {
	session *encoder.Session
	batch   encoder.Batch
	framed  token.Encoding
	mean    []float32
}

// run makes a model that was loaded ready for calls.
func (m *Model) run(workers int) (err error) {
	if workers <= 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	if m.workers, err = nn.NewPool(workers); err != nil {
		return err
	}
	m.lanes = make(chan *lane, workers)
	for range workers {
		m.lanes <- &lane{session: m.encoder.NewSession(), mean: make([]float32, m.encoder.Hidden())}
	}
	m.scratch.New = func() any { return new(token.Encoding) }
	return nil
}

// ErrClosed is what reading with a closed model gives.
var ErrClosed = errors.New("the guard model is closed")

// Close waits for the passes under way and ends the workers. It may be called once; reading afterwards gives ErrClosed.
func (m *Model) Close() {
	for range cap(m.lanes) {
		<-m.lanes
	}
	close(m.lanes)
	m.workers.Close()
}

// Confidence gives the confidence of a score. It means the same for every label.
func (m *Model) Confidence(score float64) detect.Confidence { return m.calibration.confidence(score) }
