package codec

// EventWriter sends the events of one answer that is a stream. It is not safe for concurrent use. Protocols that have streams make one
// with a method Events(w io.Writer) EventWriter.
type EventWriter interface {
	// Send sends the one event that is set in union, a shape with the trait EventStream.
	Send(union Shape) error
	// Except ends the stream with a failure. union is the schema of what Send takes; nothing may be sent afterwards.
	Except(union *Schema, failure Failure) error
}
