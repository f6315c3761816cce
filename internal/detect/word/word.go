// Package word finds phrases and the words of managed lists as whole words in any script.
package word

import (
	"cmp"
	"context"
	"slices"
	"unicode/utf8"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/detect/text"
	"merlon.dev/merlon/internal/fault"
)

// ManagedProfanity is the Type and the List of a finding of the managed profanity list.
const ManagedProfanity = "PROFANITY"

// Limits on the configuration, as the service states them.
const (
	MaxPhrases      = 10_000 // phrases of one detector
	MaxPhraseLength = 100    // characters of a phrase
)

// Config says what to find.
type Config struct {
	// Phrases are the custom phrases, each of 1 to MaxPhraseLength characters, at most MaxPhrases of them. A phrase is found
	// whatever its case, and through the disguises that the text's views take off. Accents in a phrase count: "résumé" is not
	// found in "resume", while "resume" is found in both.
	Phrases []string
	// Profanity adds the managed list of English and Korean profanity.
	Profanity bool
}

// Detector finds the phrases of its configuration.
//
// What counts as a word: a phrase is found where no letter, mark or digit stands right before or behind it, so neither "Bluewhales"
// nor a Chinese word amid others is a hit. Hyphens, underscores and all other signs are borders. An apostrophe is one before the
// phrase (l'arme), and behind it when a possessive s or nothing of a Latin word follows: "can" is not in "can't". Behind a phrase
// Korean particles and endings may follow, see particles.txt, and loose Hangul letters such as ㅋㅋ on either side. The spaces of a
// phrase match any run of white space. A phrase that begins or ends with a sign needs no border on that side.
type Detector struct {
	custom  *phrases
	managed *phrases
}

// New compiles a configuration. A phrase that is empty, too long or shows nothing is refused with a fault.Invalid that gives its
// number, from 1.
func New(c Config) (*Detector, error) {
	d := &Detector{}
	if len(c.Phrases) > MaxPhrases {
		return nil, fault.New(fault.Invalid, "%d phrases are configured, at most %d are allowed", len(c.Phrases), MaxPhrases)
	}
	if len(c.Phrases) > 0 {
		var err error
		if d.custom, err = compile(c.Phrases); err != nil {
			return nil, err
		}
	}
	if c.Profanity {
		managed, err := profanity()
		if err != nil {
			return nil, err
		}
		d.managed = managed
	}
	return d, nil
}

// Family is detect.Word.
func (d *Detector) Family() detect.Family { return detect.Word }

// Detect finds every occurrence of every custom phrase, and of the managed list the longest words that do not overlap. It reads the
// folded text first; what only the Joined and Decoded views show is added unless it overlaps a finding of the same Type.
func (d *Detector) Detect(ctx context.Context, in detect.Input) ([]detect.Finding, error) {
	var findings []detect.Finding
	for n, doc := range in.Blocks {
		found, err := d.block(ctx, doc)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			f.Block = n
			findings = append(findings, f)
		}
	}
	return findings, nil
}

// block finds the phrases in one document.
func (d *Detector) block(ctx context.Context, doc *text.Document) ([]detect.Finding, error) {
	if d.custom == nil && d.managed == nil {
		return nil, ctx.Err()
	}
	c := collector{ctx: ctx, detector: d, doc: doc}
	c.view(doc.Folded(), false)
	if joined := doc.Joined(); joined != doc.Folded() {
		c.view(joined, true)
	}
	for _, decoded := range doc.Decoded() {
		folded := decoded.Folded()
		c.view(folded, true)
		if joined := decoded.Joined(); joined != folded {
			c.view(joined, true)
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(c.found, func(a, b detect.Finding) int {
		return cmp.Or(cmp.Compare(a.Span.Start, b.Span.Start), cmp.Compare(b.Span.End, a.Span.End), cmp.Compare(a.Type, b.Type))
	})
	return c.found, nil
}

// kind tells findings apart that may lie over each other: a custom phrase may be spelled like the name of a list.
type kind struct{ typ, list string }

// collector gathers the findings of one document, view by view.
type collector struct {
	ctx      context.Context // lives for one call of Detect
	detector *Detector
	doc      *text.Document
	found    []detect.Finding
	known    map[kind][]text.Span // in text order

	custom, managed []match // of the view at hand
}

// view searches one view. In a second look, what overlaps an earlier finding of its Type is dropped.
//
// A phrase may begin where no character of a word stands before a character of a word, at every sign, and between loose Hangul
// letters and syllables.
func (c *collector) view(v *text.View, second bool) {
	const stretch = 16 << 10 // bytes between two looks at the context
	s, next := v.Text, stretch
	custom, managed := c.detector.custom, c.detector.managed
	c.custom, c.managed = c.custom[:0], c.managed[:0]
	var before class
	for i := 0; i < len(s); {
		if before == letter {
			// The rest of a Latin word begins nothing.
			for i < len(s) && s[i] < utf8.RuneSelf && asciiClasses[s[i]] == '0'+byte(letter) {
				i++
			}
			if i == len(s) {
				break
			}
		}
		now, size := classAt(s, i)
		if now != space && (before <= sign || now == sign || now >= hangul && loose(s, i, before, now)) {
			if custom != nil {
				c.custom = custom.begin(c.custom, v, i, c.doc)
			}
			if managed != nil {
				c.managed = managed.begin(c.managed, v, i, c.doc)
			}
			if i > next {
				if next += stretch; c.ctx.Err() != nil {
					return
				}
			}
		}
		before = now
		i += size
	}
	for _, m := range c.custom {
		c.add(kind{typ: custom.types[m.phrase]}, v.Source(m.start, m.end), second)
	}
	for _, m := range longest(c.managed) {
		c.add(kind{ManagedProfanity, ManagedProfanity}, v.Source(m.start, m.end), second)
	}
}

// add keeps a finding, unless its span is known or, in a second look, overlaps a known one of the same Type.
func (c *collector) add(k kind, span text.Span, second bool) {
	// Neither the starts nor the ends of one Type's spans ever fall, so a neighbour overlaps when any does.
	known := c.known[k]
	at, same := slices.BinarySearchFunc(known, span, func(a, b text.Span) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End))
	})
	if same || second && (at > 0 && known[at-1].Overlaps(span) || at < len(known) && known[at].Overlaps(span)) {
		return
	}
	if c.known == nil {
		c.known = map[kind][]text.Span{}
	}
	c.known[k] = slices.Insert(known, at, span)
	c.found = append(c.found, detect.Finding{Family: detect.Word, Type: k.typ, List: k.list, Span: span, Confidence: detect.High, Score: 1})
}

// longest keeps, from the left, the longest matches that do not overlap.
func longest(matches []match) []match {
	slices.SortStableFunc(matches, func(a, b match) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(b.end, a.end)) })
	end := -1
	return slices.DeleteFunc(matches, func(m match) bool {
		if m.start < end {
			return true
		}
		end = m.end
		return false
	})
}
