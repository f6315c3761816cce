package bedrock

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/guardrail"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

type request = wire.CreateGuardrailRequest

func topics(list ...wire.GuardrailTopicConfig) func(*request) {
	return func(in *request) {
		in.TopicPolicyConfig = &wire.GuardrailTopicPolicyConfig{TopicsConfig: list}
	}
}

func topic(name, definition string, examples ...string) wire.GuardrailTopicConfig {
	return wire.GuardrailTopicConfig{Name: &name, Definition: &definition, Examples: examples, Type: new(wire.GuardrailTopicTypeDeny)}
}

func content(list ...wire.GuardrailContentFilterConfig) func(*request) {
	return func(in *request) {
		in.ContentPolicyConfig = &wire.GuardrailContentPolicyConfig{FiltersConfig: list}
	}
}

func filter(kind wire.GuardrailContentFilterType, input, output wire.GuardrailFilterStrength) wire.GuardrailContentFilterConfig {
	return wire.GuardrailContentFilterConfig{Type: &kind, InputStrength: &input, OutputStrength: &output}
}

func regexes(list ...wire.GuardrailRegexConfig) func(*request) {
	return func(in *request) {
		in.SensitiveInformationPolicyConfig = &wire.GuardrailSensitiveInformationPolicyConfig{RegexesConfig: list}
	}
}

func regex(name, pattern string) wire.GuardrailRegexConfig {
	return wire.GuardrailRegexConfig{Name: &name, Pattern: &pattern, Action: new(wire.GuardrailSensitiveInformationActionBlock)}
}

func words(list ...string) func(*request) {
	return func(in *request) {
		in.WordPolicyConfig = &wire.GuardrailWordPolicyConfig{
			WordsConfig: each(list, func(w string) wire.GuardrailWordConfig { return wire.GuardrailWordConfig{Text: &w} }),
		}
	}
}

func threshold(value float64) func(*request) {
	return func(in *request) {
		in.ContextualGroundingPolicyConfig = &wire.GuardrailContextualGroundingPolicyConfig{
			FiltersConfig: []wire.GuardrailContextualGroundingFilterConfig{
				{Type: new(wire.GuardrailContextualGroundingFilterTypeGrounding), Threshold: &value},
			},
		}
	}
}

func standard(in *request) {
	in.TopicPolicyConfig.TierConfig = &wire.GuardrailTopicsTierConfig{TierName: new(wire.GuardrailTopicsTierNameStandard)}
}

func throughProfile(in *request) {
	in.CrossRegionConfig = &wire.GuardrailCrossRegionConfig{GuardrailProfileIdentifier: new("us.guardrail.v1:0")}
}

func noWords(in *request) { in.WordPolicyConfig = nil }

// TestFacts01To14 are the facts of spec/guardrails.md section 16 on what CreateGuardrail takes and refuses.
func TestFacts01To14(t *testing.T) {
	t.Parallel()
	const invalid = "ValidationException"
	for _, test := range []struct {
		name       string
		in         *request
		code, part string // empty: it succeeds
	}{
		{"01 no policy", valid("g", noWords), invalid, "Guardrail must have at least one policy"},
		{"01 empty policies", valid("g", func(in *request) {
			in.WordPolicyConfig = &wire.GuardrailWordPolicyConfig{}
			in.SensitiveInformationPolicyConfig = &wire.GuardrailSensitiveInformationPolicyConfig{}
		}), invalid, "Guardrail must have at least one policy"},
		{"03 no blockedInputMessaging", valid("g", func(in *request) { in.BlockedInputMessaging = nil }), invalid, "blockedInputMessaging"},
		{"04 name of 51", valid(strings.Repeat("n", 51)), invalid, "'name'"},
		{"04 name of 50", valid(strings.Repeat("n", 50)), "", ""},
		{"04 name with space", valid("a b"), invalid, "[0-9a-zA-Z-_]+"},
		{"07 31 topics", valid("g", topics(numbered(31, func(n string) wire.GuardrailTopicConfig { return topic(n, "d") })...)), invalid, "topicsConfig"},
		{"07 30 topics", valid("g", topics(numbered(30, func(n string) wire.GuardrailTopicConfig { return topic(n, "d") })...)), "", ""},
		{"07 6 examples", valid("g", topics(topic("t", "d", numbered(6, func(n string) string { return n })...))), invalid, "examples"},
		{"07 5 examples of 100", valid("g", topics(topic("t", "d", numbered(5, func(string) string { return strings.Repeat("e", 100) })...))), "", ""},
		{"07 example of 101", valid("g", topics(topic("t", "d", strings.Repeat("e", 101)))), invalid, "examples"},
		{"07 definition of 201", valid("g", topics(topic("t", strings.Repeat("d", 201)))), invalid, ""},
		{"07 definition of 200", valid("g", topics(topic("t", strings.Repeat("é", 200)))), "", ""},
		{"08 STANDARD with 1001", valid("g", topics(topic("t", strings.Repeat("d", 1001))), standard, throughProfile), invalid, ""},
		{"08 STANDARD without profile", valid("g", topics(topic("t", "d")), standard), invalid, "crossRegionConfig"},
		{"09 other topic type", valid("g", topics(topic("t", "d")), func(in *request) {
			in.TopicPolicyConfig.TopicsConfig[0].Type = new(wire.GuardrailTopicType("ALLOW"))
		}), invalid, "enum value set: [DENY]"},
		{"10 PROMPT_ATTACK outputStrength HIGH", valid("g", content(filter("PROMPT_ATTACK", "HIGH", "HIGH"))), invalid, "must be NONE"},
		{"10 PROMPT_ATTACK outputStrength NONE", valid("g", content(filter("PROMPT_ATTACK", "HIGH", "NONE"))), "", ""},
		{"11 11 regexes", valid("g", regexes(numbered(11, func(n string) wire.GuardrailRegexConfig { return regex(n, n) })...)), "ServiceQuotaExceededException", "10 regexes"},
		{"11 31 regexes", valid("g", regexes(numbered(31, func(n string) wire.GuardrailRegexConfig { return regex(n, n) })...)), invalid, "regexesConfig"},
		{"11 10 regexes", valid("g", regexes(numbered(10, func(n string) wire.GuardrailRegexConfig { return regex(n, n) })...)), "", ""},
		{"11 pattern of 501", valid("g", regexes(regex("r", strings.Repeat("a", 501)))), invalid, "pattern"},
		{"11 look-ahead", valid("g", regexes(regex("r", "(?=x)"))), invalid, "pattern of regex r"},
		{"12 threshold 1.0", valid("g", threshold(1)), invalid, "threshold"},
		{"12 threshold -0.1", valid("g", threshold(-0.1)), invalid, "threshold"},
		{"12 threshold 0", valid("g", threshold(0)), "", ""},
		{"12 threshold 0.99", valid("g", threshold(0.99)), "", ""},
		{"13 10,001 words", valid("g", words(numbered(10001, func(n string) string { return n })...)), invalid, "wordsConfig"},
		{"13 10,000 words", valid("g", words(numbered(10000, func(n string) string { return n })...)), "", ""},
		{"13 word of 101", valid("g", words(strings.Repeat("w", 101))), invalid, "text"},
		{"14 managed list alone", valid("g", func(in *request) {
			in.WordPolicyConfig = &wire.GuardrailWordPolicyConfig{
				ManagedWordListsConfig: []wire.GuardrailManagedWordsConfig{{Type: new(wire.GuardrailManagedWordsTypeProfanity)}},
			}
		}), "", ""},
		{"automated reasoning", valid("g", func(in *request) {
			in.AutomatedReasoningPolicyConfig = &wire.GuardrailAutomatedReasoningPolicyConfig{
				Policies: []string{"arn:aws:bedrock:us-east-1:123456789012:automated-reasoning-policy/abcdefghijkl"},
			}
		}), invalid, "not supported"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := setup(t, guardrail.DefaultLimits())
			if test.code == "" {
				must[*wire.CreateGuardrailResponse](s, "CreateGuardrail", test.in)
				return
			}
			refused(s, "CreateGuardrail", test.in, test.code, test.part)
			if left := s.list(nil, 10); len(left) != 0 {
				t.Errorf("the refused request left %v", left)
			}
		})
	}
}

func TestFact02Create(t *testing.T) {
	t.Parallel()
	s := setup(t, guardrail.DefaultLimits())
	out := must[*wire.CreateGuardrailResponse](s, "CreateGuardrail", valid("g"))
	if *out.Version != "DRAFT" || !regexp.MustCompile(`^[a-z0-9]{12}$`).MatchString(*out.GuardrailId) || *out.GuardrailArn != arnOf(*out.GuardrailId) {
		t.Errorf("answered %s %s %s", *out.GuardrailId, *out.GuardrailArn, *out.Version)
	}
	if out.CreatedAt.Location() != time.UTC || out.CreatedAt.Nanosecond()%1000 != 0 || out.CreatedAt.Before(noon) {
		t.Errorf("createdAt %v", out.CreatedAt)
	}
	if op := s.operations["CreateGuardrail"]; op.Schema.Status != 202 {
		t.Errorf("status %d", op.Schema.Status)
	}
}

func TestFact05NameTaken(t *testing.T) {
	t.Parallel()
	s := setup(t, guardrail.DefaultLimits())
	token := func(token string) func(*request) { return func(in *request) { in.ClientRequestToken = &token } }
	s.create("g", token("one"))
	const message = "Another guardrail in your account already has this name."
	refused(s, "CreateGuardrail", valid("g", token("two")), "ConflictException", message)
	refused(s, "CreateGuardrail", valid("g"), "ConflictException", message)
	other := s.create("h")
	refused(s, "UpdateGuardrail", update(other, valid("g")), "ConflictException", message)
	must[*wire.UpdateGuardrailResponse](s, "UpdateGuardrail", update(other, valid("h")))
	// The name is unique in an account and Region, not beyond.
	s.as("210987654321", "us-east-1").create("g")
	s.as("123456789012", "eu-west-1").create("g")
}

func TestFact06Token(t *testing.T) {
	t.Parallel()
	s := setup(t, guardrail.DefaultLimits())
	tags := func(keys ...string) func(*request) {
		return func(in *request) {
			in.ClientRequestToken = new("token")
			in.Tags = each(keys, func(k string) wire.Tag { return wire.Tag{Key: &k, Value: new("v")} })
		}
	}
	first := must[*wire.CreateGuardrailResponse](s, "CreateGuardrail", valid("g", tags("a", "b")))
	again := must[*wire.CreateGuardrailResponse](s, "CreateGuardrail", valid("g", tags("b", "a")))
	if *first.GuardrailId != *again.GuardrailId || !first.CreatedAt.Equal(*again.CreatedAt) {
		t.Errorf("first %s %v, then %s %v", *first.GuardrailId, first.CreatedAt, *again.GuardrailId, again.CreatedAt)
	}
	if list := s.list(nil, 10); len(list) != 1 {
		t.Errorf("listed %v", list)
	}
	for name, other := range map[string]*request{
		"name": valid("h", tags("a", "b")), "tags": valid("g", tags("a")), "words": valid("g", tags("a", "b"), words("other")),
		"key": valid("g", tags("a", "b"), func(in *request) { in.KmsKeyId = new("alias/k") }),
	} {
		refused(s, "CreateGuardrail", other, "ConflictException", "clientRequestToken token")
		_ = name
	}
	// A token belongs to one operation, account and Region, and is forgotten after its lifetime.
	s.as("210987654321", "us-east-1").create("h", tags())
	version := &wire.CreateGuardrailVersionRequest{GuardrailIdentifier: first.GuardrailId, ClientRequestToken: new("token")}
	for range 2 {
		if out := must[*wire.CreateGuardrailVersionResponse](s, "CreateGuardrailVersion", version); *out.Version != "1" {
			t.Errorf("version %s, want 1 both times", *out.Version)
		}
	}
	version.Description = new("other")
	refused(s, "CreateGuardrailVersion", version, "ConflictException", "clientRequestToken token")
	s.clock.Add(int64(guardrail.TokenLifetime / time.Second))
	s.create("h", tags())
}

func TestFact08LongDefinitions(t *testing.T) {
	t.Parallel()
	s := setup(t, guardrail.DefaultLimits())
	in := valid("g", topics(topic("t", strings.Repeat("é", 1000))), standard, throughProfile)
	// The model still gives 200 for both tiers; whether the wire's check admits more is the generator's to say.
	op := s.operations["CreateGuardrail"]
	if _, err := op.Handle(t.Context(), &s.call, in); err != nil {
		t.Errorf("1000 characters: %v", err)
	}
	in = valid("h", topics(topic("t", strings.Repeat("é", 1001))), standard, throughProfile)
	if _, err := op.Handle(t.Context(), &s.call, in); err == nil || !strings.Contains(err.Error(), "exceeds the maximum allowed length. Shorten") {
		t.Errorf("1001 characters: %v", err)
	}
}

func TestQuotas(t *testing.T) {
	t.Parallel()
	s := setup(t, guardrail.Limits{Guardrails: 2, Versions: 2})
	id := s.create("a")
	s.create("b")
	refused(s, "CreateGuardrail", valid("c"), "ServiceQuotaExceededException", "maximum of 2 guardrails")
	s.as("210987654321", "us-east-1").create("c")
	s.version(id)
	s.version(id)
	refused(s, "CreateGuardrailVersion", &wire.CreateGuardrailVersionRequest{GuardrailIdentifier: &id}, "ServiceQuotaExceededException", "maximum of 2 versions")
	must[*wire.DeleteGuardrailResponse](s, "DeleteGuardrail", &wire.DeleteGuardrailRequest{GuardrailIdentifier: &id, GuardrailVersion: new("1")})
	if got := s.version(id); got != "3" {
		t.Errorf("version %s after a deletion, want 3", got)
	}
	must[*wire.DeleteGuardrailResponse](s, "DeleteGuardrail", &wire.DeleteGuardrailRequest{GuardrailIdentifier: &id})
	s.create("c")
}
