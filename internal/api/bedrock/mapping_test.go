package bedrock

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"merlon.dev/merlon/internal/codec"
	"merlon.dev/merlon/internal/guardrail"
	wire "merlon.dev/merlon/internal/wire/bedrock"
)

// Members that are not mapped, and why. A key ends where everything below it is meant.
var (
	unread = map[string]string{
		"AutomatedReasoningPolicyConfig":      "refused, which TestFacts01To14 shows",
		"TopicPolicyConfig.TopicsConfig.Type": "has one value",
		"Tags":                                "not part of the configuration, see TestFact29Tags",
		"ClientRequestToken":                  "not part of the configuration, see TestFact06Token",
	}
	unset = map[string]string{
		"AutomatedReasoningPolicy": "cannot be configured",
		"StatusReasons":            "no change can fail after its answer",
		"FailureRecommendations":   "no change can fail after its answer",
		"InputTags":                "deprecated, selectiveContentGuarding says the same",
	}
)

// listed finds path or what it lies in, and remembers that it was found.
func listed(list map[string]string, path string, found map[string]bool) bool {
	for key := range list {
		if path == key || strings.HasPrefix(path, key+".") {
			found[key] = true
			return true
		}
	}
	return false
}

// fill sets every field below v, with one item in each list.
func fill(t *testing.T, v reflect.Value) {
	t.Helper()
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem())
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			v.Set(reflect.ValueOf(noon))
			return
		}
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(t, v.Index(0))
	case reflect.String:
		v.SetString("value")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int8, reflect.Int32, reflect.Int64:
		v.SetInt(1)
	case reflect.Float64:
		v.SetFloat(0.5)
	default:
		t.Fatalf("fill: kind %s is new here", v.Kind())
	}
}

// walk calls visit for every member below the structure v, deepest last.
func walk(v reflect.Value, path string, visit func(path string, member reflect.Value)) {
	for i := range v.NumField() {
		member, name := v.Field(i), strings.TrimPrefix(path+"."+v.Type().Field(i).Name, ".")
		visit(name, member)
		inner := member
		if inner.Kind() == reflect.Slice && inner.Len() > 0 {
			inner = inner.Index(0)
		}
		if inner.Kind() == reflect.Pointer && !inner.IsNil() {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct && inner.Type() != reflect.TypeFor[time.Time]() {
			walk(inner, name, visit)
		}
	}
}

// TestEveryRequestMemberIsRead: without any one member of a request for a guardrail, another configuration is asked for.
func TestEveryRequestMemberIsRead(t *testing.T) {
	t.Parallel()
	var in wire.CreateGuardrailRequest
	fill(t, reflect.ValueOf(&in).Elem())
	in.AutomatedReasoningPolicyConfig = nil
	whole, err := proposalOf(&in)
	if err != nil {
		t.Fatal(err)
	}
	checked, found := 0, map[string]bool{"AutomatedReasoningPolicyConfig": true}
	walk(reflect.ValueOf(&in).Elem(), "", func(path string, member reflect.Value) {
		if listed(unread, path, found) {
			return
		}
		if strings.HasSuffix(path, ".Threshold") {
			return // required, so that it is never absent; TestReadsBack shows that it is mapped
		}
		checked++
		kept := reflect.ValueOf(member.Interface())
		member.SetZero()
		without, err := proposalOf(&in)
		member.Set(kept)
		if err != nil || reflect.DeepEqual(whole, without) {
			t.Errorf("%s is not read (%v)", path, err)
		}
	})
	if checked < 60 || len(found) != len(unread) {
		t.Errorf("checked %d members and met %d of %d that are listed", checked, len(found), len(unread))
	}
}

// TestEveryResponseMemberIsSet: a guardrail that has everything sets every member of the answers that show it.
func TestEveryResponseMemberIsSet(t *testing.T) {
	t.Parallel()
	var full guardrail.Guardrail
	fill(t, reflect.ValueOf(&full).Elem())
	var entry guardrail.Summary
	fill(t, reflect.ValueOf(&entry).Elem())
	var enforced guardrail.Enforced
	fill(t, reflect.ValueOf(&enforced).Elem())
	checked, found := 0, map[string]bool{}
	for name, out := range map[string]any{"GetGuardrail": *getResponse(full), "ListGuardrails": summary(entry), "ListEnforced": enforcedConfiguration(enforced)} {
		copied := reflect.New(reflect.TypeOf(out)).Elem()
		copied.Set(reflect.ValueOf(out))
		walk(copied, "", func(path string, member reflect.Value) {
			if !listed(unset, path, found) {
				checked++
				if member.IsZero() {
					t.Errorf("%s: %s is never set", name, path)
				}
			}
		})
	}
	if checked < 80 || len(found) != len(unset) {
		t.Errorf("checked %d members and met %d of %d that are listed", checked, len(found), len(unset))
	}
}

// complete is a request that has every member that can be had.
func complete(name string) *wire.CreateGuardrailRequest {
	const (
		block     = "BLOCK"
		none      = "NONE"
		anonymize = "ANONYMIZE"
	)
	first := topic("Fiduciary Advice", "Managing assets.", "What should I buy?")
	first.InputAction, first.OutputAction, first.InputEnabled, first.OutputEnabled = new(wire.GuardrailTopicAction(block)), new(wire.GuardrailTopicAction(none)), new(true), new(false)
	hate := filter("HATE", "LOW", "MEDIUM")
	hate.InputModalities, hate.OutputModalities = []wire.GuardrailModality{"TEXT", "IMAGE"}, []wire.GuardrailModality{"IMAGE"}
	hate.InputAction, hate.OutputAction, hate.InputEnabled, hate.OutputEnabled = new(wire.GuardrailContentFilterAction(none)), new(wire.GuardrailContentFilterAction(block)), new(false), new(true)
	number := regex("Member Number", "[0-9]{8}")
	number.Description, number.InputAction, number.OutputAction = new("of members"), new(wire.GuardrailSensitiveInformationAction(anonymize)), new(wire.GuardrailSensitiveInformationAction(none))
	number.InputEnabled, number.OutputEnabled = new(true), new(false)
	word := func() (input, output *wire.GuardrailWordAction) {
		return new(wire.GuardrailWordAction(block)), new(wire.GuardrailWordAction(none))
	}
	in := valid(name, topics(first), standard, throughProfile, content(hate), regexes(number), threshold(0.85))
	in.Description, in.KmsKeyId, in.ClientRequestToken = new("has everything"), new("alias/mine"), new("token-"+name)
	in.Tags = []wire.Tag{{Key: new("k"), Value: new("v")}}
	in.ContentPolicyConfig.TierConfig = &wire.GuardrailContentFiltersTierConfig{TierName: new(wire.GuardrailContentFiltersTierNameStandard)}
	in.WordPolicyConfig.ManagedWordListsConfig = []wire.GuardrailManagedWordsConfig{{Type: new(wire.GuardrailManagedWordsTypeProfanity), InputEnabled: new(false), OutputEnabled: new(true)}}
	list, phrase := &in.WordPolicyConfig.ManagedWordListsConfig[0], &in.WordPolicyConfig.WordsConfig[0]
	list.InputAction, list.OutputAction = word()
	phrase.OutputAction, phrase.InputAction = word()
	phrase.InputEnabled, phrase.OutputEnabled = new(true), new(false)
	in.SensitiveInformationPolicyConfig.PiiEntitiesConfig = []wire.GuardrailPiiEntityConfig{{
		Type: new(wire.GuardrailPiiEntityTypeEmail), Action: new(wire.GuardrailSensitiveInformationAction(anonymize)), InputEnabled: new(true), OutputEnabled: new(false),
		InputAction: new(wire.GuardrailSensitiveInformationAction(block)), OutputAction: new(wire.GuardrailSensitiveInformationAction(none)),
	}}
	grounding := in.ContextualGroundingPolicyConfig
	grounding.TierConfig = &wire.GuardrailContextualGroundingTierConfig{TierName: new(wire.GuardrailContextualGroundingTierNameStandard)}
	grounding.FiltersConfig[0].Action, grounding.FiltersConfig[0].Enabled = new(wire.GuardrailContextualGroundingAction(none)), new(false)
	return in
}

// values gives every value below v by its path, where "Config" at the end of a name is left out.
func values(v any) map[string]any {
	found := map[string]any{}
	walk(reflect.ValueOf(v).Elem(), "", func(path string, member reflect.Value) {
		parts := strings.Split(path, ".")
		for i := range parts {
			parts[i] = strings.TrimSuffix(parts[i], "Config")
		}
		if member.Kind() == reflect.Pointer && !member.IsNil() {
			member = member.Elem()
		}
		switch inner := member.Type(); {
		case member.IsZero() && member.Kind() == reflect.Pointer, inner.Kind() == reflect.Struct,
			inner.Kind() == reflect.Slice && inner.Elem().Kind() == reflect.Struct:
		default:
			found[strings.Join(parts, ".")] = member.Interface()
		}
	})
	return found
}

// TestReadsBack: a guardrail reads back as it was created, and as it was updated.
func TestReadsBack(t *testing.T) {
	t.Parallel()
	s := setup(t, guardrail.Limits{})
	in := complete("complete")
	walk(reflect.ValueOf(in).Elem(), "", func(path string, member reflect.Value) {
		if member.IsZero() && path != "AutomatedReasoningPolicyConfig" {
			t.Errorf("the request lacks %s", path)
		}
	})
	id, updated := s.create("complete", func(r *request) { *r = *in }), s.create("other")
	changed := update(updated, complete("changed"))
	must[*wire.UpdateGuardrailResponse](s, "UpdateGuardrail", changed)
	for name, sides := range map[string][2]map[string]any{
		"create": {values(in), values(s.get(id, nil))}, "update": {values(changed), values(s.get(updated, nil))},
	} {
		asked, shown := sides[0], sides[1]
		// These have other names and forms.
		for _, other := range []string{"KmsKeyId", "CrossRegion.GuardrailProfileIdentifier", "GuardrailIdentifier", "ClientRequestToken", "Tags.Key", "Tags.Value"} {
			delete(asked, other)
		}
		if len(asked) < 50 {
			t.Errorf("%s: compared %d values only", name, len(asked))
		}
		for path, want := range asked {
			if !reflect.DeepEqual(shown[path], want) {
				t.Errorf("%s: %s reads back as %v, want %v", name, path, shown[path], want)
			}
		}
		if shown["CrossRegionDetails.GuardrailProfileArn"] != "arn:aws:bedrock:us-east-1:123456789012:guardrail-profile/us.guardrail.v1:0" ||
			shown["CrossRegionDetails.GuardrailProfileId"] != "us.guardrail.v1:0" || shown["KmsKeyArn"] == nil {
			t.Errorf("%s: %v", name, shown)
		}
	}
}

// TestRequires: what a caller needs for each operation, spec section 14.
func TestRequires(t *testing.T) {
	t.Parallel()
	s := setup(t, guardrail.Limits{})
	const elsewhere = "arn:aws:bedrock:us-east-1:210987654321:guardrail/abc"
	id, all, one := new("abc123"), arnOf("*"), arnOf("abc123")
	profiles := func(id string) string {
		return "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/" + id
	}
	tests := []struct {
		operation string
		in        codec.Shape
		want      string
	}{
		{"CreateGuardrail", &wire.CreateGuardrailRequest{}, "CreateGuardrail " + all},
		{"CreateGuardrail", &wire.CreateGuardrailRequest{Tags: []wire.Tag{{}}}, "CreateGuardrail " + all + " TagResource " + all},
		{"UpdateGuardrail", &wire.UpdateGuardrailRequest{GuardrailIdentifier: id}, "UpdateGuardrail " + one},
		{"CreateGuardrailVersion", &wire.CreateGuardrailVersionRequest{GuardrailIdentifier: id}, "CreateGuardrailVersion " + one},
		{"GetGuardrail", &wire.GetGuardrailRequest{GuardrailIdentifier: new(elsewhere)}, "GetGuardrail " + elsewhere},
		{"ListGuardrails", &wire.ListGuardrailsRequest{}, "ListGuardrails " + all},
		{"DeleteGuardrail", &wire.DeleteGuardrailRequest{GuardrailIdentifier: new(one)}, "DeleteGuardrail " + one},
		{"PutEnforcedGuardrailConfiguration", &wire.PutEnforcedGuardrailConfigurationRequest{}, "PutEnforcedGuardrailConfiguration *"},
		{"ListEnforcedGuardrailsConfiguration", &wire.ListEnforcedGuardrailsConfigurationRequest{}, "ListEnforcedGuardrailsConfiguration *"},
		{"DeleteEnforcedGuardrailConfiguration", &wire.DeleteEnforcedGuardrailConfigurationRequest{}, "DeleteEnforcedGuardrailConfiguration *"},
		{"TagResource", &wire.TagResourceRequest{ResourceARN: &one}, "TagResource " + one},
		{"UntagResource", &wire.UntagResourceRequest{ResourceARN: &one}, "UntagResource " + one},
		{"ListTagsForResource", &wire.ListTagsForResourceRequest{ResourceARN: &one}, "ListTagsForResource " + one},
		{"PutResourcePolicy", &wire.PutResourcePolicyRequest{ResourceArn: &one}, "PutResourcePolicy " + one},
		{"GetResourcePolicy", &wire.GetResourcePolicyRequest{ResourceArn: &one}, "GetResourcePolicy " + one},
		{"DeleteResourcePolicy", &wire.DeleteResourcePolicyRequest{ResourceArn: &one}, "DeleteResourcePolicy " + one + " PutResourcePolicy " + one},
		{
			"CreateInferenceProfile", &wire.CreateInferenceProfileRequest{ModelSource: &wire.InferenceProfileModelSource{CopyFrom: new("m")}, Tags: []wire.Tag{{}}},
			"CreateInferenceProfile " + profiles("*") + " CreateInferenceProfile m TagResource " + profiles("*"),
		},
		{"GetInferenceProfile", &wire.GetInferenceProfileRequest{InferenceProfileIdentifier: new("us.m")}, "GetInferenceProfile arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.m"},
		{"ListInferenceProfiles", &wire.ListInferenceProfilesRequest{}, "ListInferenceProfiles *"},
		{"DeleteInferenceProfile", &wire.DeleteInferenceProfileRequest{InferenceProfileIdentifier: id}, "DeleteInferenceProfile " + profiles("abc123")},
		{"TagResource", &wire.TagResourceRequest{ResourceARN: new(profiles("abc123"))}, "TagResource " + profiles("abc123")},
	}
	met := map[string]bool{}
	for _, test := range tests {
		met[test.operation] = true
		var got []string
		for _, r := range s.operations[test.operation].Requires(&s.call, test.in) {
			got = append(got, strings.TrimPrefix(r.Action, "bedrock:"), r.Resource)
		}
		if joined := strings.Join(got, " "); joined != test.want {
			t.Errorf("%s requires %s, want %s", test.operation, joined, test.want)
		}
	}
	if len(met) != 19 || len(s.operations) != 19 {
		t.Errorf("met %d of %d operations", len(met), len(s.operations))
	}
}

// TestCodesAreModelled: every code is in the model's table of the service, with its status.
func TestCodesAreModelled(t *testing.T) {
	t.Parallel()
	modelled := map[string]int{}
	for _, e := range wire.Service.Exceptions {
		modelled[e.Code] = e.Status
	}
	for kind, code := range New(nil, nil, nil, nil).Codes {
		if modelled[code] == 0 {
			t.Errorf("%s: code %s is not in the model", kind, code)
		}
	}
	if modelled["ConflictException"] != 400 {
		t.Errorf("ConflictException has status %d, Bedrock's is 400", modelled["ConflictException"])
	}
}
