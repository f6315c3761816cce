// Package remote sends the requests of providers to model servers: in several attempts, a bounded number at a time, each with its limits of time.
package remote

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"merlon.dev/merlon/internal/fault"
)

// Config sets a Caller up. A zero field means its default.
type Config struct {
	// Attempts is how often a call is tried in all while nothing of an answer has arrived. Default 3.
	Attempts int
	// Backoff is the pause before the second attempt; it doubles with each further one, up to 5 s. Default 200 ms.
	Backoff time.Duration
	// Wait is how long the server may take to begin an answer, for each attempt. Default 2 min.
	Wait time.Duration
	// Stall is how long the server may pause inside an answer. Default 30 s.
	Stall time.Duration
	// Parallel is how many calls are open at a time; further ones wait. Default: as many as come.
	Parallel int
}

// Caller sends requests. It is safe for concurrent use.
type Caller struct {
	config Config
	client *http.Client
	slots  chan struct{} // nil where calls are not limited
}

// New makes a caller.
func New(c Config) *Caller {
	if c.Attempts <= 0 {
		c.Attempts = 3
	}
	for _, d := range []struct {
		field    *time.Duration
		fallback time.Duration
	}{{&c.Backoff, 200 * time.Millisecond}, {&c.Wait, 2 * time.Minute}, {&c.Stall, 30 * time.Second}} {
		if *d.field <= 0 {
			*d.field = d.fallback
		}
	}
	caller := &Caller{config: c}
	if c.Parallel > 0 {
		caller.slots = make(chan struct{}, c.Parallel)
	}
	caller.client = &http.Client{
		Transport: &http.Transport{
			DialContext:         (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			TLSHandshakeTimeout: 5 * time.Second,
			MaxIdleConnsPerHost: 64,
			IdleConnTimeout:     90 * time.Second,
			ForceAttemptHTTP2:   true,
		},
		// A redirect would carry the prompt and the key to somebody else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return caller
}

// Close gives back the idle connections. Calls that are open go on.
func (c *Caller) Close() { c.client.CloseIdleConnections() }

// Never is the pause before an attempt that makes no sense.
const Never time.Duration = -1

// Call is what is sent, and how what comes back in place of an answer is read.
type Call struct {
	// Request makes the request of one attempt, whose signature may hold the time.
	Request func(ctx context.Context) (*http.Request, error)
	// Refused turns a response that is no answer, with up to 64 KiB of its body, into a fault, and says when the next attempt makes sense:
	// Never, or 0 for whenever the caller likes.
	Refused func(response *http.Response, body []byte) (after time.Duration, err error)
}

// Send gives the answer to a request: the body of a response with status 200. It tries again, with growing pauses, while the server is too
// busy, broken or away; once an answer has begun nothing is tried again.
func (c *Caller) Send(ctx context.Context, call Call) (*Answer, error) {
	free, err := c.slot(ctx)
	if err != nil {
		return nil, err
	}
	pause := c.config.Backoff
	for attempt := 1; ; attempt++ {
		a, after, err := c.try(ctx, call)
		if err == nil {
			a.free = free
			return a, nil
		}
		if after < 0 || attempt >= c.config.Attempts || ctx.Err() != nil {
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
func (c *Caller) slot(ctx context.Context) (free func(), err error) {
	if c.slots == nil {
		return func() {}, nil
	}
	select {
	case c.slots <- struct{}{}:
		return func() { <-c.slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// try makes one attempt. after says when the next one makes sense.
func (c *Caller) try(ctx context.Context, call Call) (_ *Answer, after time.Duration, err error) {
	inner, cancel := context.WithCancelCause(ctx)
	timer := time.AfterFunc(c.config.Wait, func() { cancel(errLate) })
	done := func() {
		timer.Stop()
		cancel(context.Canceled)
	}
	request, err := call.Request(inner)
	if err != nil {
		done()
		return nil, Never, err
	}
	response, err := c.client.Do(request)
	if err != nil {
		defer done()
		switch {
		case ctx.Err() != nil:
			return nil, Never, ctx.Err()
		case errors.Is(context.Cause(inner), errLate):
			return nil, Never, Late(err)
		default:
			return nil, 0, fault.Wrap(err, fault.Unavailable, "The model cannot be reached.")
		}
	}
	if response.StatusCode == http.StatusOK {
		timer.Stop()
		return &Answer{Header: response.Header, body: response.Body, ctx: ctx, ended: func() error { return context.Cause(inner) }, cancel: cancel, timer: timer, stall: c.config.Stall}, 0, nil
	}
	defer done()
	defer response.Body.Close()
	body, _ := io.ReadAll(io.LimitReader(response.Body, 64<<10)) // what is there says enough
	after, err = call.Refused(response, body)
	return nil, after, err
}
