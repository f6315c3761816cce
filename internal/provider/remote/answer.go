package remote

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	"merlon.dev/merlon/internal/fault"
)

// maxAnswer bounds a whole answer, in bytes.
const maxAnswer = 64 << 20

// errLate is the cause of a call that took too long.
var errLate = errors.New("the model's server was late")

// Answer is the body of a successful response. It has to be closed. One goroutine reads it.
type Answer struct {
	Header http.Header

	body   io.ReadCloser
	ctx    context.Context // the caller's, of this one call: an answer that broke off is told apart by it
	ended  func() error    // why the call's context ended; nil while it goes on
	cancel context.CancelCauseFunc
	timer  *time.Timer
	stall  time.Duration
	free   func()
	failed error // the first error of a read, but for io.EOF
}

// Read reads on. The server's time runs while somebody waits for it: a reader may be as slow as it likes.
func (a *Answer) Read(p []byte) (int, error) {
	a.timer.Reset(a.stall)
	n, err := a.body.Read(p)
	a.timer.Stop()
	if err != nil && !errors.Is(err, io.EOF) {
		if cause := a.ended(); cause != nil {
			err = cause
		}
		a.failed = err
	}
	return n, err
}

// Whole reads an answer that is no stream.
func (a *Answer) Whole() ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(a, maxAnswer+1))
	switch {
	case err != nil:
		return nil, a.BrokeOff(err)
	case len(data) > maxAnswer:
		return nil, Malformed(errors.New("the answer is too long"))
	default:
		return data, nil
	}
}

// BrokeOff says why an answer could not be read to its end, in the words of a provider. A failed read says more than err, what became of it.
func (a *Answer) BrokeOff(err error) error {
	if a.failed != nil {
		err = a.failed
	}
	switch {
	case a.ctx.Err() != nil:
		return a.ctx.Err()
	case errors.Is(err, errLate):
		return Late(err)
	default:
		return fault.Wrap(err, fault.Upstream, "The model's answer broke off.")
	}
}

// Close frees the model, whether the answer was read to its end or not.
func (a *Answer) Close() {
	a.timer.Stop()
	a.cancel(context.Canceled)
	_ = a.body.Close() // nothing is written
	a.free()
}

// Malformed is the fault of an answer that cannot be understood.
func Malformed(cause error) error {
	return fault.Wrap(cause, fault.Upstream, "The model's answer is malformed.")
}

// Late is the fault of a server that did not answer in its time.
func Late(cause error) error { return fault.Wrap(cause, fault.Timeout, "The model timed out.") }

// RetryAfter gives the pause that a response asks for, at most a minute; 0 where it asks for none.
func RetryAfter(response *http.Response) time.Duration {
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds > 0 {
		return time.Duration(min(seconds, 60)) * time.Second
	}
	return 0
}

// ByStatus is the fault for a response that says no more than its status, which is where servers agree. Their own words stay out of it: they
// may quote the prompt.
func ByStatus(response *http.Response, cause error) (after time.Duration, err error) {
	after = RetryAfter(response)
	switch status := response.StatusCode; {
	case status == http.StatusTooManyRequests:
		return after, fault.Wrap(cause, fault.Throttled, "Too many requests, please wait before trying again.")
	case status == http.StatusRequestTimeout || status == http.StatusGatewayTimeout:
		return Never, Late(cause)
	case status == http.StatusBadGateway || status == http.StatusServiceUnavailable:
		return after, fault.Wrap(cause, fault.Unavailable, "The model is not available at the moment.")
	case status >= 500:
		return after, fault.Wrap(cause, fault.Upstream, "The model failed to process the request.")
	case status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusNotFound || status < 400:
		return Never, NotSetUp(cause)
	default:
		return Never, fault.Wrap(cause, fault.Invalid, "The model refuses the request as malformed.")
	}
}

// NotSetUp is the fault of a server that does not know the model, or us.
func NotSetUp(cause error) error {
	return fault.Wrap(cause, fault.Unavailable, "The model is not set up correctly at its server.")
}

// TooLong is the fault of a prompt that does not fit.
func TooLong(cause error) error {
	return fault.Wrap(cause, fault.Invalid, "Input is too long for requested model.")
}
