package wire

import (
	"encoding/json"
	"net/http"
	"os"
	"strings"
	"testing"
	"unicode/utf8"

	"merlon.dev/merlon/internal/codec/restjson"
	"merlon.dev/merlon/internal/wire/bedrock"
	"merlon.dev/merlon/internal/wire/bedrockruntime"
)

func read(t *testing.T, name string, into any) {
	t.Helper()
	data, err := os.ReadFile("../../internal/codec/jsontext/testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		t.Fatal(err)
	}
}

// TestNaughtyStrings takes every string of the list that the constraints admit through every free text field and wants it back as it was.
func TestNaughtyStrings(t *testing.T) {
	t.Parallel()
	s := start(t)
	var naughty []string
	read(t, "naughty_strings.json", &naughty)
	fit := func(text string, most int) bool {
		n := utf8.RuneCountInString(text)
		return n >= 1 && n <= most && utf8.ValidString(text)
	}
	tried := 0
	for i, text := range naughty {
		if !fit(text, 100) {
			continue
		}
		tried++
		in := &bedrock.CreateGuardrailRequest{
			Name: new("naughty"), Description: &text, BlockedInputMessaging: &text, BlockedOutputsMessaging: &text,
			TopicPolicyConfig: &bedrock.GuardrailTopicPolicyConfig{TopicsConfig: []bedrock.GuardrailTopicConfig{{
				Name: new("t"), Definition: &text, Examples: []string{text}, Type: new(bedrock.GuardrailTopicTypeDeny),
			}}},
			SensitiveInformationPolicyConfig: &bedrock.GuardrailSensitiveInformationPolicyConfig{RegexesConfig: []bedrock.GuardrailRegexConfig{{
				Name: &text, Description: &text, Pattern: new("a"), Action: new(bedrock.GuardrailSensitiveInformationActionNone),
			}}},
		}
		var made bedrock.CreateGuardrailResponse
		if got := s.call(t, bedrock.CreateGuardrail, in, &made); got.status != http.StatusAccepted {
			t.Errorf("string %d %q: %d %s", i, text, got.status, got.body)
			continue
		}
		var back bedrock.GetGuardrailResponse
		s.call(t, bedrock.GetGuardrail, &bedrock.GetGuardrailRequest{GuardrailIdentifier: made.GuardrailId}, &back)
		topic, regex := back.TopicPolicy.Topics[0], back.SensitiveInformationPolicy.Regexes[0]
		for field, value := range map[string]*string{
			"description": back.Description, "input message": back.BlockedInputMessaging, "output message": back.BlockedOutputsMessaging,
			"definition": topic.Definition, "example": &topic.Examples[0], "regex name": regex.Name, "regex description": regex.Description,
		} {
			if value == nil || *value != text {
				t.Errorf("string %d %q came back in the %s as %v", i, text, field, value)
			}
		}
		s.call(t, bedrock.DeleteGuardrail, &bedrock.DeleteGuardrailRequest{GuardrailIdentifier: made.GuardrailId}, nil)
	}
	if tried < 400 {
		t.Errorf("tried %d strings: the list or the filter is broken", tried)
	}
}

// TestNaughtyContent masks a mail address beside every string and wants the string untouched.
func TestNaughtyContent(t *testing.T) {
	t.Parallel()
	s := start(t)
	var naughty []string
	read(t, "naughty_strings.json", &naughty)
	var made bedrock.CreateGuardrailResponse
	s.call(t, bedrock.CreateGuardrail, &bedrock.CreateGuardrailRequest{
		Name: new("content"), BlockedInputMessaging: new("no"), BlockedOutputsMessaging: new("no"),
		SensitiveInformationPolicyConfig: &bedrock.GuardrailSensitiveInformationPolicyConfig{RegexesConfig: []bedrock.GuardrailRegexConfig{{
			Name: new("Marker"), Pattern: new("MARK-[0-9]{4}"), Action: new(bedrock.GuardrailSensitiveInformationActionAnonymize),
		}}},
	}, &made)
	for i, text := range naughty {
		if !utf8.ValidString(text) {
			continue
		}
		content := text + "\nMARK-1234\n" + text
		var out bedrockruntime.ApplyGuardrailResponse
		got := s.call(t, bedrockruntime.ApplyGuardrail, &bedrockruntime.ApplyGuardrailRequest{
			GuardrailIdentifier: made.GuardrailId, GuardrailVersion: new("DRAFT"), Source: new(bedrockruntime.GuardrailContentSourceOutput),
			Content: []bedrockruntime.GuardrailContentBlock{{Text: &bedrockruntime.GuardrailTextBlock{Text: &content}}},
		}, &out)
		if got.status != http.StatusOK || len(out.Outputs) != 1 || *out.Outputs[0].Text != text+"\n{Marker}\n"+text {
			t.Errorf("string %d %q: %d %s", i, text, got.status, got.body)
		}
	}
}

// TestBrokenBodies sends every text of the JSON test suite that is not JSON, or not an object, as a body.
func TestBrokenBodies(t *testing.T) {
	t.Parallel()
	s := start(t)
	refused := 0
	for _, body := range []string{
		``, `[]`, `"x"`, `1`, `null`, `{`, `{"name":}`, `{"name":"a",}`, `{"name":"a"}}`, `{'name':'a'}`, `{"name":"a","name":"b"}`, `{"name":"\ud800"}`,
		"{\"name\":\"\xff\"}", `{"name":"a" /* c */}`, `{"name":NaN}`, `{"tags":{}}`, `{"tags":[null]}`, strings.Repeat(`{"a":`, 200) + strings.Repeat(`}`, 200), "\ufeff{}",
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/guardrails", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		got := s.send(t, r)
		code := restjson.Client{}.ErrorCode(got.header, got.body)
		// An empty body is an empty request, which lacks its members.
		if want := map[bool]string{true: "ValidationException", false: "SerializationException"}[body == ""]; got.status != http.StatusBadRequest || code != want {
			t.Errorf("%.40q: %d %s %s", body, got.status, code, got.body)
		}
		refused++
	}
	if refused != 19 {
		t.Errorf("sent %d bodies", refused)
	}
}
