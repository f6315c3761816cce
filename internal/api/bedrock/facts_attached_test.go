package bedrock

import (
	"fmt"
	"strings"
	"testing"

	"merlon.dev/merlon/internal/fault"
	"merlon.dev/merlon/internal/guardrail"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

func enforce(identifier, version string) *wire.PutEnforcedGuardrailConfigurationRequest {
	return &wire.PutEnforcedGuardrailConfigurationRequest{GuardrailInferenceConfig: &wire.AccountEnforcedGuardrailInferenceInputConfiguration{
		GuardrailIdentifier: &identifier, GuardrailVersion: &version,
	}}
}

func TestFact28InUse(t *testing.T) {
	t.Parallel()
	s := setup(t, guardrail.DefaultLimits())
	id := s.create("g")
	s.version(id)
	s.version(id)
	put := must[*wire.PutEnforcedGuardrailConfigurationResponse](s, "PutEnforcedGuardrailConfiguration", enforce(id, "1"))
	remove := func(version *string) *wire.DeleteGuardrailRequest {
		return &wire.DeleteGuardrailRequest{GuardrailIdentifier: &id, GuardrailVersion: version}
	}
	refused(s, "DeleteGuardrail", remove(nil), "ResourceInUseException", "")
	refused(s, "DeleteGuardrail", remove(new("1")), "ResourceInUseException", "")
	s.get(id, new("1"))
	must[*wire.DeleteGuardrailResponse](s, "DeleteGuardrail", remove(new("2")))
	must[*wire.DeleteEnforcedGuardrailConfigurationResponse](s, "DeleteEnforcedGuardrailConfiguration",
		&wire.DeleteEnforcedGuardrailConfigurationRequest{ConfigId: put.ConfigId})
	must[*wire.DeleteGuardrailResponse](s, "DeleteGuardrail", remove(nil))
}

func TestFact29Tags(t *testing.T) {
	t.Parallel()
	s := setup(t, guardrail.DefaultLimits())
	tags := func(n int) []wire.Tag {
		return numbered(n, func(n string) wire.Tag { return wire.Tag{Key: new("key" + n), Value: new("value " + n)} })
	}
	refused(s, "CreateGuardrail", valid("g", func(in *request) { in.Tags = tags(51) }), "TooManyTagsException", "50")
	refused(s, "CreateGuardrail", valid("g", func(in *request) { in.Tags = append(tags(1), tags(1)...) }), "ValidationException", "more than once")
	refused(s, "CreateGuardrail", valid("g", func(in *request) { in.Tags = []wire.Tag{{Key: new("AWS:x"), Value: new("")}} }), "ValidationException", "aws:")
	name := arnOf(s.create("g", func(in *request) { in.Tags = tags(50) }))
	list := func() (got []string) {
		for _, tag := range must[*wire.ListTagsForResourceResponse](s, "ListTagsForResource", &wire.ListTagsForResourceRequest{ResourceARN: &name}).Tags {
			got = append(got, *tag.Key+"="+*tag.Value)
		}
		return got
	}
	if got := list(); len(got) != 50 || got[0] != "key0=value 0" {
		t.Errorf("listed %v", got)
	}
	tag := func(key, value string) *wire.TagResourceRequest {
		return &wire.TagResourceRequest{ResourceARN: &name, Tags: []wire.Tag{{Key: &key, Value: &value}}}
	}
	_, err := try[*wire.TagResourceResponse](s, "TagResource", tag("another", ""))
	if f := fault.From(err); err == nil || f.Kind != fault.TooManyTags || f.Resource != name {
		t.Errorf("a 51st tag: %v", err)
	}
	if got := list(); len(got) != 50 {
		t.Errorf("the refused tag stayed: %d", len(got))
	}
	must[*wire.TagResourceResponse](s, "TagResource", tag("key0", ""))
	must[*wire.UntagResourceResponse](s, "UntagResource", &wire.UntagResourceRequest{ResourceARN: &name, TagKeys: []string{"key1", "nothing"}})
	if got := list(); len(got) != 49 || got[0] != "key0=" || got[1] != "key10=value 10" {
		t.Errorf("then listed %v", got)
	}
	refused(s, "TagResource", &wire.TagResourceRequest{ResourceARN: new(arnOf("doesnotexist")), Tags: tags(1)}, "ResourceNotFoundException", "")
	refused(s, "UntagResource", &wire.UntagResourceRequest{ResourceARN: new(arnOf("doesnotexist")), TagKeys: []string{"a"}}, "ResourceNotFoundException", "")
}

func TestFact30ResourcePolicy(t *testing.T) {
	t.Parallel()
	s := setup(t, guardrail.DefaultLimits())
	id := s.create("g")
	name := arnOf(id)
	document := func(resource, principal, condition string) string {
		return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":%s,"Action":"bedrock:ApplyGuardrail","Resource":%q%s}]}`,
			principal, resource, condition)
	}
	const (
		root = `{"AWS":"arn:aws:iam::210987654321:root"}`
		org  = `,"Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-abcdefghij"}}`
	)
	put := func(resource, text string) *wire.PutResourcePolicyRequest {
		return &wire.PutResourcePolicyRequest{ResourceArn: &resource, ResourcePolicy: &text}
	}
	get := &wire.GetResourcePolicyRequest{ResourceArn: &name}
	refused(s, "GetResourcePolicy", get, "ResourceNotFoundException", "")
	for _, text := range []string{document(name, root, ""), document(name, `"*"`, org)} {
		out := must[*wire.PutResourcePolicyResponse](s, "PutResourcePolicy", put(name, text))
		if *out.ResourceArn != name || s.operations["PutResourcePolicy"].Schema.Status != 201 {
			t.Errorf("answered %s", *out.ResourceArn)
		}
		if got := must[*wire.GetResourcePolicyResponse](s, "GetResourcePolicy", get); *got.ResourcePolicy != text {
			t.Errorf("read back %s", *got.ResourcePolicy)
		}
	}
	refused(s, "PutResourcePolicy", put(name, document(name, `"*"`, "")), "ValidationException", "aws:PrincipalOrgID")
	refused(s, "PutResourcePolicy", put(name, "{"), "ValidationException", "not valid")
	refused(s, "PutResourcePolicy", put(name, strings.Repeat(" ", 20481)), "ValidationException", "resourcePolicy")
	refused(s, "PutResourcePolicy", put(arnOf("doesnotexist"), document(arnOf("doesnotexist"), root, "")), "ValidationException", "")
	refused(s, "PutResourcePolicy", put(id, document(name, root, "")), "ValidationException", "resourceArn")
	geography := "arn:aws:bedrock:us-east-1:123456789012:guardrail-profile/us.guardrail.v1:0"
	must[*wire.PutResourcePolicyResponse](s, "PutResourcePolicy", put(geography, document(geography, root, "")))
	remove := &wire.DeleteResourcePolicyRequest{ResourceArn: &name}
	must[*wire.DeleteResourcePolicyResponse](s, "DeleteResourcePolicy", remove)
	refused(s, "DeleteResourcePolicy", remove, "ResourceNotFoundException", "")
	must[*wire.PutResourcePolicyResponse](s, "PutResourcePolicy", put(name, document(name, root, "")))
	must[*wire.DeleteGuardrailResponse](s, "DeleteGuardrail", &wire.DeleteGuardrailRequest{GuardrailIdentifier: &id})
	refused(s, "GetResourcePolicy", get, "ResourceNotFoundException", "")
}

func TestFact31Enforced(t *testing.T) {
	t.Parallel()
	s := setup(t, guardrail.DefaultLimits())
	id := s.create("g")
	s.version(id)
	s.version(id)
	list := func() []wire.AccountEnforcedGuardrailOutputConfiguration {
		return must[*wire.ListEnforcedGuardrailsConfigurationResponse](s, "ListEnforcedGuardrailsConfiguration",
			&wire.ListEnforcedGuardrailsConfigurationRequest{}).GuardrailsConfig
	}
	if got := list(); got == nil || len(got) != 0 {
		t.Errorf("listed %v, want a list without elements", got)
	}
	refused(s, "PutEnforcedGuardrailConfiguration", enforce(id, "DRAFT"), "ValidationException", "guardrailVersion")
	refused(s, "PutEnforcedGuardrailConfiguration", enforce(id, "9"), "ResourceNotFoundException", "version")
	refused(s, "PutEnforcedGuardrailConfiguration", enforce("doesnotexist", "1"), "ResourceNotFoundException", "")
	in := enforce(id, "1")
	in.ConfigId = new("abc")
	refused(s, "PutEnforcedGuardrailConfiguration", in, "ResourceNotFoundException", "")
	first := must[*wire.PutEnforcedGuardrailConfigurationResponse](s, "PutEnforcedGuardrailConfiguration", enforce(arnOf(id), "1"))
	in = enforce(id, "2")
	in.ConfigId = first.ConfigId
	in.GuardrailInferenceConfig.SelectiveContentGuarding = &wire.SelectiveContentGuarding{System: new(wire.SelectiveGuardingModeSelective)}
	in.GuardrailInferenceConfig.ModelEnforcement = &wire.ModelEnforcement{IncludedModels: []string{"ALL"}, ExcludedModels: []string{}}
	second := must[*wire.PutEnforcedGuardrailConfigurationResponse](s, "PutEnforcedGuardrailConfiguration", in)
	got := list()
	if len(got) != 1 {
		t.Fatalf("listed %d elements", len(got))
	}
	e := got[0]
	if *e.ConfigId != *first.ConfigId || *second.ConfigId != *first.ConfigId || *e.GuardrailArn != arnOf(id) || *e.GuardrailVersion != "2" || *e.Owner != "ACCOUNT" ||
		*e.CreatedBy != s.call.Principal || !e.UpdatedAt.After(*e.CreatedAt) || *e.SelectiveContentGuarding.System != "SELECTIVE" ||
		e.SelectiveContentGuarding.Messages != nil || e.ModelEnforcement.ExcludedModels == nil || e.ModelEnforcement.IncludedModels[0] != "ALL" {
		t.Errorf("listed %+v", e)
	}
	other := s.as("210987654321", "us-east-1")
	refused(other, "DeleteEnforcedGuardrailConfiguration", &wire.DeleteEnforcedGuardrailConfigurationRequest{ConfigId: first.ConfigId}, "ResourceNotFoundException", "")
	refused(s, "DeleteEnforcedGuardrailConfiguration", &wire.DeleteEnforcedGuardrailConfigurationRequest{ConfigId: new("abc")}, "ResourceNotFoundException", "")
	must[*wire.DeleteEnforcedGuardrailConfigurationResponse](s, "DeleteEnforcedGuardrailConfiguration",
		&wire.DeleteEnforcedGuardrailConfigurationRequest{ConfigId: first.ConfigId})
	if got := list(); len(got) != 0 {
		t.Errorf("then listed %v", got)
	}
}
