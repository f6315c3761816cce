package eval

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/sigv4"
)

// EndpointConfig says which guardrail of which server is measured.
type EndpointConfig struct {
	URL         string // of the Bedrock runtime, "https://bedrock-runtime.us-east-1.amazonaws.com" or a Merlon
	Identifier  string // id or ARN
	Version     string // number or DRAFT
	Region      string // to sign for
	Credentials sigv4.Credentials
	Source      guardrail.Direction
	Client      *http.Client     // nil for one of its own
	Attempts    int              // calls for one row; 0 means 6
	Wait        time.Duration    // before the second attempt, doubled for each further one up to 20 s; 0 means 250 ms
	Timeout     time.Duration    // of one attempt; 0 means 60 s
	Now         func() time.Time // nil for the clock
}

// Endpoint measures a guardrail behind an endpoint, by ApplyGuardrail with everything that it looked at in the answer.
type Endpoint struct {
	config EndpointConfig
	path   string
	signer *sigv4.Signer
}

// maxAnswer is how much of an answer is read, in bytes.
const maxAnswer = 64 << 20

// NewEndpoint makes a scorer. Nothing is called yet.
func NewEndpoint(c EndpointConfig) (*Endpoint, error) {
	u, err := url.Parse(c.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("the endpoint is not the URL of a server: scheme, host and perhaps a path")
	}
	if c.Identifier == "" || c.Version == "" || c.Region == "" || c.Credentials.AccessKeyID == "" || c.Credentials.Secret.Empty() {
		return nil, errors.New("an endpoint needs a guardrail's identifier and version, a Region and credentials")
	}
	if c.Client == nil {
		c.Client = &http.Client{
			Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 64, ForceAttemptHTTP2: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, // the signature is for this host
		}
	}
	if c.Attempts == 0 {
		c.Attempts = 6
	}
	if c.Wait == 0 {
		c.Wait = 250 * time.Millisecond
	}
	if c.Timeout == 0 {
		c.Timeout = time.Minute
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Endpoint{
		config: c,
		path:   strings.TrimSuffix(c.URL, "/") + "/guardrail/" + url.PathEscape(c.Identifier) + "/version/" + url.PathEscape(c.Version) + "/apply",
		signer: &sigv4.Signer{Credentials: c.Credentials, Region: c.Region, Service: "bedrock"},
	}, nil
}

// Score applies the guardrail to a row. It tries again where the server throttles, breaks or is not reached, and then gives a Failure.
// An answer that another row will get as well, such as a refused signature, is an error of the whole run.
func (e *Endpoint) Score(ctx context.Context, row Row) (Reading, error) {
	body, err := applyBody(row, e.config.Source)
	if err != nil {
		return Reading{}, err
	}
	for attempt := 1; ; attempt++ {
		reading, again, err := e.call(ctx, body)
		if err == nil || !again || attempt >= e.config.Attempts {
			return reading, err
		}
		pause := min(e.config.Wait<<(attempt-1), 20*time.Second)
		pause = pause/2 + rand.N(pause/2+1) //nolint:gosec // spreads the attempts, hides nothing
		select {
		case <-ctx.Done():
			return Reading{}, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// call makes one attempt; again says whether another may end better.
func (e *Endpoint) call(ctx context.Context, body []byte) (_ Reading, again bool, err error) {
	timed, cancel := context.WithTimeout(ctx, e.config.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(timed, http.MethodPost, e.path, bytes.NewReader(body))
	if err != nil {
		return Reading{}, false, err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json")
	e.signer.Sign(request, sigv4.HashPayload(body), e.config.Now())
	start := time.Now()
	response, err := e.config.Client.Do(request)
	var data []byte
	if err == nil {
		defer func() { _ = response.Body.Close() }() // only read
		data, err = io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	}
	took := time.Since(start)
	if ctx.Err() != nil {
		return Reading{}, false, ctx.Err()
	}
	if err != nil {
		return Reading{}, true, &Failure{Code: "ConnectionError", Err: err}
	}
	if response.StatusCode != http.StatusOK {
		return e.refused(response, data)
	}
	reading, err := readApplied(data)
	if err != nil {
		return Reading{}, false, &Failure{Code: "UnreadableAnswer", Err: err}
	}
	reading.Took = took
	return reading, false, nil
}

// refused reads an error.
func (e *Endpoint) refused(response *http.Response, data []byte) (_ Reading, again bool, err error) {
	var body struct {
		Type    string `json:"__type"`
		Message string `json:"message"`
	}
	_ = json.Unmarshal(data, &body) // what is no JSON says nothing that the status does not
	code := response.Header.Get("X-Amzn-Errortype")
	if code == "" {
		code = body.Type
	}
	code, _, _ = strings.Cut(code[strings.LastIndex(code, "#")+1:], ":")
	if code == "" {
		code = "HTTP" + strconv.Itoa(response.StatusCode)
	}
	failure := &Failure{Code: code, Err: errors.New(body.Message)}
	switch status := response.StatusCode; {
	case status == http.StatusTooManyRequests || status >= 500 || code == "ThrottlingException":
		return Reading{}, true, failure
	case status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusNotFound || status < 400:
		return Reading{}, false, fmt.Errorf("the endpoint answers %d %s: %s", status, code, body.Message)
	default:
		return Reading{}, false, failure
	}
}
