package trunk

import (
	"context"
	"fmt"
	"io/fs"

	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/safetensors"
)

// Tower is a family's own layers above the trunk. It is immutable and safe for concurrent use, until its trunk is closed.
type Tower struct {
	trunk   *Trunk
	encoder *encoder.Encoder
}

// Tower reads a family's folder: model.safetensors with its layers, numbered on from the trunk's, and its heads; SHA256SUMS; and the
// other files that the family reads itself, whose sums are checked here. Heads is given the weights, to read what is not a layer.
// A folder without sums and weights gives ErrAbsent.
func (t *Trunk) Tower(folder fs.FS, files []string, heads func(*safetensors.File) error) (*Tower, error) {
	w := &Tower{trunk: t}
	err := Weights(folder, files, func(weights *safetensors.File) (err error) {
		if w.encoder, err = encoder.LoadTower(weights, t.config, t.encoder.Layers(), encoder.Options{Set: t.set}); err != nil {
			return err
		}
		if w.encoder.Hidden() != t.Hidden() {
			return fmt.Errorf("a tower of width %d does not fit a trunk of width %d", w.encoder.Hidden(), t.Hidden())
		}
		return heads(weights)
	})
	if err != nil {
		return nil, err
	}
	return w, nil
}

// Run takes a reading through the tower and gives visit the rows of each window, in order: one row a token, those of the frame
// included. The rows are good until visit returns. It ends with the error of ctx soon after that ends.
func (w *Tower) Run(ctx context.Context, r *Reading, visit func(window int, rows encoder.Output, sequence int)) error {
	done := 0
	for _, rows := range r.rows {
		if err := w.pass(ctx, rows, func(out encoder.Output) {
			for i := range out.Len() {
				visit(done+i, out, i)
			}
		}); err != nil {
			return err
		}
		done += rows.Len()
	}
	return nil
}

// Read takes a document through the trunk and the tower. The reading is kept with the document, so that families which share a tower
// share one pass. It ends with the error of ctx soon after that ends, and fails for a text longer than token.MaxText.
func (w *Tower) Read(ctx context.Context, d *text.Document) (*Reading, error) {
	return text.Derive(ctx, d, w, func() (*Reading, error) {
		below, err := w.trunk.Read(ctx, d)
		if err != nil {
			return nil, err
		}
		r := &Reading{Windows: below.Windows}
		for _, rows := range below.rows {
			if err := w.pass(ctx, rows, func(out encoder.Output) { r.rows = append(r.rows, out.Clone()) }); err != nil {
				return nil, fmt.Errorf("run tower: %w", err)
			}
		}
		return r, nil
	})
}

func (w *Tower) pass(ctx context.Context, rows encoder.Output, use func(encoder.Output)) error {
	return w.enter(ctx, func(s *encoder.Session) (encoder.Output, error) { return s.Continue(ctx, w.trunk.workers, rows) }, use)
}

// enter runs the tower in an idle lane.
func (w *Tower) enter(ctx context.Context, run func(*encoder.Session) (encoder.Output, error), use func(encoder.Output)) error {
	l, err := w.trunk.enter(ctx)
	if err != nil {
		return err
	}
	defer func() { w.trunk.lanes <- l }()
	s := l.towers[w]
	if s == nil {
		s = w.encoder.NewSession()
		l.towers[w] = s
	}
	out, err := run(s)
	if err != nil {
		return err
	}
	use(out)
	return nil
}

// Head is a linear layer of a family: one row of weights and one bias for each of its outputs.
type Head struct {
	weight nn.Matrix
	bias   []float32
}

// ReadHead reads name.weight and name.bias of a head with so many outputs over rows of width hidden.
func ReadHead(weights *safetensors.File, name string, outputs, hidden int) (h Head, err error) {
	weight, err := weights.Float32s(name + ".weight")
	if err != nil {
		return h, err
	}
	if h.bias, err = weights.Float32s(name + ".bias"); err != nil {
		return h, err
	}
	if len(weight) != outputs*hidden || len(h.bias) != outputs {
		return h, fmt.Errorf("%s has %d weights and %d biases, not %d and %d", name, len(weight), len(h.bias), outputs*hidden, outputs)
	}
	h.weight = nn.Matrix{Data: weight, Rows: outputs, Cols: hidden, Stride: hidden}
	return h, nil
}

// Apply gives output i for a row. Each product is rounded before it is added, so that every machine adds the same.
func (h Head) Apply(row []float32, i int) float32 {
	sum := h.bias[i]
	for k, w := range h.weight.Row(i) {
		sum += float32(row[k] * w)
	}
	return sum
}
