package operation

import (
	"context"

	"merlon.dev/merlon/internal/codec"
)

// Stream is the answer of an operation whose output is an event stream.
type Stream struct {
	// Shape is the output; its members travel in the head of the answer.
	codec.Shape
	// Run sends the events: send takes the stream's union with one event set. It is called once, and its context ends with the client.
	// The head of the answer leaves with the first event: a fault before it is answered like that of any other call, a later one
	// ends the stream with an exception. An error of send is final; Run returns it.
	Run func(ctx context.Context, send func(event codec.Shape) error) error
}
