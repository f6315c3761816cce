package root

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/secret"
)

const (
	// transitTime is the longest that a start waits for one answer.
	transitTime = 10 * time.Second
	// transitAnswer is the largest answer that is read, in bytes; a wrapped keyset is a few kilobytes.
	transitAnswer = 1 << 20
)

// TransitConfig names a key in the transit engine of an OpenBao or HashiCorp Vault server.
type TransitConfig struct {
	// Address is the server's URL, "https://bao.example:8200". Plain http is only taken for loopback addresses.
	Address string
	// Mount is the path of the engine. Default "transit".
	Mount string
	// Key is the key's name; it must exist.
	Key string
	// TokenFile holds a token that may encrypt and decrypt with the key. It is read for each call, so that an agent can renew it.
	TokenFile string
	// Client makes the calls. Default: one with a time-out that follows no redirects, which would carry the token elsewhere.
	Client *http.Client
}

// Transit is a key that never leaves its server: whoever takes the data folder and the token away loses both when the token is revoked.
type Transit struct {
	config TransitConfig
	base   string
}

var _ envelope.Root = (*Transit)(nil)

// NewTransit checks the configuration. It asks nobody yet.
func NewTransit(c TransitConfig) (*Transit, error) {
	if c.Mount == "" {
		c.Mount = "transit"
	}
	address, err := url.Parse(c.Address)
	switch {
	case err != nil || address.Host == "" || address.User != nil:
		return nil, errors.New("transit: the address is not a URL of a server")
	case address.Scheme != "https" && (address.Scheme != "http" || !loopback(address.Hostname())):
		return nil, errors.New("transit: the address must begin with https://, except on loopback")
	case c.Key == "" || strings.ContainsAny(c.Key, "/?#") || strings.ContainsAny(c.Mount, "?#"):
		return nil, errors.New("transit: the names of mount and key must be plain paths")
	case c.TokenFile == "":
		return nil, errors.New("transit: no token file")
	}
	if c.Client == nil {
		c.Client = &http.Client{Timeout: transitTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	}
	return &Transit{config: c, base: strings.TrimSuffix(c.Address, "/") + "/v1/" + strings.Trim(c.Mount, "/")}, nil
}

func loopback(host string) bool {
	return host == "localhost" || host == "::1" || strings.HasPrefix(host, "127.")
}

// Name gives the address and key.
func (t *Transit) Name() string { return "transit:" + t.base + "/" + t.config.Key }

// Wrap implements envelope.Root.
func (t *Transit) Wrap(ctx context.Context, plaintext []byte) ([]byte, error) {
	answer, err := t.call(ctx, "encrypt", transitText{Plaintext: base64.StdEncoding.EncodeToString(plaintext)})
	if err != nil {
		return nil, err
	}
	if answer.Ciphertext == "" {
		return nil, errors.New("transit: the server answered without a ciphertext")
	}
	return []byte(answer.Ciphertext), nil
}

// Unwrap implements envelope.Root.
func (t *Transit) Unwrap(ctx context.Context, wrapped []byte) ([]byte, error) {
	answer, err := t.call(ctx, "decrypt", transitText{Ciphertext: string(wrapped)})
	if err != nil {
		return nil, err
	}
	plaintext, err := base64.StdEncoding.DecodeString(answer.Plaintext)
	if err != nil || len(plaintext) == 0 {
		return nil, errors.New("transit: the server answered without a plaintext")
	}
	return plaintext, nil
}

// transitText is the body of requests, and of answers inside "data".
type transitText struct {
	Plaintext  string `json:"plaintext,omitempty"`
	Ciphertext string `json:"ciphertext,omitempty"`
}

func (t *Transit) call(ctx context.Context, action string, in transitText) (transitText, error) {
	token, err := readSecret(t.config.TokenFile)
	if err != nil {
		return transitText{}, err
	}
	key := secret.New(strings.TrimSpace(string(token)))
	envelope.Zero(token)
	body, err := json.Marshal(in)
	if err != nil {
		return transitText{}, fmt.Errorf("transit: encode request: %w", err)
	}
	defer envelope.Zero(body)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.base+"/"+action+"/"+url.PathEscape(t.config.Key), bytes.NewReader(body))
	if err != nil {
		return transitText{}, fmt.Errorf("transit: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Vault-Request", "true")
	r.Header.Set("X-Vault-Token", key.Reveal())
	response, err := t.config.Client.Do(r)
	if err != nil {
		return transitText{}, fmt.Errorf("transit: ask the server: %w", err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, transitAnswer))
	if err != nil {
		return transitText{}, fmt.Errorf("transit: read answer: %w", err)
	}
	defer envelope.Zero(text)
	return transitResult(action, response.StatusCode, text)
}

// transitResult reads an answer. The server's own texts stay out of errors where they could quote what was sent.
func transitResult(action string, status int, text []byte) (transitText, error) {
	switch {
	case status == http.StatusOK:
	case status == http.StatusBadRequest && action == "decrypt":
		return transitText{}, envelope.ErrOpen
	case status == http.StatusForbidden:
		return transitText{}, fmt.Errorf("transit: the token may not %s with the key", action)
	case status == http.StatusNotFound:
		return transitText{}, errors.New("transit: there is no such key or mount")
	case status == http.StatusServiceUnavailable:
		return transitText{}, errors.New("transit: the server is sealed or in standby")
	default:
		return transitText{}, fmt.Errorf("transit: the server answered %d", status)
	}
	var answer struct {
		Data transitText `json:"data"`
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return transitText{}, errors.New("transit: the server's answer is no JSON")
	}
	return answer.Data, nil
}
