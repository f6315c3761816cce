package gateway

import (
	"fmt"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"time"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/gateway/listen"
	"merlon.dev/merlon/internal/gateway/route"
	"merlon.dev/merlon/internal/ident"
	"merlon.dev/merlon/internal/operation"
	"merlon.dev/merlon/internal/sigv4"
)

// exchange is one request on its way through the phases; each phase fills in what the later ones read.
type exchange struct {
	r          *http.Request
	controller *http.ResponseController
	id         string
	start      time.Time
	host       string // the client's IP address
	client     string // what its memory is counted under
	phase      string // the one that runs, or that failed

	claim  *sigv4.Signature // route
	entry  *entry           // route
	labels []string         // route
	room   [route.MaxLabels]string

	apiKey               string   // route; in place of a claim
	identity             Identity // identify
	keyOrigin, keyRegion string   // identify; of an API key
	body                 []byte   // read; taken from the gateway's buffers
	bodyRead             bool

	call         *operation.Call         // verify: from here on the caller is known
	in           codec.Shape             // decode
	requirements []operation.Requirement // authorise
	out          codec.Shape             // handle

	events   codec.EventWriter // stream
	begun    bool              // the head of a stream has left
	streamed int               // bytes of a stream that have left

	answer  answer
	failure codec.Failure // Code is empty unless the call failed
	err     error         // the cause, for the log alone
	stack   []byte        // of a panic
}

func (g *Gateway) arrive(w http.ResponseWriter, r *http.Request) *exchange {
	g.metrics.inFlight.Inc()
	x := &exchange{r: r, controller: http.NewResponseController(w), id: ident.UUID(), start: g.config.Now()}
	x.host, x.client = r.RemoteAddr, listen.Client(r.RemoteAddr)
	if host, _, err := net.SplitHostPort(r.RemoteAddr); err == nil {
		x.host = host
	}
	x.answer = answer{w: w, body: g.buffers.get(smallest)}
	x.answer.reset(x.id, x.start)
	if r.ContentLength != 0 {
		// Holds for whoever reads the body: the read phase, or net/http when it looks for the next request behind an unread body.
		x.deadline(x.controller.SetReadDeadline, time.Now().Add(g.config.Limits.BodyTime))
	}
	return x
}

// release gives back what the exchange holds. The input of the handler may share memory with the body, which is why nothing is given
// back earlier.
func (g *Gateway) release(x *exchange) {
	g.metrics.inFlight.Dec()
	g.buffers.put(x.answer.body)
	if x.body != nil {
		g.memory.give(x.client, int64(cap(x.body)))
		g.buffers.put(x.body)
	}
}

// deadline sets a deadline where the connection knows them; a recorder in a test does not.
func (x *exchange) deadline(set func(time.Time) error, at time.Time) { _ = set(at) }

// guard runs part of an exchange. A panic in it, a handler's included, is an error that only the log sees. Of a panic that the runtime
// did not raise only the type is told, since its text may hold content.
func (g *Gateway) guard(x *exchange, run func() error) (err error) {
	defer func() {
		reason := recover()
		if reason == nil {
			return
		}
		g.metrics.panics.Inc()
		x.stack = debug.Stack()
		err = fmt.Errorf("panic in phase %s: a value of type %T", x.phase, reason)
		if cause, ok := reason.(runtime.Error); ok {
			err = fmt.Errorf("panic in phase %s: %w", x.phase, cause)
		}
	}()
	return run()
}

// answer is the response until all that can fail has been done.
type answer struct {
	w      http.ResponseWriter
	status int
	body   []byte
}

// Header gives the header of the real response.
func (a *answer) Header() http.Header { return a.w.Header() }

// WriteHeader notes the status; the first one counts.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write appends to the body.
func (a *answer) Write(p []byte) (int, error) {
	a.body = append(a.body, p...)
	return len(p), nil
}

// reset forgets what was written, all but what every answer carries.
func (a *answer) reset(id string, at time.Time) {
	a.status, a.body = 0, a.body[:0]
	h := a.w.Header()
	clear(h)
	values := [...]string{id, at.UTC().Format(http.TimeFormat)}
	h["X-Amzn-Requestid"], h["Date"] = values[:1:1], values[1:]
}
