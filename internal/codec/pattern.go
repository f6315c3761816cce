package codec

import (
	"regexp"
	"sync"
)

// Pattern is a regular expression that a whole string must match. It is compiled at its first use; it is safe for concurrent
// use and must not be copied.
type Pattern struct {
	// Source is the model's own spelling, which messages to callers quote.
	Source string
	// Match is Source in RE2's syntax, without anchors.
	Match string
	// Ahead and Never are what RE2 cannot say inside Match: prefixes that must, and must not, match as well.
	Ahead, Never string

	once                sync.Once
	match, ahead, never *regexp.Regexp
}

// Matches reports whether the whole of s matches.
func (p *Pattern) Matches(s string) bool {
	p.once.Do(func() {
		// The generator has compiled every one of these, so that none can fail here.
		p.match = regexp.MustCompile(`\A(?:` + p.Match + `)\z`)
		if p.Ahead != "" {
			p.ahead = regexp.MustCompile(`\A(?:` + p.Ahead + `)`)
		}
		if p.Never != "" {
			p.never = regexp.MustCompile(`\A(?:` + p.Never + `)`)
		}
	})
	return p.match.MatchString(s) &&
		(p.ahead == nil || p.ahead.MatchString(s)) &&
		(p.never == nil || !p.never.MatchString(s))
}
