package guardmodel

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
	"merlon.dev/merlon/internal/nn/token"
)

// The files of a model folder. SumsFile lists the SHA-256 of the others, as the tool sha256sum prints them.
const (
	SumsFile        = "SHA256SUMS"
	configFile      = "config.json"
	weightsFile     = "model.safetensors"
	tokenizerFile   = "tokenizer.json" //nolint:gosec // the name of a file, no credential
	calibrationFile = "calibration.json"
)

func modelFiles() []string { return []string{calibrationFile, configFile, weightsFile, tokenizerFile} }

// ErrAbsent says that a folder holds no model: not one of its files.
var ErrAbsent = errors.New("the folder holds no guard model")

// Load reads a model folder: config.json of the encoder, model.safetensors with its weights and the heads head.content and head.attack,
// tokenizer.json, calibration.json and SHA256SUMS. A folder without any of them gives ErrAbsent. One that has some of them, or bytes that
// the sums do not vouch for, or parts that do not fit together, is an error: it is never read as far as it goes.
func Load(folder fs.FS, o Options) (*Model, error) {
	if absent(folder) {
		return nil, ErrAbsent
	}
	m, err := load(folder, o)
	if err != nil {
		return nil, fmt.Errorf("load guard model: %w", err)
	}
	return m, nil
}

func absent(folder fs.FS) bool {
	for _, name := range append(modelFiles(), SumsFile) {
		if _, err := fs.Stat(folder, name); !errors.Is(err, fs.ErrNotExist) {
			return false
		}
	}
	return true
}

func load(folder fs.FS, o Options) (*Model, error) {
	if err := checkSums(folder); err != nil {
		return nil, err
	}
	m := &Model{}
	text, err := fs.ReadFile(folder, calibrationFile)
	if err != nil {
		return nil, err
	}
	if m.calibration, err = parseCalibration(text); err != nil {
		return nil, err
	}
	if text, err = fs.ReadFile(folder, tokenizerFile); err != nil {
		return nil, err
	}
	// The caller's text must not be able to hold the model's own marks.
	if m.tokens, err = token.Load(text, token.Options{SpecialAsText: true}); err != nil {
		return nil, err
	}
	if text, err = fs.ReadFile(folder, configFile); err != nil {
		return nil, err
	}
	config, err := encoder.ParseConfig(text)
	if err != nil {
		return nil, err
	}
	if err := m.loadWeights(folder, config, o.Set); err != nil {
		return nil, err
	}
	var frame token.Encoding
	if err := m.tokens.Encode(&frame, ""); err != nil {
		return nil, err
	}
	m.frame = frame.Len()
	if m.tokens.Len() > m.encoder.Vocabulary() || m.encoder.MaxTokens() < MaxTokens || m.frame >= overlap {
		return nil, fmt.Errorf("a tokenizer of %d pieces with a frame of %d does not fit an encoder for %d pieces and %d tokens",
			m.tokens.Len(), m.frame, m.encoder.Vocabulary(), m.encoder.MaxTokens())
	}
	return m, m.run(o.Workers)
}

func (m *Model) loadWeights(folder fs.FS, config encoder.Config, set kernel.Set) (err error) {
	f, err := folder.Open(weightsFile)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	info, err := f.Stat()
	if err != nil {
		return err
	}
	at, ok := f.(io.ReaderAt)
	if !ok {
		return fmt.Errorf("%s cannot be read from any place", weightsFile)
	}
	weights, err := safetensors.Read(at, info.Size())
	if err != nil {
		return fmt.Errorf("read weights: %w", err)
	}
	if m.encoder, err = encoder.Load(weights, config, encoder.Options{Set: set}); err != nil {
		return err
	}
	return m.loadHeads(weights)
}

// loadHeads puts the heads into one matrix.
func (m *Model) loadHeads(weights *safetensors.File) error {
	hidden := m.encoder.Hidden()
	m.head = kernel.Of(make([]float32, int(labels)*hidden), int(labels), hidden)
	for name, rows := range map[string][2]int{"head.content": {0, contentLabels}, "head.attack": {contentLabels, int(labels)}} {
		weight, err := weights.Float32s(name + ".weight")
		if err != nil {
			return err
		}
		bias, err := weights.Float32s(name + ".bias")
		if err != nil {
			return err
		}
		if n := rows[1] - rows[0]; len(weight) != n*hidden || len(bias) != n {
			return fmt.Errorf("%s has %d weights and %d biases, not %d and %d", name, len(weight), len(bias), n*hidden, n)
		}
		copy(m.head.Slice(rows[0], rows[1]).Data, weight)
		copy(m.bias[rows[0]:rows[1]], bias)
	}
	return nil
}

// checkSums holds every file against its sum.
func checkSums(folder fs.FS) error {
	text, err := fs.ReadFile(folder, SumsFile)
	if err != nil {
		return err
	}
	sums := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		sum, name, ok := strings.Cut(lines.Text(), " ")
		if name = strings.TrimLeft(name, " *"); !ok || sums[name] != "" {
			return fmt.Errorf("%s: a line is not a sum and a file, or names one twice", SumsFile)
		}
		sums[name] = sum
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read %s: %w", SumsFile, err)
	}
	for _, name := range modelFiles() {
		f, err := folder.Open(name)
		if err != nil {
			return err
		}
		h := sha256.New()
		_, err = io.Copy(h, f)
		_ = f.Close() // only read
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		if got := hex.EncodeToString(h.Sum(nil)); got != sums[name] {
			return fmt.Errorf("%s has SHA-256 %s, but %s says %q", name, got, SumsFile, sums[name])
		}
	}
	return nil
}
