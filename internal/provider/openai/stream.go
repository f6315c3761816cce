package openai

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/provider/remote"
)

type chunk struct {
	Choices []struct {
		Delta struct {
			Content   string     `json:"content"`
			ToolCalls []toolCall `json:"tool_calls"`
		} `json:"delta"`
		finish
	} `json:"choices"`
	Usage *usage          `json:"usage"`
	Error json.RawMessage `json:"error"`
}

// Stream gives the answer piece by piece. It has ended well only if the server said why it ended.
func (p *Provider) Stream(ctx context.Context, r model.Request, yield func(model.Delta) error) (model.End, error) {
	body, err := p.body(r, true)
	if err != nil {
		return model.End{}, err
	}
	a, err := p.send(ctx, p.endpoint, body)
	if err != nil {
		return model.End{}, err
	}
	defer a.Close()
	s := stream{yield: yield, block: -1}
	lines := bufio.NewReaderSize(a, 16<<10)
	for {
		line, err := readLine(lines)
		if data, ok := bytes.CutPrefix(line, []byte("data:")); ok && (err == nil || errors.Is(err, io.EOF)) {
			data = bytes.TrimSpace(data)
			if string(data) == "[DONE]" {
				break
			}
			if err := s.take(data); err != nil {
				return model.End{}, err
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return model.End{}, a.BrokeOff(err)
		}
	}
	if s.finish.FinishReason == "" {
		return model.End{}, a.BrokeOff(io.ErrUnexpectedEOF)
	}
	return s.finish.end(s.usage), nil
}

// readLine reads a line of bearable length, without its end.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		piece, err := r.ReadSlice('\n')
		if len(line) == 0 && err == nil {
			return bytes.TrimRight(piece, "\r\n"), nil
		}
		line = append(line, piece...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return bytes.TrimRight(line, "\r\n"), err
		}
		if len(line) > maxEvent {
			return nil, errors.New("event is too long")
		}
	}
}

// stream turns chunks into deltas.
type stream struct {
	yield  func(model.Delta) error
	block  int // the answer's block that is open, or -1
	tool   int // the server's index of the tool call that is open
	inTool bool
	finish finish
	usage  usage
}

func (s *stream) take(data []byte) error {
	var c chunk
	if err := json.Unmarshal(data, &c); err != nil {
		return remote.Malformed(err)
	}
	if len(c.Error) > 0 && string(c.Error) != "null" {
		return fault.New(fault.Upstream, "The model failed while it answered.")
	}
	if c.Usage != nil {
		s.usage = *c.Usage
	}
	if len(c.Choices) == 0 {
		return nil
	}
	choice := c.Choices[0]
	if choice.FinishReason != "" {
		s.finish = choice.finish
	}
	if text := choice.Delta.Content; text != "" {
		if s.block < 0 || s.inTool {
			s.block++
			s.inTool = false
		}
		if err := s.yield(model.Delta{Block: s.block, Text: text}); err != nil {
			return err
		}
	}
	for _, t := range choice.Delta.ToolCalls {
		delta := model.ToolDelta{Input: t.Function.Arguments}
		if !s.inTool || t.Index != s.tool {
			if t.Function.Name == "" {
				return remote.Malformed(errors.New("tool call without a name"))
			}
			s.block++
			s.inTool, s.tool = true, t.Index
			delta.ID, delta.Name = t.ID, t.Function.Name
		}
		if err := s.yield(model.Delta{Block: s.block, Tool: &delta}); err != nil {
			return err
		}
	}
	return nil
}
