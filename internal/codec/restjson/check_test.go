package restjson_test

import (
	"strings"
	"testing"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/wire/bedrock"
	"merlon.dev/merlon/internal/wire/bedrockruntime"
)

// valid is a CreateGuardrail that breaks nothing.
func valid() *bedrock.CreateGuardrailRequest {
	return &bedrock.CreateGuardrailRequest{
		Name: new("name"), BlockedInputMessaging: new("no"), BlockedOutputsMessaging: new("no"),
	}
}

func topic(name string) *bedrock.GuardrailTopicPolicyConfig {
	return &bedrock.GuardrailTopicPolicyConfig{TopicsConfig: []bedrock.GuardrailTopicConfig{{
		Name: new(name), Definition: new("d"), Type: new(bedrock.GuardrailTopicTypeDeny),
	}}}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	const one = "1 validation error detected: "
	tests := []struct {
		name   string
		change func(*bedrock.CreateGuardrailRequest)
		want   string
	}{
		{"valid", func(*bedrock.CreateGuardrailRequest) {}, ""},
		{
			"missing", func(in *bedrock.CreateGuardrailRequest) { in.Name = nil },
			one + "Value null at 'name' failed to satisfy constraint: Member must not be null",
		},
		{
			"two", func(in *bedrock.CreateGuardrailRequest) { in.Name, in.BlockedInputMessaging = nil, nil },
			"2 validation errors detected: Value null at 'name' failed to satisfy constraint: Member must not be null; " +
				"Value null at 'blockedInputMessaging' failed to satisfy constraint: Member must not be null",
		},
		{
			"too short", func(in *bedrock.CreateGuardrailRequest) { in.ClientRequestToken = new("") },
			"2 validation errors detected: Value '' at 'clientRequestToken' failed to satisfy constraint: Member must have length greater than or equal to 1; " +
				"Value '' at 'clientRequestToken' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9]([-a-zA-Z0-9]{0,254}[a-zA-Z0-9])?",
		},
		{"length counts code points", func(in *bedrock.CreateGuardrailRequest) { in.BlockedInputMessaging = new(strings.Repeat("😀", 500)) }, ""},
		{
			"one code point more", func(in *bedrock.CreateGuardrailRequest) { in.BlockedInputMessaging = new(strings.Repeat("é", 501)) },
			one + "Value at 'blockedInputMessaging' failed to satisfy constraint: Member must have length less than or equal to 500",
		},
		{
			"pattern of a sensitive member", func(in *bedrock.CreateGuardrailRequest) { in.TopicPolicyConfig = topic("금융") },
			one + "Value at 'topicPolicyConfig.topicsConfig.1.member.name' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9a-zA-Z-_ !?.]+",
		},
		{"pattern with a hyphen", func(in *bedrock.CreateGuardrailRequest) { in.TopicPolicyConfig = topic("a-b_c d!?.") }, ""},
		{
			"pattern is whole", func(in *bedrock.CreateGuardrailRequest) { in.KmsKeyId = new("alias/key\n") },
			one + "Value 'alias/key\n' at 'kmsKeyId' failed to satisfy constraint: Member must satisfy regular expression pattern: ",
		},
		{
			"enum", func(in *bedrock.CreateGuardrailRequest) {
				in.WordPolicyConfig = &bedrock.GuardrailWordPolicyConfig{WordsConfig: []bedrock.GuardrailWordConfig{
					{Text: new("a")}, {Text: new("b"), InputAction: new(bedrock.GuardrailWordAction("MASK"))},
				}}
			},
			one + "Value at 'wordPolicyConfig.wordsConfig.2.member.inputAction' failed to satisfy constraint: Member must satisfy enum value set: [BLOCK, NONE]",
		},
		{
			"enum that is not sensitive", func(in *bedrock.CreateGuardrailRequest) {
				in.SensitiveInformationPolicyConfig = &bedrock.GuardrailSensitiveInformationPolicyConfig{
					PiiEntitiesConfig: []bedrock.GuardrailPiiEntityConfig{{Type: new(bedrock.GuardrailPiiEntityTypeName), Action: new(bedrock.GuardrailSensitiveInformationAction("MASK"))}},
				}
			},
			one + "Value 'MASK' at 'sensitiveInformationPolicyConfig.piiEntitiesConfig.1.member.action' failed to satisfy constraint: Member must satisfy enum value set: [BLOCK, ANONYMIZE, NONE]",
		},
		{
			"empty list", func(in *bedrock.CreateGuardrailRequest) {
				in.TopicPolicyConfig = &bedrock.GuardrailTopicPolicyConfig{TopicsConfig: []bedrock.GuardrailTopicConfig{}}
			},
			one + "Value '[]' at 'topicPolicyConfig.topicsConfig' failed to satisfy constraint: Member must have length greater than or equal to 1",
		},
		{
			"range", func(in *bedrock.CreateGuardrailRequest) {
				in.ContextualGroundingPolicyConfig = &bedrock.GuardrailContextualGroundingPolicyConfig{
					FiltersConfig: []bedrock.GuardrailContextualGroundingFilterConfig{{
						Type: new(bedrock.GuardrailContextualGroundingFilterTypeGrounding), Threshold: new(-0.5),
					}},
				}
			},
			one + "Value '-0.5' at 'contextualGroundingPolicyConfig.filtersConfig.1.member.threshold' failed to satisfy constraint: Member must have value greater than or equal to 0",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			in := valid()
			test.change(in)
			err := codec.Check(in)
			if test.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if !fault.Is(err, fault.Invalid) || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestCheckListsTen(t *testing.T) {
	t.Parallel()
	in := valid()
	in.WordPolicyConfig = &bedrock.GuardrailWordPolicyConfig{WordsConfig: make([]bedrock.GuardrailWordConfig, 25)}
	message := codec.Check(in).Error()
	if !strings.HasPrefix(message, "25 validation errors detected: ") {
		t.Errorf("the count is not the true one: %s", message)
	}
	if got := strings.Count(message, "failed to satisfy"); got != 10 {
		t.Errorf("%d violations are listed, want 10", got)
	}
}

func TestCheckUnion(t *testing.T) {
	t.Parallel()
	in := &bedrockruntime.ApplyGuardrailRequest{
		GuardrailIdentifier: new(""), GuardrailVersion: new(""), Source: new(bedrockruntime.GuardrailContentSourceInput),
		Content: []bedrockruntime.GuardrailContentBlock{{}},
	}
	want := "1 validation error detected: Value at 'content.1.member' failed to satisfy constraint: Member must have exactly one of the members [text, image]"
	if err := codec.Check(in); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	in.Content[0].Text = &bedrockruntime.GuardrailTextBlock{Text: new("a")}
	if err := codec.Check(in); err != nil {
		t.Error(err)
	}
}

func TestTaggableGuardrail(t *testing.T) {
	t.Parallel()
	in := &bedrock.ListTagsForResourceRequest{ResourceARN: new("arn:aws:bedrock:us-east-1:123456789012:guardrail/abcdefghij12")}
	if err := codec.Check(in); err != nil {
		t.Error(err)
	}
	*in.ResourceARN += ":1"
	if err := codec.Check(in); err == nil {
		t.Error("a guardrail version was taken for a resource")
	}
}
