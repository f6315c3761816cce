package guardrail

// Switch is a flag that the caller may have left out; reading a guardrail back must not invent it.
type Switch int8

// The positions of a Switch.
const (
	Unset Switch = iota
	On
	Off
)

// Action is what a filter does about what it detects, in one direction. Empty means that the caller left it out.
type Action string

// The closed list of configured actions. NoAction detects and reports, and changes nothing.
const (
	Block     Action = "BLOCK"
	Anonymize Action = "ANONYMIZE"
	NoAction  Action = "NONE"
)

// Gate is how a filter behaves in one direction.
type Gate struct {
	Action  Action
	Enabled Switch
}

// Gates holds a filter's two directions.
type Gates struct {
	Input, Output Gate
}

// In gives the gate of direction d.
func (g Gates) In(d Direction) Gate {
	if d == Output {
		return g.Output
	}
	return g.Input
}

// Direction is which side of the model a text is on. It doubles as the source of an ApplyGuardrail call.
type Direction string

// The two directions.
const (
	Input  Direction = "INPUT"
	Output Direction = "OUTPUT"
)

// Config is everything that a version of a guardrail freezes. A policy without filters is absent.
type Config struct {
	Name          string
	Description   string
	BlockedInput  string // what the caller sees instead of a blocked prompt
	BlockedOutput string // what the caller sees instead of a blocked answer
	Topics        TopicPolicy
	Content       ContentPolicy
	Words         WordPolicy
	Sensitive     SensitivePolicy
	Grounding     GroundingPolicy
	ProfileID     string // guardrail profile of crossRegionConfig, "us.guardrail.v1:0", or empty
	ProfileARN    string
	KMSKeyARN     string // customer managed key, or empty for the service's own
}

// Tier is the quality tier of a policy. Empty means CLASSIC, which is how it reads back.
type Tier string

// The tiers. One multilingual engine serves both; the tier decides limits and the need for a guardrail profile.
const (
	Classic  Tier = "CLASSIC"
	Standard Tier = "STANDARD"
)

// TopicPolicy is the topic policy: subjects that the guardrail denies.
type TopicPolicy struct {
	Topics []Topic
	Tier   Tier
}

// Topic is one denied topic; its type is always DENY.
type Topic struct {
	Name       string
	Definition string
	Examples   []string
	Gates      Gates
}

// ContentPolicy is the content policy: harmful categories and prompt attacks.
type ContentPolicy struct {
	Filters []ContentFilter
	Tier    Tier
}

// Category is what a content filter looks for.
type Category string

// The closed list of content categories.
const (
	Sexual       Category = "SEXUAL"
	Violence     Category = "VIOLENCE"
	Hate         Category = "HATE"
	Insults      Category = "INSULTS"
	Misconduct   Category = "MISCONDUCT"
	PromptAttack Category = "PROMPT_ATTACK"
)

// Strength is how readily a content filter acts: HIGH acts on LOW confidence already, NONE never.
type Strength string

// The strengths.
const (
	StrengthNone   Strength = "NONE"
	StrengthLow    Strength = "LOW"
	StrengthMedium Strength = "MEDIUM"
	StrengthHigh   Strength = "HIGH"
)

// Modality is a kind of content that a content filter reads.
type Modality string

// The modalities.
const (
	Text  Modality = "TEXT"
	Image Modality = "IMAGE"
)

// ContentFilter is one category with its strengths. Empty modalities mean text only and read back as absent.
type ContentFilter struct {
	Category         Category
	InputStrength    Strength
	OutputStrength   Strength
	InputModalities  []Modality
	OutputModalities []Modality
	Gates            Gates
}

// Strength gives the strength in direction d.
func (f ContentFilter) Strength(d Direction) Strength {
	if d == Output {
		return f.OutputStrength
	}
	return f.InputStrength
}

// Reads reports whether the filter reads content of modality m in direction d.
func (f ContentFilter) Reads(m Modality, d Direction) bool {
	modalities := f.InputModalities
	if d == Output {
		modalities = f.OutputModalities
	}
	if len(modalities) == 0 {
		return m == Text
	}
	for _, have := range modalities {
		if have == m {
			return true
		}
	}
	return false
}

// WordPolicy is the word policy: literal phrases and managed lists.
type WordPolicy struct {
	Words   []Word
	Managed []ManagedList
}

// Word is one phrase.
type Word struct {
	Text  string
	Gates Gates
}

// Profanity is the one managed word list.
const Profanity = "PROFANITY"

// ManagedList is a word list that Merlon maintains.
type ManagedList struct {
	Type  string
	Gates Gates
}

// SensitivePolicy is the sensitive-information policy: personal data and the caller's own patterns.
type SensitivePolicy struct {
	Entities []PIIEntity
	Regexes  []Regex
}

// PIIEntity is one type of personal data.
type PIIEntity struct {
	Type   string
	Action Action // for both directions where Gates says nothing
	Gates  Gates
}

// Regex is one pattern of the caller.
type Regex struct {
	Name        string
	Description string
	Pattern     string
	Action      Action // for both directions where Gates says nothing
	Gates       Gates
}

// GroundingPolicy is the contextual-grounding policy; it only looks at output.
type GroundingPolicy struct {
	Filters []GroundingFilter
	Tier    Tier
}

// GroundingType is what a grounding filter scores.
type GroundingType string

// The two grounding types.
const (
	Grounded GroundingType = "GROUNDING"
	Relevant GroundingType = "RELEVANCE"
)

// GroundingFilter acts when the score is below Threshold, which is in [0, 1).
type GroundingFilter struct {
	Type      GroundingType
	Threshold float64
	Action    Action
	Enabled   Switch
}
