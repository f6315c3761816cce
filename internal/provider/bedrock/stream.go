package bedrock

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/eventstream"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/provider/remote"
)

// Stream gives the answer piece by piece. It has ended well only if the server said why it ended and then, as the last thing, what it cost.
func (p *Provider) Stream(ctx context.Context, r model.Request, yield func(model.Delta) error) (model.End, error) {
	body, err := converse(r)
	if err != nil {
		return model.End{}, err
	}
	body.sampled(r.Inference)
	a, err := p.send(ctx, "converse-stream", body)
	if err != nil {
		return model.End{}, err
	}
	defer a.Close()
	s := stream{yield: yield, index: -1, block: -1}
	frames, from := eventstream.NewDecoder(), bufio.NewReaderSize(a, 16<<10)
	var room []byte
	for s.usage == nil {
		frame, err := frames.Decode(from, room)
		if err != nil {
			return model.End{}, a.BrokeOff(err)
		}
		room = frame.Payload[:0]
		if err := s.take(frame); err != nil {
			return model.End{}, err
		}
	}
	return s.ending.end(*s.usage)
}

// stream turns events into deltas. Its blocks are numbered without those that are left away.
type stream struct {
	yield func(model.Delta) error
	index int  // the server's, of the block that is open or was last; -1 before the first
	block int  // ours, of the last that was given out; -1 before the first
	open  bool // a block of the server's is
	given bool // something of it was given out
	tool  bool // it is a tool use

	ending *ending
	usage  *usage
}

type blockStart struct {
	Start map[string]json.RawMessage `json:"start"`
	Index int                        `json:"contentBlockIndex"`
}

type blockDelta struct {
	Delta map[string]json.RawMessage `json:"delta"`
	Index int                        `json:"contentBlockIndex"`
}

// take reads one frame. What a newer server sends beside the content is passed over, what it sends as content is not.
func (s *stream) take(frame eventstream.Message) error {
	header := func(name string) string {
		if v, ok := frame.Headers.Get(name).(eventstream.StringValue); ok {
			return string(v)
		}
		return ""
	}
	if header(":message-type") != "event" {
		return failed(header(":exception-type"), frame.Payload)
	}
	switch header(":event-type") {
	case "contentBlockStart":
		var e blockStart
		if err := json.Unmarshal(frame.Payload, &e); err != nil {
			return remote.Malformed(err)
		}
		return s.start(e)
	case "contentBlockDelta":
		var e blockDelta
		if err := json.Unmarshal(frame.Payload, &e); err != nil {
			return remote.Malformed(err)
		}
		return s.delta(e)
	case "contentBlockStop":
		s.open = false
	case "messageStop":
		if err := json.Unmarshal(frame.Payload, &s.ending); err != nil || s.ending == nil || s.open {
			return remote.Malformed(err)
		}
	case "metadata":
		var e struct {
			Usage *usage `json:"usage"`
		}
		if err := json.Unmarshal(frame.Payload, &e); err != nil || e.Usage == nil || s.ending == nil {
			return remote.Malformed(err)
		}
		s.usage = e.Usage
	}
	return nil
}

// failed turns an exception in place of an event into a fault.
func failed(name string, payload []byte) error {
	if !plain.MatchString(name) {
		name = "an error"
	}
	cause := errors.New("the model's server sent " + name + " in its stream")
	if _, err, ok := exception(name, message(payload), cause); ok {
		return err
	}
	return fault.Wrap(cause, fault.Upstream, "The model failed while it answered.")
}

// at goes to a block of the server's, which sends them one after the other.
func (s *stream) at(index int) error {
	switch {
	case s.ending != nil, s.open && index != s.index, !s.open && index <= s.index:
		return remote.Malformed(errors.New("content out of order"))
	case !s.open:
		s.index, s.open, s.given, s.tool = index, true, false, false
	}
	return nil
}

// give gives a piece of the open block out.
func (s *stream) give(d model.Delta) error {
	if !s.given {
		s.given = true
		s.block++
	}
	d.Block = s.block
	return s.yield(d)
}

func (s *stream) start(e blockStart) error {
	if err := s.at(e.Index); err != nil {
		return err
	}
	for name, value := range e.Start {
		if name != "toolUse" {
			return unknownContent()
		}
		var use toolUse
		if err := json.Unmarshal(value, &use); err != nil || use.Name == "" || s.given {
			return remote.Malformed(err)
		}
		s.tool = true
		return s.give(model.Delta{Tool: &model.ToolDelta{ID: use.ID, Name: use.Name}})
	}
	return nil
}

func (s *stream) delta(e blockDelta) error {
	if err := s.at(e.Index); err != nil {
		return err
	}
	for name, value := range e.Delta {
		var err error
		switch name {
		case "text":
			var text string
			if err := json.Unmarshal(value, &text); err != nil || s.tool {
				return remote.Malformed(err)
			}
			if text != "" {
				err = s.give(model.Delta{Text: text})
			}
		case "toolUse":
			var piece struct {
				Input string `json:"input"`
			}
			if err := json.Unmarshal(value, &piece); err != nil || !s.tool {
				return remote.Malformed(err)
			}
			err = s.give(model.Delta{Tool: &model.ToolDelta{Input: piece.Input}})
		case "reasoningContent":
		default:
			return unknownContent()
		}
		if err != nil {
			return err
		}
	}
	return nil
}
