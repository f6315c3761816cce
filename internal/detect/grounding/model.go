package grounding

import (
	"fmt"
	"io/fs"

	"merlon.dev/merlon/internal/detect/trunk"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/safetensors"
)

const (
	calibrationFile = "calibration.json"
	joint           = 3 // windows of a source that are seen together
)

// Model is a loaded grounding model. It is immutable and safe for concurrent use, until its trunk is closed.
type Model struct {
	trunk         *trunk.Trunk
	tower         *trunk.Tower
	segment       nn.Matrix // what is added to the rows of the source, of the query and of the response
	sourceMark    nn.Matrix // and for the marks of words against the source
	queryMark     nn.Matrix // and against the query, or the query's against the response
	comparer      comparer
	middle, logit trunk.Head // two layers over the mean and the largest of a sentence's rows and its features
	width         int        // of middle's output
	calibration   calibration
}

// The rows of segment.
const (
	ofSource = iota
	ofQuery
	ofResponse
	segments
)

// Load reads the model's folder: model.safetensors with the layers above the trunk, the tables segment, source_mark and query_mark, what
// compares tokens and the head; calibration.json and SHA256SUMS. A folder without sums and weights gives trunk.ErrAbsent. Bytes that the
// sums do not vouch for and parts that do not fit together are an error.
func Load(t *trunk.Trunk, folder fs.FS) (*Model, error) {
	m := &Model{trunk: t}
	var err error
	if m.tower, err = t.Tower(folder, []string{calibrationFile}, m.loadHeads); err != nil {
		return nil, fmt.Errorf("load grounding model: %w", err)
	}
	text, err := fs.ReadFile(folder, calibrationFile)
	if err != nil {
		return nil, fmt.Errorf("load grounding model: %w", err)
	}
	if m.calibration, err = parseCalibration(text); err != nil {
		return nil, fmt.Errorf("load grounding model: %w", err)
	}
	return m, nil
}

func (m *Model) loadHeads(weights *safetensors.File) (err error) {
	hidden := m.trunk.Hidden()
	for name, table := range map[string]struct {
		to   *nn.Matrix
		rows int
	}{"segment": {&m.segment, segments}, "source_mark": {&m.sourceMark, int(markKinds)}, "query_mark": {&m.queryMark, int(markKinds)}} {
		v, err := weights.Float32s(name + ".weight")
		if err != nil {
			return err
		}
		if len(v) != table.rows*hidden {
			return fmt.Errorf("%s has %d weights, not %d rows of %d", name, len(v), table.rows, hidden)
		}
		*table.to = nn.Matrix{Data: v, Rows: table.rows, Cols: hidden, Stride: hidden}
	}
	if m.comparer, err = loadComparer(weights, m.trunk.Set(), hidden); err != nil {
		return err
	}
	bias, err := weights.Float32s("head.middle.bias")
	if err != nil {
		return err
	}
	m.width = len(bias)
	if m.middle, err = trunk.ReadHead(weights, "head.middle", m.width, 2*hidden+features); err != nil {
		return err
	}
	m.logit, err = trunk.ReadHead(weights, "head.logit", 1, m.width)
	return err
}
