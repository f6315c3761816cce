package guardrail

import (
	"math"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/fault"
)

func TestValidate(t *testing.T) {
	t.Parallel()
	topic := func(name string, length int) Topic {
		return Topic{Name: name, Definition: strings.Repeat("é", length)}
	}
	grounding := func(threshold float64) Config {
		return Config{Grounding: GroundingPolicy{Filters: []GroundingFilter{{Type: Grounded, Threshold: threshold}}}}
	}
	regexes := func(n int) (c Config) {
		for i := range n {
			c.Sensitive.Regexes = append(c.Sensitive.Regexes, Regex{Name: strings.Repeat("r", i+1), Pattern: "a"})
		}
		return c
	}
	attack := func(output Strength) Config {
		return Config{Content: ContentPolicy{Filters: []ContentFilter{{Category: PromptAttack, InputStrength: StrengthHigh, OutputStrength: output}}}}
	}
	for name, test := range map[string]struct {
		config Config
		kind   fault.Kind // empty: the configuration is valid
		part   string     // of the message
	}{
		"no policy":       {Config{}, fault.Invalid, "Guardrail must have at least one policy"},
		"tiers alone":     {Config{Topics: TopicPolicy{Tier: Classic}}, fault.Invalid, "Guardrail must have at least one policy"},
		"managed list":    {Config{Words: WordPolicy{Managed: []ManagedList{{Type: Profanity}}}}, "", ""},
		"managed twice":   {Config{Words: WordPolicy{Managed: []ManagedList{{Type: Profanity}, {Type: Profanity}}}}, fault.Invalid, "same managed word list type"},
		"definition 200":  {Config{Topics: TopicPolicy{Topics: []Topic{topic("a", 200)}}}, "", ""},
		"definition 201":  {Config{Topics: TopicPolicy{Topics: []Topic{topic("a", 201)}}}, fault.Invalid, "exceeds the maximum allowed length. Shorten"},
		"standard 1000":   {Config{ProfileID: "p", Topics: TopicPolicy{Tier: Standard, Topics: []Topic{topic("a", 1000)}}}, "", ""},
		"standard 1001":   {Config{ProfileID: "p", Topics: TopicPolicy{Tier: Standard, Topics: []Topic{topic("a", 1001)}}}, fault.Invalid, "exceeds the maximum allowed length. Shorten"},
		"topic tier":      {Config{Topics: TopicPolicy{Tier: Standard, Topics: []Topic{topic("a", 1)}}}, fault.Invalid, "crossRegionConfig"},
		"content tier":    {Config{Content: ContentPolicy{Tier: Standard, Filters: []ContentFilter{{Category: Hate}}}}, fault.Invalid, "crossRegionConfig"},
		"grounding tier":  {Config{Grounding: GroundingPolicy{Tier: Standard, Filters: []GroundingFilter{{Type: Relevant}}}}, fault.Invalid, "crossRegionConfig"},
		"topic twice":     {Config{Topics: TopicPolicy{Topics: []Topic{topic("a", 1), topic("b", 1), topic("a", 2)}}}, fault.Invalid, "same topic name"},
		"filter twice":    {Config{Content: ContentPolicy{Filters: []ContentFilter{{Category: Hate}, {Category: Hate}}}}, fault.Invalid, "same content filter type"},
		"modality twice":  {Config{Content: ContentPolicy{Filters: []ContentFilter{{Category: Hate, OutputModalities: []Modality{Text, Text}}}}}, fault.Invalid, "modality"},
		"attack HIGH":     {attack(StrengthHigh), fault.Invalid, "PROMPT_ATTACK content filter must be NONE"},
		"attack NONE":     {attack(StrengthNone), "", ""},
		"word twice":      {Config{Words: WordPolicy{Words: []Word{{Text: "a"}, {Text: "a"}}}}, fault.Invalid, "same word"},
		"word in case":    {Config{Words: WordPolicy{Words: []Word{{Text: "a"}, {Text: "A"}}}}, "", ""},
		"blank word":      {Config{Words: WordPolicy{Words: []Word{{Text: "\u3000 "}}}}, fault.Invalid, "white space"},
		"entity twice":    {Config{Sensitive: SensitivePolicy{Entities: []PIIEntity{{Type: "AGE"}, {Type: "AGE"}}}}, fault.Invalid, "same PII entity type"},
		"ten regexes":     {regexes(10), "", ""},
		"eleven regexes":  {regexes(11), fault.OverQuota, "at most 10 regexes"},
		"regex twice":     {Config{Sensitive: SensitivePolicy{Regexes: []Regex{{Name: "a", Pattern: "a"}, {Name: "a", Pattern: "b"}}}}, fault.Invalid, "same regex name"},
		"bad regex":       {Config{Sensitive: SensitivePolicy{Regexes: []Regex{{Name: "a", Pattern: "(?=bad)"}}}}, fault.Invalid, "pattern of regex a cannot be used: look-around is not supported"},
		"threshold 0":     {grounding(0), "", ""},
		"threshold 0.99":  {grounding(0.99), "", ""},
		"threshold 1":     {grounding(1), fault.Invalid, "threshold"},
		"threshold -0.1":  {grounding(-0.1), fault.Invalid, "threshold"},
		"threshold NaN":   {grounding(math.NaN()), fault.Invalid, "threshold"},
		"grounding twice": {Config{Grounding: GroundingPolicy{Filters: []GroundingFilter{{Type: Grounded}, {Type: Grounded}}}}, fault.Invalid, "same contextual grounding filter type"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &Service{limits: DefaultLimits(), checkRegex: func(pattern string) error {
				if strings.Contains(pattern, "bad") {
					return fault.New(fault.Invalid, "look-around is not supported")
				}
				return nil
			}}
			err := s.validate(test.config)
			if test.kind == "" {
				if err != nil {
					t.Errorf("refused: %v", err)
				}
				return
			}
			if !fault.Is(err, test.kind) || !strings.Contains(fault.From(err).Message, test.part) {
				t.Errorf("error %v, want %s with %q", err, test.kind, test.part)
			}
		})
	}
}
