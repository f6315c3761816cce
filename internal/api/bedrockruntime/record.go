package bedrockruntime

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/codec/jsontext"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	"merlon.dev/merlon/internal/inference"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/model/invocation"
	"merlon.dev/merlon/internal/operation"
	wire "merlon.dev/merlon/internal/wire/bedrockruntime"
)

// InvocationLog keeps records of calls where an account has asked for it.
type InvocationLog interface {
	// Wanted tells whether calls in a scope are recorded, and whether with their texts.
	Wanted(ctx context.Context, scope guardrail.Scope) (recorded, texts bool, err error)
	// Add takes a record. It does not wait for it to be kept.
	Add(r invocation.Record)
}

// entry is the record of one call on its way. A nil entry records nothing.
type entry struct {
	log    InvocationLog
	record invocation.Record
	texts  bool
	events []byte // of a stream, as a JSON list without its end
	long   bool   // the events are more than a record holds
}

// entry begins the record of a call, nil where the account asks for none. input gives the prompt as JSON.
func (s *service) entry(ctx context.Context, call *operation.Call, name string, r inference.Request, metadata map[string]string, input func() []byte) (*entry, error) {
	if s.Invocations == nil {
		return nil, nil
	}
	recorded, texts, err := s.Invocations.Wanted(ctx, r.Scope)
	if err != nil || !recorded {
		return nil, err
	}
	e := &entry{log: s.Invocations, texts: texts, record: invocation.Record{
		Timestamp: call.Time, Account: call.Account, Region: call.Region, RequestID: call.RequestID, Operation: name, ModelID: modelARN(call, &r.Model),
		Identity: invocation.Identity{ARN: call.Principal}, Metadata: metadata,
		Input: invocation.Input{ContentType: "application/json"}, Output: invocation.Output{ContentType: "application/json"},
	}}
	if texts && !holdsImages(r.Request) {
		e.record.Input.Body = kept(input())
	}
	return e, nil
}

// kept gives what a record holds of a text: nothing where it is too long or no JSON.
func kept(body []byte) json.RawMessage {
	if len(body) > invocation.MaxBody || !json.Valid(body) {
		return nil
	}
	return bytes.Clone(body) // the request's memory is used again
}

// holdsImages reports whether a prompt has images, which are not recorded.
func holdsImages(r model.Request) bool {
	var in func(blocks []model.Block) bool
	in = func(blocks []model.Block) bool {
		return slices.ContainsFunc(blocks, func(b model.Block) bool {
			return b.Image != nil || b.ToolResult != nil && in(b.ToolResult.Content)
		})
	}
	return in(r.System) || slices.ContainsFunc(r.Messages, func(m model.Message) bool { return in(m.Content) })
}

func jsonOf(v codec.Shape) []byte {
	e := jsontext.NewEncoder(nil, codec.Epoch)
	e.Encode(v)
	return e.Bytes()
}

// watch gives a send that notes the events which leave.
func (e *entry) watch(send func(codec.Shape) error) func(codec.Shape) error {
	if e == nil || !e.texts {
		return send
	}
	return func(event codec.Shape) error {
		if err := send(event); err != nil {
			return err
		}
		body := []byte(nil)
		if chunk, ok := event.(*wire.ResponseStream); ok && chunk.Chunk != nil {
			body = chunk.Chunk.Bytes
		} else {
			body = jsonOf(event)
		}
		if e.long = e.long || len(e.events)+len(body) > invocation.MaxBody; !e.long && json.Valid(body) {
			separator := byte(',')
			if e.events == nil {
				separator = '['
			}
			e.events = append(append(e.events, separator), body...)
		}
		return nil
	}
}

// end gives the record away. output gives a whole answer as JSON; it is nil for a stream.
func (e *entry) end(u model.Usage, output func() []byte, err error) {
	if e == nil {
		return
	}
	e.record.Input.Tokens, e.record.Output.Tokens = u.InputTokens, u.OutputTokens
	e.record.ErrorCode = codeOf(err)
	switch {
	case !e.texts:
	case output != nil && err == nil:
		e.record.Output.Body = kept(output())
	case e.events != nil && !e.long:
		e.record.Output.Body = append(e.events, ']')
	}
	e.log.Add(e.record)
}

// codeOf gives the exception that an error is answered as; empty for none.
func codeOf(err error) string {
	var f *fault.Error
	switch {
	case err == nil:
		return ""
	case errors.As(err, &f) && f.Code != "":
		return f.Code
	case f != nil && codes[f.Kind] != "":
		return codes[f.Kind]
	case errors.Is(err, context.Canceled):
		return "ClientClosedRequest"
	default:
		return codes[fault.Internal]
	}
}

// metadataOf reads the metadata that InvokeModel takes in a header, as a JSON object of strings; what is none is passed over.
func metadataOf(header *string) (out map[string]string) {
	if header == nil || json.Unmarshal([]byte(*header), &out) != nil {
		return nil
	}
	return out
}
