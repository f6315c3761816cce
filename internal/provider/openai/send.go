package openai

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"merlon.dev/merlon/internal/fault"
)

// errLate is the cause of a call that took too long.
var errLate = errors.New("the model's server was late")

// answer is the body of a successful response. It has to be closed. It fails with errLate when the server pauses too long.
type answer struct {
	body   io.ReadCloser
	ended  func() error // why the call's context ended; nil while it goes on
	cancel context.CancelCauseFunc
	timer  *time.Timer
	stall  time.Duration
	free   func()
}

// Read reads on. The server's time runs while somebody waits for it: a reader may be as slow as it likes.
func (a *answer) Read(p []byte) (int, error) {
	a.timer.Reset(a.stall)
	n, err := a.body.Read(p)
	a.timer.Stop()
	if err != nil && !errors.Is(err, io.EOF) {
		if cause := a.ended(); cause != nil {
			err = cause
		}
	}
	return n, err
}

// Close frees the model, whether the answer was read to its end or not.
func (a *answer) Close() {
	a.timer.Stop()
	a.cancel(context.Canceled)
	_ = a.body.Close() // nothing is written
	a.free()
}

// send gives the answer to a request. It tries again, with growing pauses, while the server is too busy, broken or away; once an answer has
// begun nothing is tried again.
func (p *Provider) send(ctx context.Context, endpoint string, body []byte) (*answer, error) {
	free, err := p.slot(ctx)
	if err != nil {
		return nil, err
	}
	pause := p.config.Backoff
	for attempt := 1; ; attempt++ {
		a, after, err := p.try(ctx, endpoint, body)
		if err == nil {
			a.free = free
			return a, nil
		}
		if after < 0 || attempt >= p.config.Attempts || ctx.Err() != nil {
			free()
			return nil, err
		}
		if after == 0 {
			after = pause/2 + rand.N(pause/2+1) //nolint:gosec // spreads attempts, guards nothing
			pause = min(2*pause, 5*time.Second)
		}
		select {
		case <-time.After(min(after, 5*time.Second)):
		case <-ctx.Done():
			free()
			return nil, ctx.Err()
		}
	}
}

// slot waits for one of the calls that may be open; free gives it back.
func (p *Provider) slot(ctx context.Context) (free func(), err error) {
	if p.slots == nil {
		return func() {}, nil
	}
	select {
	case p.slots <- struct{}{}:
		return func() { <-p.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// try makes one attempt. after says when the next one makes sense: in a negative time never, in 0 whenever the caller likes.
func (p *Provider) try(ctx context.Context, endpoint string, body []byte) (_ *answer, after time.Duration, err error) {
	call, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(p.config.Wait, func() { cancel(errLate) })
	done := func() {
		timer.Stop()
		cancel(context.Canceled)
	}
	request, err := http.NewRequestWithContext(call, http.MethodPost, endpoint, bytes.NewReader(body))
	if err != nil {
		done()
		return nil, -1, err
	}
	request.Header.Set("Content-Type", "application/json")
	if !p.config.Key.Empty() {
		request.Header.Set("Authorization", "Bearer "+p.config.Key.Reveal())
	}
	response, err := p.client.Do(request)
	if err != nil {
		defer done()
		switch {
		case ctx.Err() != nil:
			return nil, -1, ctx.Err()
		case errors.Is(context.Cause(call), errLate):
			return nil, -1, lateFault(err)
		default:
			return nil, 0, fault.Wrap(err, fault.Unavailable, "The model cannot be reached.")
		}
	}
	if response.StatusCode == http.StatusOK {
		timer.Stop()
		return &answer{body: response.Body, ended: func() error { return context.Cause(call) }, cancel: cancel, timer: timer, stall: p.config.Stall}, 0, nil
	}
	defer done()
	defer response.Body.Close()
	return refused(response)
}

// refused turns a failed response into a fault. The server's own words stay out of it: they may quote the prompt.
func refused(response *http.Response) (_ *answer, after time.Duration, err error) {
	data, _ := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	cause := errors.New("the model's server answered " + response.Status)
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds > 0 {
		after = time.Duration(min(seconds, 60)) * time.Second
	}
	switch status := response.StatusCode; {
	case status == http.StatusTooManyRequests:
		return nil, after, fault.Wrap(cause, fault.Throttled, "Too many requests, please wait before trying again.")
	case status == http.StatusRequestTimeout || status == http.StatusGatewayTimeout:
		return nil, -1, lateFault(cause)
	case status == http.StatusBadGateway || status == http.StatusServiceUnavailable:
		return nil, after, fault.Wrap(cause, fault.Unavailable, "The model is not available at the moment.")
	case status >= 500:
		return nil, after, fault.Wrap(cause, fault.Upstream, "The model failed to process the request.")
	case status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusNotFound || status < 400:
		return nil, -1, fault.Wrap(cause, fault.Unavailable, "The model is not set up correctly at its server.")
	case tooLong(data):
		return nil, -1, fault.Wrap(cause, fault.Invalid, "Input is too long for requested model.")
	default:
		return nil, -1, fault.Wrap(cause, fault.Invalid, "The model refuses the request as malformed.")
	}
}

// tooLong reports whether a refusal is about the length of the input. Servers agree on no code for that.
func tooLong(data []byte) bool {
	var refusal struct {
		Error struct {
			Code    any    `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
		Message string `json:"message"`
	}
	if json.Unmarshal(data, &refusal) != nil {
		return false
	}
	message := strings.ToLower(refusal.Error.Message + " " + refusal.Message)
	return refusal.Error.Code == "context_length_exceeded" || strings.Contains(message, "context length") || strings.Contains(message, "context size") ||
		strings.Contains(message, "maximum context")
}

func lateFault(cause error) error {
	return fault.Wrap(cause, fault.Timeout, "The model timed out.")
}
