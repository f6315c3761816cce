package root

import (
	"bytes"
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"merlon.dev/merlon/internal/envelope"
	"merlon.dev/merlon/internal/secret"
)

const (
	// transitTime, transitAttempts and transitPause are the defaults of Timeout, Attempts and Pause.
	transitTime     = 10 * time.Second
	transitAttempts = 4
	transitPause    = 500 * time.Millisecond
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
	// Namespace is the namespace of the mount. Default: the root namespace.
	Namespace string
	// CAFile holds the certificates in PEM that the server's is checked with. Default: those of the machine.
	CAFile string
	// Timeout is the longest that one attempt takes. Default 10s.
	Timeout time.Duration
	// Attempts is how often a call is made in all while the server cannot be reached, is sealed, in standby or overloaded. Default 4.
	Attempts int
	// Pause is the time before the second attempt; it doubles with each. Default 500ms.
	Pause time.Duration
}

// Transit is a key that never leaves its server: whoever takes the data folder and the token away loses both when the token is revoked.
type Transit struct {
	config TransitConfig
	base   string
	client *http.Client
}

var _ envelope.Root = (*Transit)(nil)

// NewTransit checks the configuration and reads the CA file. It asks nobody yet.
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
	case c.Timeout < 0 || c.Attempts < 0 || c.Pause < 0:
		return nil, errors.New("transit: a time or a number of attempts is less than 0")
	}
	c.Timeout, c.Attempts, c.Pause = cmp.Or(c.Timeout, transitTime), cmp.Or(c.Attempts, transitAttempts), cmp.Or(c.Pause, transitPause)
	trusted, err := transitTLS(c.CAFile)
	if err != nil {
		return nil, err
	}
	client := &http.Client{
		Timeout:   c.Timeout,
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: trusted, DisableKeepAlives: true}, // a start makes one call
		// A redirect would carry the token elsewhere.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &Transit{c, strings.TrimSuffix(c.Address, "/") + "/v1/" + strings.Trim(c.Mount, "/"), client}, nil
}

// transitTLS trusts the certificates of a file, or with no file those of the machine.
func transitTLS(file string) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if file == "" {
		return c, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("transit: read CA file: %w", err)
	}
	c.RootCAs = x509.NewCertPool()
	if !c.RootCAs.AppendCertsFromPEM(text) {
		return nil, fmt.Errorf("transit: %s holds no certificate in PEM", file)
	}
	return c, nil
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

// errLater is a failure that may be over at the next attempt.
type errLater struct{ error }

// call makes a call, and makes it again while the server may come back.
func (t *Transit) call(ctx context.Context, action string, in transitText) (transitText, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return transitText{}, fmt.Errorf("transit: encode request: %w", err)
	}
	defer envelope.Zero(body)
	for attempt, pause := 1, t.config.Pause; ; attempt, pause = attempt+1, 2*pause {
		answer, err := t.ask(ctx, action, body)
		var later errLater
		if !errors.As(err, &later) {
			return answer, err
		}
		if attempt == t.config.Attempts {
			return transitText{}, fmt.Errorf("transit: after %d attempts: %w", attempt, later.error)
		}
		select {
		case <-ctx.Done():
			return transitText{}, fmt.Errorf("transit: %w", errors.Join(context.Cause(ctx), later.error))
		case <-time.After(pause):
		}
	}
}

// ask makes one attempt.
func (t *Transit) ask(ctx context.Context, action string, body []byte) (transitText, error) {
	token, err := readSecret(t.config.TokenFile)
	if err != nil {
		return transitText{}, err
	}
	key := secret.New(strings.TrimSpace(string(token)))
	envelope.Zero(token)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, t.base+"/"+action+"/"+url.PathEscape(t.config.Key), bytes.NewReader(body))
	if err != nil {
		return transitText{}, fmt.Errorf("transit: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Vault-Request", "true")
	r.Header.Set("X-Vault-Token", key.Reveal())
	if t.config.Namespace != "" {
		r.Header.Set("X-Vault-Namespace", t.config.Namespace)
	}
	response, err := t.client.Do(r)
	var untrusted *tls.CertificateVerificationError
	if errors.As(err, &untrusted) {
		return transitText{}, fmt.Errorf("transit: the server's certificate is not trusted: %w; hint: ca_file", untrusted)
	}
	if err != nil {
		return transitText{}, errLater{fmt.Errorf("ask the server: %w", err)}
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, transitAnswer))
	if err != nil {
		return transitText{}, errLater{fmt.Errorf("read answer: %w", err)}
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
		return transitText{}, errLater{errors.New("the server is sealed or in standby")}
	case status == http.StatusTooManyRequests, status == http.StatusPreconditionFailed, status >= http.StatusInternalServerError:
		// 412 is what a standby says whose state is behind.
		return transitText{}, errLater{fmt.Errorf("the server answered %d", status)}
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
