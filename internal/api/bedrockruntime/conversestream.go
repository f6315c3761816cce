package bedrockruntime

import (
	"context"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/inference"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrockruntime"
)

// converseStream answers a conversation event by event.
func (s *service) converseStream(ctx context.Context, call *operation.Call, in *wire.ConverseStreamRequest) (*operation.Stream, error) {
	r, d, err := converseRequest(call, converseOf(in))
	if err != nil {
		return nil, err
	}
	if g := in.GuardrailConfig; g != nil && g.StreamProcessingMode != nil {
		r.Async = *g.StreamProcessingMode == wire.GuardrailStreamProcessingModeAsync
	}
	r.Applied = s.applied(call)
	log, err := s.entry(ctx, call, "ConverseStream", r, in.RequestMetadata, func() []byte { return jsonOf(in) })
	if err != nil {
		return nil, err
	}
	return &operation.Stream{Shape: &wire.ConverseStreamResponse{}, Run: func(ctx context.Context, send func(codec.Shape) error) error {
		e := &converseEvents{send: log.watch(send)}
		result, err := s.Inference.Stream(ctx, r, e.take)
		if err != nil {
			err = modelFault(err, e.begun)
		} else {
			err = e.finish(result, d)
		}
		log.end(result.End.Usage, nil, err)
		return err
	}}, nil
}

// converseEvents turns deltas into events. Blocks are numbered without gaps, whatever became of those that guardrails emptied.
type converseEvents struct {
	send  func(codec.Shape) error
	begun bool
	open  bool // a content block is open
	block int  // the answer's block behind it
	index int32
	err   error
}

func (e *converseEvents) event(event wire.ConverseStreamOutput) {
	if e.err == nil {
		e.err = e.send(&event)
	}
}

func (e *converseEvents) begin() {
	if !e.begun {
		e.begun = true
		e.event(wire.ConverseStreamOutput{MessageStart: &wire.MessageStartEvent{Role: new(wire.ConversationRoleAssistant)}})
	}
}

func (e *converseEvents) take(d model.Delta) error {
	e.begin()
	if e.open && e.block != d.Block {
		e.stop()
	}
	if !e.open {
		e.open, e.block = true, d.Block
		if d.Tool != nil {
			start := &wire.ContentBlockStart{ToolUse: &wire.ToolUseBlockStart{ToolUseId: &d.Tool.ID, Name: &d.Tool.Name}}
			e.event(wire.ConverseStreamOutput{ContentBlockStart: &wire.ContentBlockStartEvent{Start: start, ContentBlockIndex: new(e.index)}})
		}
	}
	delta := &wire.ContentBlockDelta{Text: &d.Text}
	if d.Tool != nil {
		if d.Tool.Input == "" {
			return e.err
		}
		delta = &wire.ContentBlockDelta{ToolUse: &wire.ToolUseBlockDelta{Input: &d.Tool.Input}}
	}
	e.event(wire.ConverseStreamOutput{ContentBlockDelta: &wire.ContentBlockDeltaEvent{Delta: delta, ContentBlockIndex: new(e.index)}})
	return e.err
}

func (e *converseEvents) stop() {
	e.event(wire.ConverseStreamOutput{ContentBlockStop: &wire.ContentBlockStopEvent{ContentBlockIndex: new(e.index)}})
	e.open = false
	e.index++
}

// finish sends what comes behind the content; the metadata are last.
func (e *converseEvents) finish(r inference.Result, d detail) error {
	e.begin()
	if e.open {
		e.stop()
	}
	e.event(wire.ConverseStreamOutput{MessageStop: &wire.MessageStopEvent{StopReason: new(stopOf(r))}})
	metadata := &wire.ConverseStreamMetadataEvent{Usage: tokens(r.End.Usage), Metrics: &wire.ConverseStreamMetrics{LatencyMs: new(r.Latency.Milliseconds())}}
	if t := trace(r.Report, d); t != nil {
		metadata.Trace = &wire.ConverseStreamTrace{Guardrail: t}
	}
	e.event(wire.ConverseStreamOutput{Metadata: metadata})
	return e.err
}
