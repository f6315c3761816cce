// Package model says what a conversation with a language model is, and what a provider of models does with it.
package model

// Role is who speaks.
type Role string

// The roles of a message. A system prompt is no message: it stands beside them.
const (
	User      Role = "user"
	Assistant Role = "assistant"
)

// Message is one turn.
type Message struct {
	Role    Role
	Content []Block
}

// Block is one piece of a system prompt, a turn or an answer: exactly one of Text, Image, ToolUse and ToolResult is meant, Text when the
// others are nil.
type Block struct {
	Text       string
	Image      *Image
	ToolUse    *ToolUse
	ToolResult *ToolResult
	// Guard says that the caller marked the block for guardrails; nil where they did not. Providers pass over it: such a block is an
	// ordinary text or image to a model.
	Guard *Guard
}

// IsText reports whether the block is a text.
func (b Block) IsText() bool { return b.Image == nil && b.ToolUse == nil && b.ToolResult == nil }

// Guard is what a caller marked a block as. All false means plainly "guard this".
type Guard struct{ GroundingSource, Query, GuardContent bool }

// Guards reports whether the mark asks for the block to be evaluated, rather than only telling what an answer is held against.
func (g Guard) Guards() bool { return g.GuardContent || !g.GroundingSource && !g.Query }

// Image is an image in the bytes of its format.
type Image struct {
	Format string // "png", "jpeg", "gif" or "webp"
	Bytes  []byte
}

// ToolUse is a model's wish that a tool be called.
type ToolUse struct {
	ID, Name string
	Input    any // JSON: nil, bool, int64, float64, string, []any or map[string]any
}

// ToolResult is what a tool answered.
type ToolResult struct {
	ID      string // of the ToolUse
	Content []Block
	Failed  bool
}

// Tool is a tool that the model may wish to be called.
type Tool struct {
	Name, Description string
	Schema            any // JSON Schema of the input
}

// ToolChoice says how free the model is about tools. The zero value leaves it to the model.
type ToolChoice struct {
	Any  bool   // it must use one
	None bool   // it may use none
	Name string // it must use this one
}

// Inference holds the parameters of sampling; nil leaves one to the model.
type Inference struct {
	MaxTokens         *int
	Temperature, TopP *float64
	Stop              []string // stop sequences
}

// Request is one call of a model.
type Request struct {
	Model      string // its id in the catalogue
	System     []Block
	Messages   []Message
	Inference  Inference
	Tools      []Tool
	ToolChoice ToolChoice
	Extra      map[string]any // fields of the model's own, which a provider adds to what it sends
}
