package audit

import (
	"io"
	"slices"
	"strings"
	"time"

	"merlon.dev/merlon/internal/codec"
)

// shortText is the length in bytes below which a text of a request is no content: hiding it would hide letters of words.
const shortText = 4

// unquoted gives a message with every text of the request hidden that it repeats, but for those that name the call's resources.
func unquoted(message string, in codec.Shape, resources []string) string {
	if in == nil || message == "" {
		return message
	}
	var c collector
	in.Encode(&c)
	// Longer ones first: a shorter one may be part of them.
	slices.SortFunc(c.texts, func(a, b string) int { return len(b) - len(a) })
	for _, text := range slices.Compact(c.texts) {
		if len(text) < shortText || !strings.Contains(message, text) || slices.ContainsFunc(resources, func(r string) bool { return strings.Contains(r, text) }) {
			continue
		}
		message = strings.ReplaceAll(message, text, Hidden)
	}
	return message
}

// collector is an encoder that keeps texts and nothing else.
type collector struct{ texts []string }

var _ codec.Encoder = (*collector)(nil)

func (c *collector) keep(text string) {
	if text != "" {
		c.texts = append(c.texts, text)
	}
}

// String keeps a text, with and without the space around it.
func (c *collector) String(_ *codec.Member, v string) { c.keep(v); c.keep(strings.TrimSpace(v)) }

// Blob keeps a text as well: policies and templates travel in blobs.
func (c *collector) Blob(_ *codec.Member, v []byte) { c.keep(string(v)) }

// Key keeps the key of a map.
func (c *collector) Key(_ *codec.Member, key string) { c.keep(key) }

// Document keeps the texts in a document.
func (c *collector) Document(_ *codec.Member, v codec.Document) { c.walk(v) }

func (c *collector) walk(v any) {
	switch v := v.(type) {
	case string:
		c.keep(v)
	case []any:
		for _, item := range v {
			c.walk(item)
		}
	case map[string]any:
		for key, value := range v {
			c.keep(key)
			c.walk(value)
		}
	}
}

// Struct goes into a structure.
func (c *collector) Struct(_ *codec.Member, v codec.Shape) { v.Encode(c) }

// StartList wants the items.
func (c *collector) StartList(*codec.Member, int) bool { return true }

// StartMap wants the entries.
func (c *collector) StartMap(*codec.Member, int) bool { return true }

// What follows holds no text.

func (c *collector) EndList(*codec.Member)           {}
func (c *collector) EndMap(*codec.Member)            {}
func (c *collector) Null(*codec.Member)              {}
func (c *collector) Bool(*codec.Member, bool)        {}
func (c *collector) Int(*codec.Member, int64)        {}
func (c *collector) Float(*codec.Member, float64)    {}
func (c *collector) Time(*codec.Member, time.Time)   {}
func (c *collector) Stream(*codec.Member, io.Reader) {}
