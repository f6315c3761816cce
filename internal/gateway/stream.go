package gateway

import (
	"context"
	"fmt"
	"io"
	"time"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/operation"
)

// stream sends the events of an answer that is an event stream, as they come; other answers are not its business. Until the first event
// nothing has left, and the call may still fail like any other.
func (g *Gateway) stream(x *exchange) error {
	answer, ok := x.out.(*operation.Stream)
	if !ok {
		return nil
	}
	protocol, ok := x.entry.front.protocol.(interface {
		Events(io.Writer) codec.EventWriter
	})
	if !ok {
		return fmt.Errorf("protocol %T has no event streams", x.entry.front.protocol)
	}
	ctx, cancel := context.WithTimeout(x.r.Context(), g.config.Limits.HandleTime)
	defer cancel()
	x.events = protocol.Events(live{g, x})
	return answer.Run(ctx, x.events.Send)
}

// cut ends a stream that has begun with the exception that its failure is.
func (g *Gateway) cut(x *exchange) {
	// Where this fails as well the client is gone, which the log tells by the first failure.
	_ = x.events.Except(streamOf(x.entry.schema), x.failure)
}

// streamOf gives the union of events that an operation answers with.
func streamOf(op *codec.Operation) *codec.Schema { return op.NewOutput().Schema().Payload().Shape() }

// live is the connection of a stream: what is written leaves at once, and the client may take it only so slowly.
type live struct {
	g *Gateway
	x *exchange
}

// Write sends p, behind the head if that has not left yet.
func (l live) Write(p []byte) (int, error) {
	x := l.x
	x.deadline(x.controller.SetWriteDeadline, time.Now().Add(l.g.config.Limits.WriteTime))
	if !x.begun {
		x.begun = true
		x.answer.w.WriteHeader(x.answer.status)
	}
	n, err := x.answer.w.Write(p)
	x.streamed += n
	return n, err
}

// FlushError sends what net/http holds back.
func (l live) FlushError() error { return l.x.controller.Flush() }
