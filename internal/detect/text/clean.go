package text

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// clean makes the Clean view of s in two passes, each linear: the cleaner takes characters one by one and undoes escapes as they
// close, and compose puts together what NFC and Hangul want together.
func clean(s string) *View {
	i := inertEnd(s, 0)
	if i == len(s) {
		return &View{Kind: Clean, Text: s, size: len(s)}
	}
	c := cleaner{src: s}
	c.out = make([]byte, 0, len(s))
	for i = 0; i < len(s); {
		if c.opened() {
			// An escape may be open: everything goes through push until it is closed or too long.
			r, size := utf8.DecodeRuneInString(s[i:])
			c.push(r, i, i+size)
			i += size
			continue
		}
		end := inertEnd(s, i)
		c.copy(s[i:end], i)
		if i = end; i == len(s) {
			break
		}
		if n := terminalSequence(s[i:]); n > 0 {
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		c.push(r, i, i+size)
		i += size
	}
	c.finish()
	v := c.view(Clean, s, nil)
	if c.compose {
		v = compose(v)
	}
	return v
}

// terminalSequence gives the length of the terminal control sequence (ESC [ ... letter) that s begins with, or 0.
func terminalSequence(s string) int {
	if len(s) < 3 || s[0] != 0x1b || s[1] != '[' {
		return 0
	}
	const longest = 32
	for i := 2; i < len(s) && i < longest; i++ {
		switch c := s[i]; {
		case c >= '@' && c <= '~':
			return i + 1
		case c < ' ' || c > '?':
			return 0
		}
	}
	return 0
}

// cleaner is the first pass. Its output is a stack: an escape that closes is replaced by what it stands for, which may close
// another; a backspace takes the last character off.
type cleaner struct {
	builder
	src     string
	intro   int  // 1 + offset of the latest opener of an escape in out; 0: none near
	compose bool // a second pass is needed
	queue   []pending
}

// pending is a rune that is still to be written.
type pending struct {
	r          rune
	start, end int
}

// opened reports whether an escape may be open at the end of the output.
func (c *cleaner) opened() bool { return c.intro > 0 && len(c.out)-c.intro < longestEscape }

// push takes one character of the source, or of an escape, and writes what is left of it when its disguise is off.
func (c *cleaner) push(r rune, start, end int) {
	c.queue = append(c.queue, pending{r, start, end})
	for n := len(c.queue); n > 0; n = len(c.queue) {
		p := c.queue[n-1]
		c.queue = c.queue[:n-1]
		c.step(p)
	}
}

// step writes one pending rune, or replaces it in the queue by what it decomposes into.
func (c *cleaner) step(p pending) {
	switch {
	case p.r == '\b':
		c.erase()
		return
	case invisible(p.r):
		return
	case p.r < utf8.RuneSelf:
		c.ascii(p)
		return
	case p.r == brailleBlank:
		c.ascii(pending{' ', p.start, p.end})
		return
	case isJamo(p.r):
		c.compose = true
		if l := fullWidthJamo(p.r); l != p.r {
			c.put(l, p.start, p.end)
		} else {
			c.write(p)
		}
		return
	}
	var buf [utf8.UTFMax]byte
	encoded := buf[:utf8.EncodeRune(buf[:], p.r)]
	f := norm.NFKC.Properties(encoded)
	if f.CCC() != 0 || !f.BoundaryBefore() {
		c.compose = true
	}
	parts := f.Decomposition()
	if parts == nil || norm.NFKC.QuickSpan(encoded) == len(encoded) {
		c.write(p)
		return
	}
	for len(parts) > 0 {
		r, size := utf8.DecodeLastRune(parts)
		c.queue = append(c.queue, pending{r, p.start, p.end})
		parts = parts[:len(parts)-size]
	}
}

// ascii writes a byte of ASCII and undoes the escape that it closes.
func (c *cleaner) ascii(p pending) {
	if c.opened() {
		if n, r := c.openReference(byte(p.r)); n > 0 {
			c.queue = append(c.queue, p)
			c.replace(n, r, p.start)
			return
		}
	}
	c.write(p)
	switch p.r {
	case '&', '%', '\\':
		c.intro = len(c.out)
	default:
		if c.opened() {
			if n, r := closedEscape(c.out); n > 0 {
				c.replace(n, r, p.end)
			}
		}
	}
}

// write appends a rune as it is.
func (c *cleaner) write(p pending) {
	size := utf8.RuneLen(p.r)
	if p.end-p.start == size && p.r != utf8.RuneError {
		if r, n := utf8.DecodeRuneInString(c.src[p.start:]); r == p.r && n == size {
			c.copy(c.src[p.start:p.end], p.start)
			return
		}
	}
	c.put(p.r, p.start, p.end)
}

// replace takes the last n bytes off and queues the rune that they stand for; its source ends at end.
func (c *cleaner) replace(n int, r rune, end int) {
	at := len(c.out) - n
	start := c.sourceStart(at)
	c.truncate(at)
	c.reopen()
	c.queue = append(c.queue, pending{r, start, end})
}

// erase takes the last character off, with its marks; a line end stays.
func (c *cleaner) erase() {
	for len(c.out) > 0 {
		r, size := utf8.DecodeLastRune(c.out)
		if r == '\n' || r == '\r' {
			break
		}
		at := len(c.out) - size
		mark := r >= utf8.RuneSelf && norm.NFKC.Properties(c.out[at:]).CCC() != 0
		c.truncate(at)
		if !mark {
			break
		}
	}
	c.reopen()
}

// reopen finds the latest opener near the end of the output again.
func (c *cleaner) reopen() {
	for i := len(c.out) - 1; i >= 0 && len(c.out)-i < longestEscape; i-- {
		if b := c.out[i]; b == '&' || b == '%' || b == '\\' {
			c.intro = i + 1
			return
		}
	}
	c.intro = 0
}

// finish undoes a numeric reference that the end of the text closes.
func (c *cleaner) finish() {
	for c.opened() {
		n, r := c.openReference(0)
		if n == 0 {
			return
		}
		c.replace(n, r, c.sourceEnd())
		p := c.queue[len(c.queue)-1]
		c.queue = c.queue[:len(c.queue)-1]
		c.push(p.r, p.start, p.end)
	}
}

// sourceEnd gives the parent's offset behind the end of what is written.
func (c *cleaner) sourceEnd() int {
	last := c.runs[len(c.runs)-1]
	if last.end != 0 {
		return int(last.end)
	}
	return int(last.start) + len(c.out) - int(last.view)
}
