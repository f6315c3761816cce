package token

import (
	"encoding/base64"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// newCutter makes the normaliser and the pre-tokenizer that a file describes.
func newCutter(normaliser, pre component) (cutter, error) {
	if pre.kind() == "BertPreTokenizer" {
		if err := pre.only("type"); err != nil {
			return nil, err
		}
		o, err := bertOptions(normaliser)
		return bertWords{newFoldTable(o)}, err
	}
	words, err := sentenceWords(pre)
	if err != nil {
		return nil, err
	}
	c := &sentence{words: words}
	if normaliser != nil {
		if c.steps, err = appendSteps(nil, normaliser); err != nil {
			return nil, err
		}
	}
	growth := len(words.mark)
	for _, s := range c.steps {
		if growth *= s.growth(); growth > maxGrowth {
			return nil, malformed("the normalisers may make text more than %d times longer", maxGrowth)
		}
	}
	return c, nil
}

func bertOptions(normaliser component) (o foldOptions, err error) {
	if normaliser == nil {
		return o, nil
	}
	if kind := normaliser.kind(); kind != "BertNormalizer" {
		return o, malformed("normaliser %.40q is not served with BertPreTokenizer", kind)
	}
	if err := normaliser.only("type", "clean_text", "handle_chinese_chars", "strip_accents", "lowercase"); err != nil {
		return o, err
	}
	err = normaliser.flags(map[string]*bool{
		"clean_text": &o.Clean, "handle_chinese_chars": &o.Spaced, "lowercase": &o.Lower,
	})
	if err != nil {
		return o, err
	}
	o.Strip, err = normaliser.flag("strip_accents", o.Lower)
	return o, err
}

// sentenceWords reads Metaspace, alone or after WhitespaceSplit.
func sentenceWords(pre component) (*metaspace, error) {
	split := false
	if pre.kind() == "Sequence" {
		if err := pre.only("type", "pretokenizers"); err != nil {
			return nil, err
		}
		list, err := pre.list("pretokenizers")
		if err != nil {
			return nil, err
		}
		if len(list) == 2 {
			first, _ := list[0].(component)
			if first.kind() != "WhitespaceSplit" || first.only("type") != nil {
				return nil, malformed("a sequence of pre-tokenizers that begins with %.40q is not served", first.kind())
			}
			split, list = true, list[1:]
		}
		if len(list) != 1 {
			return nil, malformed("a sequence of %d pre-tokenizers is not served", len(list))
		}
		pre, _ = list[0].(component)
	}
	if pre.kind() != "Metaspace" {
		return nil, malformed("pre-tokenizer %.40q is not served", pre.kind())
	}
	if err := pre.only("type", "replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split"); err != nil {
		return nil, err
	}
	mark, err := pre.text("replacement")
	if err != nil {
		return nil, err
	}
	if utf8.RuneCountInString(mark) != 1 || mark == "\x00" {
		return nil, malformed("Metaspace: the replacement %.40q is not one character", mark)
	}
	prefixed, err := pre.flag("add_prefix_space", true)
	if err != nil {
		return nil, err
	}
	switch scheme := pre["prepend_scheme"]; scheme {
	case nil:
	case "always", "never":
		prefixed = scheme == "always"
	default:
		return nil, malformed("Metaspace: only the prepend_scheme always or never is served")
	}
	if whole, err := pre.flag("split", true); err != nil || !whole {
		return nil, malformed("Metaspace: only split is served")
	}
	return newMetaspace(mark, prefixed, split), nil
}

// appendSteps reads a normaliser or a sequence of them.
func appendSteps(steps []step, c component) ([]step, error) {
	if c.kind() == "Sequence" {
		if err := c.only("type", "normalizers"); err != nil {
			return nil, err
		}
		list, err := c.list("normalizers")
		if err != nil {
			return nil, err
		}
		for _, v := range list {
			inner, _ := v.(component)
			if steps, err = appendSteps(steps, inner); err != nil {
				return nil, err
			}
		}
		return steps, nil
	}
	s, err := newStep(c)
	if err == nil && len(steps) == maxSteps {
		err = malformed("more than %d normalisers", maxSteps)
	}
	return append(steps, s), err
}

func newStep(c component) (step, error) {
	switch kind := c.kind(); kind {
	case "Precompiled":
		return precompiled(c)
	case "Replace":
		return replace(c)
	case "Prepend":
		text, err := c.text("prepend")
		if err != nil {
			return nil, err
		}
		return prepend{text}, c.only("type", "prepend")
	case "Strip":
		s := strip{}
		if err := c.flags(map[string]*bool{"strip_left": &s.left, "strip_right": &s.right}); err != nil {
			return nil, err
		}
		return s, c.only("type", "strip_left", "strip_right")
	case "Lowercase":
		return lower{}, c.only("type")
	case "NFC":
		return normal{norm.NFC}, c.only("type")
	case "NFKC":
		return normal{norm.NFKC}, c.only("type")
	default:
		return nil, malformed("normaliser %.40q is not served", kind)
	}
}

func precompiled(c component) (step, error) {
	encoded, err := c.text("precompiled_charsmap")
	if err != nil {
		return nil, err
	}
	blob, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, malformed("Precompiled: the map is not base64")
	}
	m, err := newCharsmap(blob)
	if err != nil {
		return nil, malformed("Precompiled: %v", err)
	}
	return m, c.only("type", "precompiled_charsmap")
}

// replace reads Replace with a text, or with the one expression that is in use.
func replace(c component) (step, error) {
	put, err := c.text("content")
	if err != nil {
		return nil, err
	}
	if err := c.only("type", "pattern", "content"); err != nil {
		return nil, err
	}
	pattern, _ := c["pattern"].(component)
	if old, ok := pattern["String"].(string); ok && len(pattern) == 1 && old != "" {
		return replacement{old: old, put: put}, nil
	}
	if expression, ok := pattern["Regex"].(string); ok && len(pattern) == 1 {
		if expression == " {2,}" {
			return squeeze{put}, nil
		}
		return nil, malformed("Replace: the expression %.40q is not served", expression)
	}
	return nil, malformed("Replace: the pattern is neither one String nor one Regex")
}
