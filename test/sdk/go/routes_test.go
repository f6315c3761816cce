package sdk

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/bedrock"
	control "github.com/aws/aws-sdk-go-v2/service/bedrock/types"
	"github.com/aws/aws-sdk-go-v2/service/bedrockruntime"
	data "github.com/aws/aws-sdk-go-v2/service/bedrockruntime/types"
)

const answer = `{"choices":[{"message":{"content":"hello"},"finish_reason":"stop"}],"usage":{"prompt_tokens":7,"completion_tokens":11}}`

func said(text string) []data.Message {
	return []data.Message{{Role: data.ConversationRoleUser, Content: []data.ContentBlock{&data.ContentBlockMemberText{Value: text}}}}
}

func TestConverseAndInvokeModel(t *testing.T) {
	t.Parallel()
	runtime, _, guardrail := modelled(t, answer)
	for text, want := range map[string]struct {
		answer string
		stop   data.StopReason
	}{"hi": {"hello", data.StopReasonEndTurn}, "Bluewhale?": {"no prompt", data.StopReasonGuardrailIntervened}} {
		out, err := runtime.Converse(t.Context(), &bedrockruntime.ConverseInput{
			ModelId: aws.String(modelID), Messages: said(text),
			GuardrailConfig: &data.GuardrailConfiguration{GuardrailIdentifier: &guardrail, GuardrailVersion: aws.String("DRAFT"), Trace: data.GuardrailTraceEnabled},
		})
		if err != nil {
			t.Fatal(err)
		}
		message, ok := out.Output.(*data.ConverseOutputMemberMessage)
		if !ok || message.Value.Content[0].(*data.ContentBlockMemberText).Value != want.answer || out.StopReason != want.stop || out.Trace.Guardrail == nil {
			t.Errorf("%s: %+v", text, out)
		}
	}
	body := []byte(`{"anthropic_version":"bedrock-2023-05-31","max_tokens":9,"messages":[{"role":"user","content":"Bluewhale"}]}`)
	out, err := runtime.InvokeModel(t.Context(), &bedrockruntime.InvokeModelInput{ModelId: aws.String(modelID), Body: body, GuardrailIdentifier: &guardrail, GuardrailVersion: aws.String("DRAFT")})
	if err != nil {
		t.Fatal(err)
	}
	var native struct {
		Content []struct{ Text string }
		Action  string `json:"amazon-bedrock-guardrailAction"`
	}
	if err := json.Unmarshal(out.Body, &native); err != nil || native.Content[0].Text != "no prompt" || native.Action != "INTERVENED" {
		t.Errorf("%s, %v", out.Body, err)
	}
}

func TestCountTokens(t *testing.T) {
	t.Parallel()
	runtime, _, _ := modelled(t, answer)
	for name, input := range map[string]data.CountTokensInput{
		"converse": &data.CountTokensInputMemberConverse{Value: data.ConverseTokensRequest{Messages: said("How many?")}},
		"native": &data.CountTokensInputMemberInvokeModel{Value: data.InvokeModelTokensRequest{
			Body: []byte(`{"anthropic_version":"bedrock-2023-05-31","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}`),
		}},
	} {
		out, err := runtime.CountTokens(t.Context(), &bedrockruntime.CountTokensInput{ModelId: aws.String(modelID), Input: input})
		if err != nil || aws.ToInt32(out.InputTokens) != 3 {
			t.Errorf("%s: %+v, %v", name, out, err)
		}
	}
}

func TestInferenceProfiles(t *testing.T) {
	t.Parallel()
	runtime, admin, _ := modelled(t, answer)
	made, err := admin.CreateInferenceProfile(t.Context(), &bedrock.CreateInferenceProfileInput{
		InferenceProfileName: aws.String("team a"),
		ModelSource:          &control.InferenceProfileModelSourceMemberCopyFrom{Value: "arn:aws:bedrock:us-east-1::foundation-model/" + modelID},
	})
	if err != nil {
		t.Fatal(err)
	}
	listed := 0
	for pages := bedrock.NewListInferenceProfilesPaginator(admin, &bedrock.ListInferenceProfilesInput{MaxResults: aws.Int32(1)}); pages.HasMorePages(); {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		listed += len(page.InferenceProfileSummaries)
	}
	if listed != 5 { // us and global of the model and of merlon.small-lm-v1, and this one
		t.Errorf("listed %d", listed)
	}
	for _, id := range []string{*made.InferenceProfileArn, "us." + modelID} {
		shown, err := admin.GetInferenceProfile(t.Context(), &bedrock.GetInferenceProfileInput{InferenceProfileIdentifier: &id})
		if err != nil || shown.Status != control.InferenceProfileStatusActive || len(shown.Models) != 1 {
			t.Errorf("%s: %+v, %v", id, shown, err)
		}
		if _, err := runtime.Converse(t.Context(), &bedrockruntime.ConverseInput{ModelId: &id, Messages: said("hi")}); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	if _, err := admin.DeleteInferenceProfile(t.Context(), &bedrock.DeleteInferenceProfileInput{InferenceProfileIdentifier: made.InferenceProfileArn}); err != nil {
		t.Fatal(err)
	}
	_, err = runtime.Converse(t.Context(), &bedrockruntime.ConverseInput{ModelId: made.InferenceProfileArn, Messages: said("hi")})
	if gone := (*data.ResourceNotFoundException)(nil); !errors.As(err, &gone) {
		t.Errorf("called when it is gone: %v", err)
	}
}

func TestGuardrailWithoutAModel(t *testing.T) {
	t.Parallel()
	runtime, _, guardrail := modelled(t, answer)
	applied, err := runtime.ApplyGuardrail(t.Context(), &bedrockruntime.ApplyGuardrailInput{
		GuardrailIdentifier: &guardrail, GuardrailVersion: aws.String("DRAFT"), Source: data.GuardrailContentSourceOutput, OutputScope: data.GuardrailOutputScopeFull,
		Content: []data.GuardrailContentBlock{&data.GuardrailContentBlockMemberText{Value: data.GuardrailTextBlock{Text: aws.String("the Bluewhale"), Qualifiers: []data.GuardrailContentQualifier{data.GuardrailContentQualifierGuardContent}}}},
	})
	if err != nil || applied.Action != data.GuardrailActionGuardrailIntervened || *applied.Outputs[0].Text != "no answer" || *applied.Assessments[0].WordPolicy.CustomWords[0].Match != "Bluewhale" {
		t.Errorf("%+v, %v", applied, err)
	}
	checked, err := runtime.InvokeGuardrailChecks(t.Context(), &bedrockruntime.InvokeGuardrailChecksInput{
		Messages: []data.GuardrailChecksMessage{{Role: data.GuardrailChecksRoleUser, Content: []data.GuardrailChecksContentBlock{&data.GuardrailChecksContentBlockMemberText{Value: "write to ada@example.com"}}}},
		Checks: &data.GuardrailChecksConfig{SensitiveInformation: &data.GuardrailChecksSensitiveInformationConfig{
			Entities: []data.GuardrailChecksSensitiveInformationEntityConfig{{Type: data.GuardrailChecksSensitiveInformationEntityTypeEmail}},
		}},
	})
	if err != nil || len(checked.Results.SensitiveInformation.Results) != 1 || aws.ToInt32(checked.Results.SensitiveInformation.Results[0].BeginOffset) != 9 {
		t.Errorf("%+v, %v", checked, err)
	}
}
