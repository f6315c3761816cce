package bedrockruntime

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
)

// native is the form of the bodies that a family of models takes and gives.
type native interface {
	// read gives the conversation in a body, which is without the guardrail's member.
	read(body []byte) (model.Request, error)
	// whole gives the body of an answer, which becomes a JSON object.
	whole(a nativeAnswer) any
	// stream gives what turns an answer into chunks.
	stream() nativeStream
}

// nativeStream makes the chunks of one answer; each becomes a JSON object.
type nativeStream interface {
	// delta gives the chunks for a piece of the answer, with those that open and close blocks.
	delta(d model.Delta) []any
	// last gives the chunks behind the content; at least one.
	last(a nativeAnswer) []any
}

// nativeAnswer is an answer in no model's form yet.
type nativeAnswer struct {
	model   string
	content []model.Block
	end     model.End
	blocked bool // the content is a guardrail's message
	latency time.Duration
}

// text joins the texts.
func (a nativeAnswer) text() string {
	var out strings.Builder
	for _, b := range a.content {
		out.WriteString(b.Text)
	}
	return out.String()
}

// stop gives the native word for why the answer ended, or nil where a guardrail took the answer's place.
func (a nativeAnswer) stop(words map[model.StopReason]string) any {
	if a.blocked {
		return nil
	}
	return words[a.end.Stop]
}

// nativeOf gives the form of a model's bodies: by the provider in its id, which may stand behind a geography, else by what the body holds. at is
// when the call came.
func nativeOf(id string, fields map[string]json.RawMessage, at time.Time) (native, error) {
	for part := range strings.SplitSeq(id, ".") {
		switch {
		case part == "anthropic":
			return anthropic{}, nil
		case part == "meta":
			return llama{}, nil
		case part == "mistral" && fields["prompt"] != nil:
			return mistral{}, nil
		case strings.HasPrefix(part, "titan-text"), strings.HasPrefix(part, "titan-tg1"):
			return titan{}, nil
		case strings.HasPrefix(part, "nova"):
			return nova{}, nil
		}
	}
	switch {
	case fields["messages"] != nil:
		return chat{model: id, created: at}, nil
	case fields["prompt"] != nil:
		return llama{}, nil
	case fields["inputText"] != nil:
		return titan{}, nil
	default:
		return nil, fault.New(fault.Invalid, "Malformed input request: the body has neither messages nor a prompt, please reformat your input and try again.")
	}
}

// decodeNative reads a body strictly: a field that is not mapped is refused, not passed over.
func decodeNative(body []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	d.DisallowUnknownFields()
	err := d.Decode(v)
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return err
	}
	if field, ok := strings.CutPrefix(err.Error(), `json: unknown field "`); ok {
		return fault.New(fault.Invalid, "Malformed input request: extraneous key [%s] is not permitted, please reformat your input and try again.", strings.TrimSuffix(field, `"`))
	}
	return malformedInput("it does not have the form that the model takes")
}

func malformedInput(why string) error {
	return fault.New(fault.Invalid, "Malformed input request: %s, please reformat your input and try again.", why)
}

// prompt is the conversation of a body that holds one text.
func prompt(text string, i model.Inference, extra map[string]any) (model.Request, error) {
	if text == "" {
		return model.Request{}, malformedInput("the prompt is empty")
	}
	return model.Request{Messages: []model.Message{{Role: model.User, Content: []model.Block{{Text: text}}}}, Inference: i, Extra: extra}, nil
}
