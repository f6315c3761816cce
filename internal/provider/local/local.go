// Package local is a provider of models that run in this process, from folders in Hugging Face's layout.
//
// One goroutine, the scheduler, owns the decoder's session. Each of its rounds runs one pass: the next token of every answer under way, side by side, and
// a part of the prompts that wait. A caller renders its prompt, hands it over, and reads the pieces of its answer from a channel that holds them all, so
// that a slow reader holds up nobody.
//
//	caller: conversation -> chat template -> tokens -> scheduler: wait for room -> prompt, part by part -> token by token -> pieces
package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"time"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/nn"
	"merlon.dev/merlon/internal/nn/decoder"
	"merlon.dev/merlon/internal/nn/token"
)

// Config sets a Provider up. A zero field means its default.
type Config struct {
	// Folder holds config.json, the weights, tokenizer.json and, for conversations, a chat template. Its files can be read at any place. Needed.
	Folder fs.FS
	// Pool is the workers that compute. Needed; the caller closes it after the provider.
	Pool *nn.Pool
	// Int8 quantises the weights to int8 as they are loaded.
	Int8 bool
	// Context is the longest conversation with its answer, in tokens. Default: what the model was made for, at most 8192.
	Context int
	// Parallel is how many answers are under way at a time; further calls wait. Default 16.
	Parallel int
	// Queue is how many calls wait; further ones are throttled. Default 4 times Parallel.
	Queue int
	// CacheTokens is how many tokens are kept of all answers under way together. Default: four conversations of the greatest length.
	CacheTokens int
	// MaxTokens is the length of an answer for which the caller names none. Default 512.
	MaxTokens int
	// Now is the time that a chat template may write. Default time.Now.
	Now func() time.Time
}

// Provider runs one model. It is safe for concurrent use.
type Provider struct {
	config    Config
	decoder   *decoder.Decoder
	tokenizer *token.Tokenizer
	dialogue  dialogue
	defaults  defaults
	ends      map[int32]bool // tokens that end an answer

	incoming chan *call
	stop     context.CancelFunc
	done     sync.WaitGroup
	ended    chan struct{} // closed when the scheduler has
	waiting  chan struct{} // holds one for each call that was handed over and has not ended
}

var (
	_ model.Provider     = (*Provider)(nil)
	_ model.TokenCounter = (*Provider)(nil)
)

// New loads a model and starts its scheduler, which Close ends. Whatever is wrong with the folder is an error here that names the file, and none later.
func New(c Config) (*Provider, error) {
	if c.Folder == nil || c.Pool == nil {
		return nil, errors.New("a local model needs a folder and workers")
	}
	if c.Context <= 0 {
		c.Context = 8192
	}
	d, err := decoder.LoadFS(c.Folder, decoder.Options{Int8: c.Int8, MaxTokens: c.Context})
	if err != nil {
		return nil, err
	}
	c.Context = d.Config().MaxTokens
	for _, one := range []struct {
		field    *int
		fallback int
	}{{&c.Parallel, 16}, {&c.Queue, 4 * max(c.Parallel, 16)}, {&c.CacheTokens, 4 * c.Context}, {&c.MaxTokens, 512}} {
		if *one.field <= 0 {
			*one.field = one.fallback
		}
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	c.CacheTokens = max(c.CacheTokens, c.Context)
	p := &Provider{config: c, decoder: d, ended: make(chan struct{})}
	p.incoming, p.waiting = make(chan *call, c.Parallel+c.Queue), make(chan struct{}, c.Parallel+c.Queue)
	if err := p.read(); err != nil {
		return nil, err
	}
	if n := p.tokenizer.Len(); n > d.Config().Vocabulary {
		return nil, fmt.Errorf("tokenizer.json has %d tokens, the model %d", n, d.Config().Vocabulary)
	}
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	s := &scheduler{p: p, session: d.NewSession(c.CacheTokens)}
	p.done.Go(func() {
		defer close(p.ended)
		s.run(ctx)
	})
	return p, nil
}

// Close ends the scheduler and waits for it. Calls under way end with a fault.
func (p *Provider) Close() {
	p.stop()
	p.done.Wait()
}

// errClosing is what calls get while the provider closes, and after it.
var errClosing = fault.New(fault.Unavailable, "The model is shutting down.")

// Generate gives the whole answer.
func (p *Provider) Generate(ctx context.Context, r model.Request) (model.Response, error) {
	var text []byte
	end, err := p.Stream(ctx, r, func(d model.Delta) error {
		text = append(text, d.Text...)
		return nil
	})
	if err != nil {
		return model.Response{}, err
	}
	out := model.Response{End: end}
	if len(text) > 0 {
		out.Content = []model.Block{{Text: string(text)}}
	}
	return out, nil
}

// Stream gives the answer piece by piece, in whole characters.
func (p *Provider) Stream(ctx context.Context, r model.Request, yield func(model.Delta) error) (model.End, error) {
	c, err := p.newCall(r)
	if err != nil {
		return model.End{}, err
	}
	select {
	case p.waiting <- struct{}{}:
	default:
		return model.End{}, fault.New(fault.Throttled, "Too many requests, please wait before trying again.")
	}
	var leave context.CancelFunc
	c.ctx, leave = context.WithCancel(ctx)
	defer leave()   // frees what the call holds, however it is left
	p.incoming <- c // has room for all that wait
	for {
		select {
		case piece, more := <-c.pieces:
			if !more {
				return c.end, c.err
			}
			if err := yield(model.Delta{Text: piece}); err != nil {
				return model.End{}, err
			}
		case <-ctx.Done():
			return model.End{}, ctx.Err()
		case <-p.ended:
			return model.End{}, errClosing
		}
	}
}

// CountTokens tells how many tokens the prompt of a conversation has.
func (p *Provider) CountTokens(_ context.Context, r model.Request) (int, error) {
	ids, err := p.prompt(r)
	return len(ids), err
}
