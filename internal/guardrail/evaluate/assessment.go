package evaluate

import (
	"time"

	"merlon.dev/merlon/internal/detect"
	"merlon.dev/merlon/internal/guardrail"
)

// Effect is what a filter did about one finding.
type Effect string

// The effects. NoEffect is both "nothing was found" and "found in detect mode".
const (
	Blocked    Effect = "BLOCKED"
	Anonymized Effect = "ANONYMIZED"
	NoEffect   Effect = "NONE"
)

// effectOf is what an action does when its filter has found something.
func effectOf(a guardrail.Action) Effect {
	switch a {
	case guardrail.Anonymize:
		return Anonymized
	case guardrail.NoAction:
		return NoEffect
	default:
		return Blocked // Block, and whatever is not known: the safe side
	}
}

// Assessment is what one guardrail saw in one call and what it did, policy by policy.
type Assessment struct {
	Topics    []TopicAssessment
	Content   []ContentAssessment
	Words     []WordAssessment // custom words
	Managed   []WordAssessment
	Entities  []EntityAssessment
	Regexes   []RegexAssessment
	Grounding []GroundingAssessment
	Usage     Usage
	Coverage  Coverage
	Latency   time.Duration // of the evaluation alone
}

// TopicAssessment is one denied topic.
type TopicAssessment struct {
	Name     string
	Effect   Effect
	Detected bool
}

// ContentAssessment is one content filter. guardrail.Strength is the one of the call's direction.
type ContentAssessment struct {
	Category   guardrail.Category
	Confidence detect.Confidence
	Strength   guardrail.Strength
	Effect     Effect
	Detected   bool
}

// WordAssessment is one occurrence of a word. List is the managed list's type, or empty for a custom word.
type WordAssessment struct {
	Match  string
	List   string
	Effect Effect
}

// EntityAssessment is one occurrence of personal data, or with Detected false one type that was looked for in vain.
type EntityAssessment struct {
	Type     string
	Match    string
	Effect   Effect
	Detected bool
}

// RegexAssessment is one occurrence of a regex.
type RegexAssessment struct {
	Name    string
	Pattern string
	Match   string
	Effect  Effect
}

// GroundingAssessment is one grounding filter with its score; it has detected something when the score is below the threshold.
type GroundingAssessment struct {
	Type      guardrail.GroundingType
	Threshold float64
	Score     float64
	Effect    Effect
	Detected  bool
}

// Usage counts text units (1,000 characters, rounded up) and images by policy.
type Usage struct {
	Topic, Content, Word, Sensitive, SensitiveFree, Grounding int
	ContentImages                                             int
}

// Coverage says how much of the call's content was looked at.
type Coverage struct {
	GuardedCharacters, TotalCharacters int // Unicode code points
	GuardedImages, TotalImages         int
}

// units gives the text units of n characters.
func units(n int) int { return (n + 999) / 1000 }

// usage counts what a call of guarded characters costs; groundingChars is the length of sources, queries and guarded content.
func (p plan) usage(guarded, groundingChars, images int) Usage {
	u, n := Usage{}, units(guarded)
	if len(p.topics) > 0 {
		u.Topic = n
	}
	for _, f := range p.content {
		if f.text {
			u.Content = n
		}
	}
	if p.images {
		u.ContentImages = images
	}
	if len(p.words)+len(p.managed) > 0 {
		u.Word = n
	}
	for _, s := range p.sensitive {
		if s.regex() {
			u.SensitiveFree = n
		} else {
			u.Sensitive = n
		}
	}
	if len(p.grounding) > 0 {
		u.Grounding = units(groundingChars)
	}
	return u
}
