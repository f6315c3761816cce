package bedrock

import (
	"regexp"
	"slices"
	"testing"

	"merlon.dev/merlon/internal/guardrail"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

// update turns a request to create into one to update.
func update(identifier string, in *request) *wire.UpdateGuardrailRequest {
	return &wire.UpdateGuardrailRequest{
		GuardrailIdentifier: &identifier, Name: in.Name, Description: in.Description, TopicPolicyConfig: in.TopicPolicyConfig,
		ContentPolicyConfig: in.ContentPolicyConfig, WordPolicyConfig: in.WordPolicyConfig,
		SensitiveInformationPolicyConfig: in.SensitiveInformationPolicyConfig, ContextualGroundingPolicyConfig: in.ContextualGroundingPolicyConfig,
		AutomatedReasoningPolicyConfig: in.AutomatedReasoningPolicyConfig, CrossRegionConfig: in.CrossRegionConfig,
		BlockedInputMessaging: in.BlockedInputMessaging, BlockedOutputsMessaging: in.BlockedOutputsMessaging, KmsKeyId: in.KmsKeyId,
	}
}

func TestFact15GetDraft(t *testing.T) {
	t.Parallel()
	s := setup(t, guardrail.DefaultLimits())
	id := s.create("g", topics(topic("t", "d")), content(filter("HATE", "LOW", "HIGH")))
	got := s.get(id, nil)
	if *got.Version != "DRAFT" || *got.Status != "READY" || len(got.TopicPolicy.Topics) != 1 || len(got.ContentPolicy.Filters) != 1 ||
		*got.TopicPolicy.Tier.TierName != "CLASSIC" || *got.ContentPolicy.Tier.TierName != "CLASSIC" {
		t.Errorf("got %+v", got)
	}
	// The schema has no member that ends in Config, so that none can be sent.
	for _, member := range got.Schema().Members {
		if regexp.MustCompile(`Config$`).MatchString(member.Wire) {
			t.Errorf("the answer has a member %s", member.Wire)
		}
	}
}

func TestFact16NothingInvented(t *testing.T) {
	t.Parallel()
	s := setup(t, guardrail.DefaultLimits())
	id := s.create("g", noWords, func(in *request) {
		in.SensitiveInformationPolicyConfig = &wire.GuardrailSensitiveInformationPolicyConfig{PiiEntitiesConfig: []wire.GuardrailPiiEntityConfig{
			{Type: new(wire.GuardrailPiiEntityTypeEmail), Action: new(wire.GuardrailSensitiveInformationActionAnonymize)},
			{Type: new(wire.GuardrailPiiEntityTypeAge), Action: new(wire.GuardrailSensitiveInformationActionBlock), InputEnabled: new(false)},
		}}
	})
	got := s.get(id, nil)
	email, age := got.SensitiveInformationPolicy.PiiEntities[0], got.SensitiveInformationPolicy.PiiEntities[1]
	if email.InputAction != nil || email.OutputAction != nil || email.InputEnabled != nil || email.OutputEnabled != nil {
		t.Errorf("invented %+v", email)
	}
	if age.InputEnabled == nil || *age.InputEnabled || age.OutputEnabled != nil {
		t.Errorf("lost or invented %+v", age)
	}
	if got.Description != nil || got.WordPolicy != nil || got.TopicPolicy != nil || got.ContentPolicy != nil || got.ContextualGroundingPolicy != nil ||
		got.CrossRegionDetails != nil || got.KmsKeyArn != nil || got.SensitiveInformationPolicy.Regexes != nil {
		t.Errorf("invented %+v", got)
	}
}

func TestFact17Key(t *testing.T) {
	t.Parallel()
	s := setup(t, guardrail.DefaultLimits())
	form := regexp.MustCompile(`^arn:aws:kms:us-east-1:123456789012:key/[a-z0-9-]{36}$`)
	for name, key := range map[string]string{
		"alias": "alias/mine", "alias-arn": "arn:aws:kms:us-east-1:123456789012:alias/mine", "id": "1234abcd-12ab-34cd-56ef-1234567890ab",
		"arn": "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
	} {
		id := s.create(name, func(in *request) { in.KmsKeyId = &key })
		if got := s.get(id, nil).KmsKeyArn; got == nil || !form.MatchString(*got) {
			t.Errorf("%s reads back as %v", key, got)
		}
	}
}

// TestFact18ARN: every operation that names a guardrail takes its ARN; somebody else's is answered like one that does not exist.
func TestFact18ARN(t *testing.T) {
	t.Parallel()
	s := setup(t, guardrail.DefaultLimits())
	id := s.create("g")
	name := arnOf(id)
	if got := s.get(name, nil); *got.GuardrailId != id {
		t.Errorf("got %s", *got.GuardrailId)
	}
	must[*wire.UpdateGuardrailResponse](s, "UpdateGuardrail", update(name, valid("g2")))
	if got := s.version(name); got != "1" {
		t.Errorf("version %s", got)
	}
	if got := s.list(&name, 10); !slices.Equal(got, []string{id + " DRAFT", id + " 1"}) {
		t.Errorf("listed %v", got)
	}
	must[*wire.PutEnforcedGuardrailConfigurationResponse](s, "PutEnforcedGuardrailConfiguration", enforce(name, "1"))
	for _, other := range []*server{s.as("210987654321", "us-east-1"), s.as("123456789012", "eu-west-1")} {
		for _, identifier := range []string{name, id} {
			_, err := try[*wire.GetGuardrailResponse](other, "GetGuardrail", &wire.GetGuardrailRequest{GuardrailIdentifier: &identifier})
			_, absent := try[*wire.GetGuardrailResponse](other, "GetGuardrail", &wire.GetGuardrailRequest{GuardrailIdentifier: new("nothere")})
			if err == nil || absent == nil || err.Error() != absent.Error() {
				t.Errorf("%s: %v, where one that does not exist gives %v", identifier, err, absent)
			}
			refused(other, "DeleteGuardrail", &wire.DeleteGuardrailRequest{GuardrailIdentifier: &identifier}, "ResourceNotFoundException", "")
			refused(other, "UpdateGuardrail", update(identifier, valid("x")), "ResourceNotFoundException", "")
			refused(other, "CreateGuardrailVersion", &wire.CreateGuardrailVersionRequest{GuardrailIdentifier: &identifier}, "ResourceNotFoundException", "")
			refused(other, "ListGuardrails", &wire.ListGuardrailsRequest{GuardrailIdentifier: &identifier}, "ResourceNotFoundException", "")
		}
		refused(other, "ListTagsForResource", &wire.ListTagsForResourceRequest{ResourceARN: &name}, "ResourceNotFoundException", "")
		refused(other, "GetResourcePolicy", &wire.GetResourcePolicyRequest{ResourceArn: &name}, "ResourceNotFoundException", "")
	}
	must[*wire.DeleteGuardrailResponse](s, "DeleteGuardrail", &wire.DeleteGuardrailRequest{GuardrailIdentifier: new(arnOf(s.create("h")))})
}

func TestFacts19To20And22To23Versions(t *testing.T) {
	t.Parallel()
	s := setup(t, guardrail.DefaultLimits())
	id := s.create("g", topics(topic("t", "d")), func(in *request) { in.Description = new("of the guardrail") })
	created := s.get(id, nil).CreatedAt
	for _, want := range []string{"1", "2"} {
		if got := s.version(id); got != want {
			t.Errorf("19: version %s, want %s", got, want)
		}
	}
	if got := s.get(id, new("1")); *got.Description != "as of now" || *got.Version != "1" {
		t.Errorf("19: version 1 shows %s %s", *got.Version, *got.Description)
	}
	if got := s.get(id, new("DRAFT")); *got.Description != "of the guardrail" {
		t.Errorf("19: the draft shows %s", *got.Description)
	}
	bare := must[*wire.CreateGuardrailVersionResponse](s, "CreateGuardrailVersion", &wire.CreateGuardrailVersionRequest{GuardrailIdentifier: &id})
	if got := s.get(id, bare.Version); got.Description != nil {
		t.Errorf("19: a version without description shows %s", *got.Description)
	}
	must[*wire.DeleteGuardrailResponse](s, "DeleteGuardrail", &wire.DeleteGuardrailRequest{GuardrailIdentifier: &id, GuardrailVersion: new("3")})
	if got := s.version(id); got != "4" {
		t.Errorf("20: version %s after 3 was deleted", got)
	}
	out := must[*wire.UpdateGuardrailResponse](s, "UpdateGuardrail", update(id, valid("renamed", words("other"))))
	if *out.Version != "DRAFT" || *out.GuardrailArn != arnOf(id) || !out.UpdatedAt.After(*created) || s.operations["UpdateGuardrail"].Schema.Status != 202 {
		t.Errorf("23: %+v", out)
	}
	draft, one := s.get(id, nil), s.get(id, new("1"))
	if draft.TopicPolicy != nil || draft.Description != nil || *draft.Name != "renamed" || !draft.CreatedAt.Equal(*created) || !draft.UpdatedAt.Equal(*out.UpdatedAt) {
		t.Errorf("22: the draft shows %+v", draft)
	}
	if len(one.TopicPolicy.Topics) != 1 || *one.Name != "g" || *one.WordPolicy.Words[0].Text != "Bluewhale" {
		t.Errorf("22: version 1 shows %+v", one)
	}
}

func TestFacts24To25List(t *testing.T) {
	t.Parallel()
	s := setup(t, guardrail.DefaultLimits())
	ids := []string{s.create("c"), s.create("a"), s.create("b")}
	s.version(ids[1])
	s.version(ids[1])
	for size := int32(1); size <= 4; size++ {
		if got := s.list(nil, size); !slices.Equal(got, []string{ids[0] + " DRAFT", ids[1] + " DRAFT", ids[2] + " DRAFT"}) {
			t.Errorf("24: pages of %d: %v", size, got)
		}
		if got := s.list(&ids[1], size); !slices.Equal(got, []string{ids[1] + " DRAFT", ids[1] + " 1", ids[1] + " 2"}) {
			t.Errorf("24: versions in pages of %d: %v", size, got)
		}
	}
	for _, size := range []int32{0, 1001} {
		refused(s, "ListGuardrails", &wire.ListGuardrailsRequest{MaxResults: &size}, "ValidationException", "maxResults")
	}
	if got := len(must[*wire.ListGuardrailsResponse](s, "ListGuardrails", &wire.ListGuardrailsRequest{}).Guardrails); got != 3 {
		t.Errorf("25: %d entries without maxResults", got)
	}
	token := must[*wire.ListGuardrailsResponse](s, "ListGuardrails", &wire.ListGuardrailsRequest{MaxResults: new(int32(1))}).NextToken
	for name, in := range map[string]*wire.ListGuardrailsRequest{
		"tampered":    {NextToken: new("B" + (*token)[1:])},
		"other query": {NextToken: token, GuardrailIdentifier: &ids[1]},
	} {
		refused(s, "ListGuardrails", in, "ValidationException", "nextToken")
		_ = name
	}
	refused(s.as("210987654321", "us-east-1"), "ListGuardrails", &wire.ListGuardrailsRequest{NextToken: token}, "ValidationException", "nextToken")
	refused(s, "ListEnforcedGuardrailsConfiguration", &wire.ListEnforcedGuardrailsConfigurationRequest{NextToken: token}, "ValidationException", "nextToken")
	must[*wire.ListGuardrailsResponse](s, "ListGuardrails", &wire.ListGuardrailsRequest{NextToken: token, MaxResults: new(int32(2))})
	s.clock.Add(86400)
	refused(s, "ListGuardrails", &wire.ListGuardrailsRequest{NextToken: token}, "ValidationException", "nextToken")
}

func TestFacts26To27Delete(t *testing.T) {
	t.Parallel()
	s := setup(t, guardrail.DefaultLimits())
	id := s.create("g", func(in *request) { in.Tags = []wire.Tag{{Key: new("k"), Value: new("v")}} })
	s.version(id)
	s.version(id)
	remove := func(version *string) *wire.DeleteGuardrailRequest {
		return &wire.DeleteGuardrailRequest{GuardrailIdentifier: &id, GuardrailVersion: version}
	}
	must[*wire.DeleteGuardrailResponse](s, "DeleteGuardrail", remove(new("1")))
	if got := s.list(&id, 10); !slices.Equal(got, []string{id + " DRAFT", id + " 2"}) {
		t.Errorf("26: left %v", got)
	}
	refused(s, "DeleteGuardrail", remove(new("DRAFT")), "ValidationException", "guardrailVersion")
	refused(s, "DeleteGuardrail", remove(new("1")), "ResourceNotFoundException", "")
	refused(s, "GetGuardrail", &wire.GetGuardrailRequest{GuardrailIdentifier: &id, GuardrailVersion: new("1")}, "ResourceNotFoundException", "")
	must[*wire.DeleteGuardrailResponse](s, "DeleteGuardrail", remove(nil))
	for _, version := range []*string{nil, new("DRAFT"), new("2")} {
		refused(s, "GetGuardrail", &wire.GetGuardrailRequest{GuardrailIdentifier: &id, GuardrailVersion: version}, "ResourceNotFoundException", "")
	}
	refused(s, "DeleteGuardrail", remove(nil), "ResourceNotFoundException", "")
	refused(s, "ListTagsForResource", &wire.ListTagsForResourceRequest{ResourceARN: new(arnOf(id))}, "ResourceNotFoundException", "")
	if got := s.list(nil, 10); len(got) != 0 {
		t.Errorf("26: left %v", got)
	}
	refused(s, "GetGuardrail", &wire.GetGuardrailRequest{GuardrailIdentifier: new("doesnotexist")}, "ResourceNotFoundException", "")
	if s.operations["DeleteGuardrail"].Schema.Status != 202 {
		t.Error("26: not answered with 202")
	}
}
