package token

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The expressions that published byte-level tokenizers cut texts with; each has a rule written by hand.
const (
	llama3Expression = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	qwen2Expression  = `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`
	gpt2Expression   = `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
)

// newSplitter makes what cuts texts for a BPE model. byteLevel tells that its pieces spell bytes.
func newSplitter(normaliser, pre component) (c *splitter, byteLevel bool, err error) {
	c = &splitter{word: wholeText}
	if normaliser != nil {
		if c.steps, err = appendSteps(nil, normaliser); err != nil {
			return nil, false, err
		}
	}
	parts := []any{pre}
	if pre == nil {
		parts = nil
	} else if pre.kind() == "Sequence" {
		if err := pre.only("type", "pretokenizers"); err != nil {
			return nil, false, err
		}
		if parts, err = pre.list("pretokenizers"); err != nil {
			return nil, false, err
		}
	}
	for i, v := range parts {
		part, _ := v.(component)
		last := i == len(parts)-1
		switch kind := part.kind(); {
		case kind == "ByteLevel" && last:
			byteLevel, err = true, c.byteLevel(part)
		case kind == "Digits" && i == 0 && !last:
			err = c.individual(part)
		case kind == "Split" && i == 0 && !last:
			err = c.expression(part)
		case kind == "Metaspace" && last && i == 0:
			err = c.marks(part)
		default:
			err = malformed("pre-tokenizer %.40q at place %d is not served with BPE", kind, i)
		}
		if err != nil {
			return nil, false, err
		}
	}
	growth := 1
	for _, s := range c.steps {
		if growth *= s.growth(); growth > maxGrowth {
			return nil, false, malformed("the normalisers may make text more than %d times longer", maxGrowth)
		}
	}
	if len(parts) > 1 && !byteLevel {
		return nil, false, malformed("a sequence of pre-tokenizers without ByteLevel is not served")
	}
	return c, byteLevel, nil
}

func (c *splitter) byteLevel(part component) error {
	if err := part.only("type", "add_prefix_space", "trim_offsets", "use_regex"); err != nil {
		return err
	}
	var err error
	if c.space, err = part.flag("add_prefix_space", true); err != nil {
		return err
	}
	ruled, err := part.flag("use_regex", true)
	set := c.digits || c.isRuled()
	switch {
	case err != nil:
		return err
	case c.space && set:
		return malformed("ByteLevel: add_prefix_space is not served behind another pre-tokenizer")
	case ruled && c.isRuled():
		return malformed("ByteLevel: use_regex is not served behind Split")
	case ruled:
		c.word = gptWord
	}
	return nil
}

// isRuled reports whether an expression was read.
func (c *splitter) isRuled() bool { return c.word([]byte("a a")) < 3 }

func (c *splitter) individual(part component) error {
	if err := part.only("type", "individual_digits"); err != nil {
		return err
	}
	alone, err := part.flag("individual_digits", false)
	if err == nil && !alone {
		err = malformed("Digits: only individual_digits is served")
	}
	c.digits = true
	return err
}

func (c *splitter) expression(part component) error {
	if err := part.only("type", "pattern", "behavior", "invert"); err != nil {
		return err
	}
	pattern, _ := part["pattern"].(component)
	expression, _ := pattern["Regex"].(string)
	inverted, err := part.flag("invert", false)
	switch {
	case err != nil:
		return err
	case part["behavior"] != "Isolated" || inverted:
		return malformed("Split: only the behaviour Isolated is served")
	case expression == llama3Expression:
		c.word = llamaWord(3)
	case expression == qwen2Expression:
		c.word = llamaWord(1)
	case expression == gpt2Expression:
		c.word = gptWord
	default:
		return malformed("Split: the expression %.60q is not served", expression)
	}
	return nil
}

// marks reads Metaspace that does not cut.
func (c *splitter) marks(part component) error {
	if err := part.only("type", "replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split"); err != nil {
		return err
	}
	mark, err := part.text("replacement")
	if err != nil {
		return err
	}
	cutting, err := part.flag("split", true)
	if err != nil || cutting || utf8.RuneCountInString(mark) != 1 {
		return malformed("Metaspace: with BPE, only one that does not split is served")
	}
	c.steps = append(c.steps, replacement{" ", mark})
	switch part["prepend_scheme"] {
	case "first", "always":
		c.steps = append(c.steps, front{mark, part["prepend_scheme"] == "first"})
	case "never":
	default:
		return malformed("Metaspace: the prepend_scheme is none of first, always, never")
	}
	return nil
}

// front puts a mark before a text that does not begin with it.
type front struct {
	mark string
	once bool // only before what the whole text begins with
}

func (p front) growth() int { return 1 }

func (p front) apply(in, out *mapped) {
	if len(in.bytes) == 0 {
		return
	}
	if string(in.bytes[:min(len(p.mark), len(in.bytes))]) != p.mark && (!p.once || in.from[0] == 0) {
		out.add(p.mark, in.from[0])
	}
	out.copy(in, 0, len(in.bytes))
}

// normal is a Unicode normalisation form.
type normal struct{ form norm.Form }

func (normal) growth() int { return 12 } // at most, by the stability policy; NFKC makes 18 characters of U+FDFA, 11 times its bytes

func (n normal) apply(in, out *mapped) {
	if n.form.IsNormal(in.bytes) {
		out.copy(in, 0, len(in.bytes))
		return
	}
	for i := 0; i < len(in.bytes); {
		end := i + n.form.NextBoundary(in.bytes[i:], true)
		if end <= i {
			end = len(in.bytes)
		}
		at := len(out.bytes)
		out.bytes = n.form.Append(out.bytes[:at], in.bytes[i:end]...)
		for range len(out.bytes) - at {
			out.from = append(out.from, in.from[i])
		}
		i = end
	}
}
