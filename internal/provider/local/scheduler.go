package local

import (
	"context"
	"fmt"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/model"
	"merlon.dev/merlon/internal/nn/decoder"
	"merlon.dev/merlon/internal/nn/sample"
	"merlon.dev/merlon/internal/nn/token"
)

// promptTokens is how many tokens of prompts one pass takes: enough to be a good product of matrices, few enough that answers beside them go on.
const promptTokens = 256

// call is one answer on its way. The scheduler owns it from when it is handed over until pieces is closed.
type call struct {
	ctx      context.Context // of the caller, who waits for the call's end
	ids      []int32         // what was not run yet: the prompt, then the last token
	prompt   int             // tokens
	most     int             // tokens of the answer
	made     int
	sampler  *sample.Sampler
	stop     *sample.Stop
	text     *token.Text
	buffer   []byte
	sequence *decoder.Sequence
	pages    int // reserved

	pieces chan string // holds a piece for each token, and the last one
	end    model.End   // good when pieces is closed
	err    error
}

// scheduler runs the calls. Its fields belong to its goroutine.
type scheduler struct {
	p        *Provider
	session  *decoder.Session
	queue    []*call // those that wait for room, in order
	active   []*call
	reserved int // pages of the active
	parts    []decoder.Part
	running  []*call // of parts
}

func (s *scheduler) run(ctx context.Context) {
	for s.receive(ctx) {
		s.leave()
		s.admit()
		s.round(ctx)
	}
	for _, c := range append(s.active, s.queue...) {
		s.finish(c, errClosing)
	}
	for {
		select {
		case c := <-s.p.incoming:
			s.finish(c, errClosing)
		default:
			return
		}
	}
}

// receive takes the calls that have come, and waits for one where there is nothing to do. It is false when the scheduler ends.
func (s *scheduler) receive(ctx context.Context) bool {
	if len(s.active)+len(s.queue) == 0 {
		select {
		case c := <-s.p.incoming:
			s.queue = append(s.queue, c)
		case <-ctx.Done():
			return false
		}
	}
	for {
		select {
		case c := <-s.p.incoming:
			s.queue = append(s.queue, c)
		default:
			return ctx.Err() == nil
		}
	}
}

// leave ends the calls whose caller has gone.
func (s *scheduler) leave() {
	for _, list := range []*[]*call{&s.active, &s.queue} {
		kept := (*list)[:0]
		for _, c := range *list {
			if err := c.ctx.Err(); err != nil {
				s.finish(c, err)
				continue
			}
			kept = append(kept, c)
		}
		clear((*list)[len(kept):])
		*list = kept
	}
}

// admit begins the calls that there is room for, in order: a call that needs much is not passed by others for ever. The room of a whole answer is kept, so
// that no answer has to stop for another.
func (s *scheduler) admit() {
	for len(s.queue) > 0 && len(s.active) < s.p.config.Parallel && s.reserved+s.queue[0].pages <= s.session.Pages() {
		c := s.queue[0]
		s.queue = append(s.queue[:0], s.queue[1:]...)
		c.sequence = s.session.Open()
		s.reserved += c.pages
		s.active = append(s.active, c)
	}
}

// round runs one pass. A panic in it ends the calls under way and no more than these.
func (s *scheduler) round(ctx context.Context) {
	defer func() {
		if cause := recover(); cause != nil {
			s.fail(fault.Wrap(fmt.Errorf("panic: %v", cause), fault.Internal, "The model failed."))
		}
	}()
	s.parts, s.running = s.parts[:0], s.running[:0]
	room := promptTokens
	for _, c := range s.active {
		n := len(c.ids)
		if n > 1 {
			if n = min(n, room); n == 0 {
				continue
			}
			room -= n
		}
		part := decoder.Part{Sequence: c.sequence, IDs: c.ids[:n]}
		if n == len(c.ids) {
			part.Logits = 1
		}
		s.parts, s.running = append(s.parts, part), append(s.running, c)
	}
	if len(s.parts) == 0 {
		return
	}
	logits, err := s.session.Forward(ctx, s.p.config.Pool, s.parts)
	if err != nil {
		s.fail(fault.Wrap(err, fault.Unavailable, "The model failed."))
		return
	}
	row := 0
	for i, c := range s.running {
		c.ids = c.ids[len(s.parts[i].IDs):]
		if s.parts[i].Logits == 0 {
			continue
		}
		if s.step(c, c.sampler.Pick(logits.Row(row))) {
			s.active = without(s.active, c)
			s.finish(c, nil)
		}
		row++
	}
}

// step takes the next token of an answer and reports whether it was the last.
func (s *scheduler) step(c *call, id int32) (last bool) {
	c.made++
	c.end.Usage = model.Usage{InputTokens: c.prompt, OutputTokens: c.made}
	if s.p.ends[id] {
		c.end.Stop = model.EndTurn
	} else {
		c.buffer = c.text.Append(c.buffer[:0], id)
		if c.show(); c.end.Stop != "" {
			return true
		}
		if c.made < c.most {
			c.ids = append(c.ids[:0], id)
			return false
		}
		c.end.Stop = model.StopForTokens
	}
	stop := c.end.Stop
	c.buffer = c.text.End(c.buffer[:0])
	if c.show(); c.end.Stop == stop {
		c.send(c.stop.Rest())
	}
	return true
}

// show passes on what the buffer adds to the text, as far as no stop sequence is in it.
func (c *call) show() {
	if len(c.buffer) == 0 {
		return
	}
	piece, found := c.stop.Add(string(c.buffer))
	c.send(piece)
	if found != "" {
		c.end.Stop, c.end.StopSequence = model.StopAtSequence, found
	}
}

func (c *call) send(piece string) {
	if piece != "" {
		c.pieces <- piece
	}
}

// finish gives back what a call holds and tells its caller.
func (s *scheduler) finish(c *call, err error) {
	if c.sequence != nil {
		s.session.Drop(c.sequence)
		s.reserved -= c.pages
	}
	c.err = err
	if err != nil {
		c.end = model.End{}
	}
	close(c.pieces)
	<-s.p.waiting
}

// fail ends all calls under way; their memory may be in any state.
func (s *scheduler) fail(err error) {
	for _, c := range s.active {
		c.sequence = nil
		s.finish(c, err)
	}
	s.active, s.reserved = nil, 0
	s.session = s.p.decoder.NewSession(s.p.config.CacheTokens)
}

func without(list []*call, c *call) []*call {
	for i, one := range list {
		if one == c {
			return append(list[:i], list[i+1:]...)
		}
	}
	return list
}
