// Package openai is a provider of models behind any server that speaks OpenAI's chat completions, such as vLLM, llama.cpp, Ollama and LM Studio.
package openai

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/provider/remote"
	"merlon.dev/merlon/internal/secret"
)

// Config sets a Provider up. A zero field means its default.
type Config struct {
	// BaseURL is what "/chat/completions" is added to: "http://127.0.0.1:8000/v1". Needed.
	BaseURL string
	// Model is the model's name at the server. Needed.
	Model string
	// Key is sent as a bearer token; empty sends none.
	Key secret.String
	// Calls bounds the calls.
	Calls remote.Config
	// Tokenize says how the server counts tokens. Default: it does not.
	Tokenize Tokenize
}

// Tokenize is a way to count tokens that OpenAI's API does not have. It is asked at the root of the server, beside the folder of BaseURL.
type Tokenize string

// The ways.
const (
	NoTokenize    Tokenize = ""
	VLLMTokenize  Tokenize = "vllm"      // POST /tokenize takes messages
	LlamaTokenize Tokenize = "llama.cpp" // POST /apply-template makes a prompt of messages, POST /tokenize takes text
)

// Valid reports whether t is one of the ways.
func (t Tokenize) Valid() bool { return t == NoTokenize || t == VLLMTokenize || t == LlamaTokenize }

// Provider calls one model of one server. It is safe for concurrent use.
type Provider struct {
	config   Config
	endpoint string
	root     string // of the server, without a slash at its end
	caller   *remote.Caller
}

var _ model.Provider = (*Provider)(nil)

// New makes a provider; it fails where the configuration cannot be one. It does not call the server.
func New(c Config) (*Provider, error) {
	base, err := url.Parse(c.BaseURL)
	switch {
	case err != nil:
		return nil, fmt.Errorf("base URL: %w", err)
	case base.Scheme != "http" && base.Scheme != "https" || base.Host == "":
		return nil, fmt.Errorf("base URL %q is not http://HOST or https://HOST", c.BaseURL)
	case base.User != nil || base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("base URL: user, query and fragment are not taken")
	case c.Model == "":
		return nil, errors.New("no upstream model")
	case !c.Tokenize.Valid():
		return nil, fmt.Errorf("no way to tokenize is called %q", c.Tokenize)
	}
	folder := strings.TrimSuffix(base.String(), "/")
	return &Provider{
		config: c, endpoint: folder + "/chat/completions", root: strings.TrimSuffix(folder, "/v1"), caller: remote.New(c.Calls),
	}, nil
}

// Close gives back the idle connections. Calls that are open go on.
func (p *Provider) Close() { p.caller.Close() }
