package model

import "context"

// Provider answers conversations. It is safe for concurrent use, gives up at once when the context ends, and never changes a request.
//
// Its errors are faults: Throttled where the model has too much to do, Timeout where it is late, Unavailable where it cannot be reached,
// Invalid where it refuses the request, Upstream where it fails at its work. An answer that broke off is an error, never an answer.
type Provider interface {
	// Generate gives the whole answer.
	Generate(ctx context.Context, r Request) (Response, error)
	// Stream gives the answer piece by piece to yield, in order, and then its end. It stops at the first error of yield and returns it.
	Stream(ctx context.Context, r Request, yield func(Delta) error) (End, error)
}

// TokenCounter is a Provider that can tell how many tokens a conversation has for its model, without asking the model for an answer. Its
// errors are those of a Provider.
type TokenCounter interface {
	CountTokens(ctx context.Context, r Request) (int, error)
}

// Response is a whole answer.
type Response struct {
	Content []Block // texts and tool uses
	End
}

// End is how an answer ended and what it cost.
type End struct {
	Stop         StopReason
	StopSequence string // which one, where Stop is StopSequence and the model told
	Usage        Usage
}

// Usage counts tokens.
type Usage struct{ InputTokens, OutputTokens int }

// Delta is a piece of an answer: of the text, or of a tool use. Block counts the answer's blocks from 0 and never goes back; the first
// delta of a tool use names the tool.
type Delta struct {
	Block int
	Text  string
	Tool  *ToolDelta // nil for a text
}

// ToolDelta is a piece of a tool use.
type ToolDelta struct {
	ID, Name string // of the first delta of the block; empty after it
	Input    string // a piece of the input's JSON
}

// StopReason is why an answer ended, in the words of Converse.
type StopReason string

// The reasons that a model can have.
const (
	EndTurn         StopReason = "end_turn"
	StopForTool     StopReason = "tool_use"
	StopForTokens   StopReason = "max_tokens"
	StopAtSequence  StopReason = "stop_sequence"
	ContentFiltered StopReason = "content_filtered"
)
