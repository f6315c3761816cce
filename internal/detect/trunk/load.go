package trunk

import (
	"fmt"
	"io/fs"

	"merlon.dev/merlon/internal/nn/encoder"
	"merlon.dev/merlon/internal/nn/kernel"
	"merlon.dev/merlon/internal/nn/safetensors"
	"merlon.dev/merlon/internal/nn/token"
)

const (
	configFile    = "config.json"
	tokenizerFile = "tokenizer.json"
)

// Load reads a trunk's folder: config.json of the whole encoder, tokenizer.json, model.safetensors with the embeddings and the lower
// layers, and SHA256SUMS. One without sums and weights gives ErrAbsent. Files that the sums do not vouch for, or that do not fit together,
// are an error: a folder is never read as far as it goes.
func Load(folder fs.FS, o Options) (*Trunk, error) {
	t := &Trunk{set: o.Set}
	if t.set == (kernel.Set{}) {
		t.set = kernel.Best()
	}
	err := Weights(folder, []string{configFile, tokenizerFile}, func(weights *safetensors.File) error { return t.load(folder, weights) })
	if err != nil {
		return nil, fmt.Errorf("load trunk: %w", err)
	}
	if err := t.run(o.Workers); err != nil {
		return nil, fmt.Errorf("run trunk: %w", err)
	}
	return t, nil
}

func (t *Trunk) load(folder fs.FS, weights *safetensors.File) error {
	text, err := fs.ReadFile(folder, tokenizerFile)
	if err != nil {
		return err
	}
	// The caller's text must not be able to hold the model's own marks.
	if t.tokens, err = token.Load(text, token.Options{SpecialAsText: true}); err != nil {
		return err
	}
	if text, err = fs.ReadFile(folder, configFile); err != nil {
		return err
	}
	if t.config, err = encoder.ParseConfig(text); err != nil {
		return err
	}
	if t.encoder, err = encoder.Load(weights, t.config, encoder.Options{Set: t.set}); err != nil {
		return err
	}
	var frame token.Encoding
	if err := t.tokens.Encode(&frame, ""); err != nil {
		return err
	}
	t.frame = frame.Len()
	if t.tokens.Len() > t.encoder.Vocabulary() || t.encoder.MaxTokens() < MaxTokens || t.frame >= overlap {
		return fmt.Errorf("a tokenizer of %d pieces with a frame of %d does not fit an encoder for %d pieces and %d tokens",
			t.tokens.Len(), t.frame, t.encoder.Vocabulary(), t.encoder.MaxTokens())
	}
	return nil
}
