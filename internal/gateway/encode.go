package gateway

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"time"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
)

// encode writes the successful answer into memory.
func (g *Gateway) encode(x *exchange) error {
	if x.out == nil {
		return errors.New("the handler gave neither an answer nor an error")
	}
	return x.entry.front.protocol.EncodeResponse(&x.answer, x.entry.schema, x.out)
}

// fail replaces whatever was answered by the failure that err is.
func (g *Gateway) fail(x *exchange, err error) {
	x.err, x.failure = err, g.describe(x, err)
	if x.begun {
		g.cut(x)
		return
	}
	x.answer.reset(x.id, x.start)
	protocol := g.spoken(x)
	protocol.EncodeError(&x.answer, x.failure)
	x.answer.Header()["X-Amzn-Errortype"] = []string{x.failure.Code}
	var known *fault.Error
	if errors.As(err, &known) && known.RetryAfter > 0 {
		x.answer.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(known.RetryAfter.Seconds()))))
	}
}

// spoken is the protocol that a failure is told in. Of a request without credentials that could be read it is that of its path, where API keys
// are taken: such clients know no other.
func (g *Gateway) spoken(x *exchange) codec.Protocol {
	if x.entry != nil {
		return x.entry.front.protocol
	}
	if name := g.names[g.config.KeyService]; name != nil {
		if e, _, ok := name.paths.Find(x.r.Method, x.r.URL.EscapedPath(), x.r.URL.RawQuery, nil); ok {
			return e.front.protocol
		}
	}
	return g.fallback
}

// send gives the answer to the client, who may take it only so slowly. A stream that has begun was sent already.
func (g *Gateway) send(x *exchange) {
	if x.begun {
		return
	}
	g.drain(x)
	a := &x.answer
	if a.status == 0 {
		a.status = http.StatusOK
	}
	if a.status != http.StatusNoContent && a.status != http.StatusNotModified {
		a.Header()["Content-Length"] = []string{strconv.Itoa(len(a.body))}
	}
	x.deadline(x.controller.SetWriteDeadline, time.Now().Add(g.config.Limits.WriteTime))
	a.w.WriteHeader(a.status)
	_, _ = a.w.Write(a.body) // a client that went away is seen by net/http
}
